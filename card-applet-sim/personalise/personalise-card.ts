// SPDX-License-Identifier: MIT
/**
 * The memory of a new card. Every value comes in: the same options give the same bytes. The keys are
 * those of the card: `deriveCardKeys` (src/purse/card-keys.ts) makes them of the issuer's master keys and
 * the serial number.
 */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount, AMOUNT_MAX, type Amount } from '../../src/money/amount.ts';
import type { KeySet } from '../../src/purse/card-keys.ts';
import { PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { VARIABLE_RECORD } from '../../src/purse/files.table.ts';
import { KEY_PURPOSE_NAMES } from '../../src/purse/key-purposes.table.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_CONSTANTS,
  CARD_MEMORY_SIZE,
  CARD_STATE,
  CONSTANTS_ADDRESS,
  KEY_SIZE,
  LIFE_CYCLE,
  PIN_SIZE_MAX,
  REGION,
  STATE_ADDRESS,
  type FileRegion,
} from '../card/card-map.ts';
import { UNBLOCK_TRIES } from '../commands/life-cycle-commands.ts';
import { PIN_SIZE_MIN } from '../commands/pin-commands.ts';
import { isVariableRecord } from '../commands/record-files.ts';
import { NonVolatileMemory } from '../memory/non-volatile-memory.ts';

/** What a card already holds when it is handed over; worked examples start in the middle. */
export interface InitialState {
  readonly purseBalance?: number;
  readonly depositBalance?: number;
  readonly overdraftLimit?: number;
  readonly onlineCounter?: number;
  readonly offlineCounter?: number;
}

export interface CardOptions {
  /** 1 to 20 digits. */
  readonly serial: string;
  readonly suite: SuiteName;
  /** The keys of this card, 16 bytes each. */
  readonly keys: KeySet;
  readonly keyVersion: number;
  readonly keyIndex: number;
  /** 8 bytes. */
  readonly issuerId: Readonly<Uint8Array>;
  /** YYYYMMDD. */
  readonly startDate: string;
  readonly expiryDate: string;
  /** 4 to 12 digits; `DEFAULT_PIN` when left out. */
  readonly pin?: string;
  readonly pinTriesMax?: number;
  /** Whether INITIALIZE FOR LOAD asks for VERIFY; true when left out. */
  readonly loadNeedsPin?: boolean;
  readonly maximumBalance?: number;
  readonly applicationType?: number;
  readonly applicationVersion?: number;
  /** EF16, 55 bytes, and EF17, 60 bytes; zeros when left out. */
  readonly cardholderData?: Readonly<Uint8Array>;
  readonly interoperabilityData?: Readonly<Uint8Array>;
  /** Records of EF19 and EF1A: tag, length, lock byte, data. */
  readonly compositeRecords?: readonly Readonly<Uint8Array>[];
  readonly busRecords?: readonly Readonly<Uint8Array>[];
  readonly initial?: InitialState;
}

export const DEFAULT_PIN = '123456';
const PIN_TRIES_MAX = 3;

function usage(name: string, expected: string, got: number | string): Fault {
  return new Fault('USAGE', `"${name}" expected ${expected}, got ${got}`);
}

/** The digits of a PIN as BCD bytes, an odd last digit padded with F. @throws USAGE unless 4 to 12 digits. */
export function pinBytes(digits: string): Uint8Array {
  const isPin = /^\d+$/.test(digits) && digits.length >= 2 * PIN_SIZE_MIN;
  if (!isPin || digits.length > 2 * PIN_SIZE_MAX) {
    // The PIN itself stays out of the message.
    throw usage('pin', '4 to 12 digits', `${digits.length} characters`);
  }
  return fromHex(digits.length % 2 === 0 ? digits : `${digits}F`);
}

function checkSize(name: string, bytes: Readonly<Uint8Array>, size: number): void {
  if (bytes.length !== size) throw usage(name, `${size} bytes`, `${bytes.length} bytes`);
}

function checkRange(name: string, value: number, max: number): void {
  const isInRange = Number.isInteger(value) && value >= 0 && value <= max;
  if (!isInRange) throw usage(name, `an integer from 0 to ${max}`, value);
}

function joinKeys(keys: KeySet): Uint8Array {
  const joined = new Uint8Array(KEY_SIZE * KEY_PURPOSE_NAMES.length);
  KEY_PURPOSE_NAMES.forEach((purpose, index) => {
    checkSize(`keys.${purpose}`, keys[purpose], KEY_SIZE);
    joined.set(keys[purpose], index * KEY_SIZE);
  });
  return joined;
}

/** A record with an open lock and zeros: what a composite purchase can update from the first day. */
function blankRecord(tag: number, size: number): Uint8Array {
  const record = new Uint8Array(size);
  record[VARIABLE_RECORD.tagOffset] = tag;
  record[VARIABLE_RECORD.lengthOffset] = size - VARIABLE_RECORD.lockOffset;
  return record;
}

/** EF19 has two records of 32 bytes. */
const COMPOSITE_RECORDS = [blankRecord(0x01, 32), blankRecord(0x02, 32)];
/** EF1A has one record of 128 bytes under tag 27, the bus record of the T-Union card. */
const BUS_RECORDS = [blankRecord(0x27, REGION.ef1a.row.size)];

function writeRecords(
  cells: Uint8Array,
  { row, address, name }: FileRegion,
  records: readonly Readonly<Uint8Array>[],
): void {
  if (records.length > row.records) {
    throw usage(name, `at most ${row.records} records`, records.length);
  }
  records.forEach((record, slot) => {
    if (!isVariableRecord(record) || record.length > row.size) {
      throw usage(`${name}.${slot}`, `tag, length, lock and at most ${row.size} bytes`, 'others');
    }
    cells.set(record, address + slot * row.size);
  });
}

function writeFiles(cells: Uint8Array, options: CardOptions): void {
  checkSize('issuerId', options.issuerId, 8);
  const { ef15, ef16, ef17, ef19, ef1a } = REGION;
  PUBLIC_DATA.encodeInto(cells, ef15.address, {
    issuerId: options.issuerId.slice(),
    applicationType: options.applicationType ?? 2,
    applicationVersion: options.applicationVersion ?? 1,
    applicationSerialNumber: serialNumberBytes(options.serial),
    startDate: options.startDate,
    expiryDate: options.expiryDate,
    issuerFci: new Uint8Array(2),
  });
  const { cardholderData, interoperabilityData } = options;
  if (cardholderData !== undefined) {
    checkSize('cardholderData', cardholderData, ef16.row.size);
    cells.set(cardholderData, ef16.address);
  }
  if (interoperabilityData !== undefined) {
    checkSize('interoperabilityData', interoperabilityData, ef17.row.size);
    cells.set(interoperabilityData, ef17.address);
  }
  writeRecords(cells, ef19, options.compositeRecords ?? COMPOSITE_RECORDS);
  writeRecords(cells, ef1a, options.busRecords ?? BUS_RECORDS);
}

function writeState(cells: Uint8Array, initial: InitialState, maximumBalance: Amount): void {
  const state = {
    purseBalance: initial.purseBalance ?? 0,
    depositBalance: initial.depositBalance ?? 0,
    overdraftLimit: initial.overdraftLimit ?? 0,
    onlineCounter: initial.onlineCounter ?? 0,
    offlineCounter: initial.offlineCounter ?? 0,
  };
  checkRange('initial.purseBalance', state.purseBalance, maximumBalance);
  checkRange('initial.depositBalance', state.depositBalance, maximumBalance);
  checkRange('initial.overdraftLimit', state.overdraftLimit, 0xffffff);
  checkRange('initial.onlineCounter', state.onlineCounter, 0xffff);
  checkRange('initial.offlineCounter', state.offlineCounter, 0xffff);
  CARD_STATE.encodeInto(cells, STATE_ADDRESS, {
    ...state,
    proofType: 0,
    proofCounter: 0,
    proofMac: new Uint8Array(8),
    proofTac: new Uint8Array(8),
    logNext: 0,
    logCount: 0,
    tripNext: 0,
    tripCount: 0,
  });
}

function writeConstants(cells: Uint8Array, options: CardOptions, maximumBalance: Amount): void {
  const pinTriesMax = options.pinTriesMax ?? PIN_TRIES_MAX;
  // 63Cx has one digit for the tries that are left. ISO/IEC 7816-4 table 6.
  checkRange('pinTriesMax', pinTriesMax, 15);
  checkRange('keyVersion', options.keyVersion, 0xff);
  checkRange('keyIndex', options.keyIndex, 0xff);
  CARD_CONSTANTS.encodeInto(cells, CONSTANTS_ADDRESS, {
    algorithmId: SUITES[options.suite].algorithmId,
    keyIndex: options.keyIndex,
    keyVersion: options.keyVersion,
    loadNeedsPin: (options.loadNeedsPin ?? true) ? 1 : 0,
    pinTriesMax,
    maximumBalance,
    keys: joinKeys(options.keys),
  });
  const pin = pinBytes(options.pin ?? DEFAULT_PIN);
  const padded = new Uint8Array(PIN_SIZE_MAX);
  padded.set(pin);
  CARD_ACCESS.encodeInto(cells, ACCESS_ADDRESS, {
    lifeCycle: LIFE_CYCLE.active,
    unblockTriesLeft: UNBLOCK_TRIES,
    pinTriesLeft: pinTriesMax,
    pinLength: pin.length,
    pin: padded,
  });
}

/**
 * The memory of a card that was just personalised; `new VirtualCard(memory, random)` makes it a card.
 * @throws USAGE on an option that is out of its range.
 */
export function personaliseCard(options: CardOptions): NonVolatileMemory {
  const maximum = options.maximumBalance ?? AMOUNT_MAX;
  checkRange('maximumBalance', maximum, AMOUNT_MAX);
  const maximumBalance = amount(maximum);
  const cells = new Uint8Array(CARD_MEMORY_SIZE);
  writeConstants(cells, options, maximumBalance);
  writeState(cells, options.initial ?? {}, maximumBalance);
  writeFiles(cells, options);
  return new NonVolatileMemory('card', cells, CONSTANTS_ADDRESS);
}
