// SPDX-License-Identifier: MIT
/** The memory of a new secure application module: its terminal identifier and the master keys it holds. */
import { Fault } from '../../src/errors/fault.ts';
import { SAM_PUBLIC_DATA } from '../../src/purse/file-layouts.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { NonVolatileMemory } from '../memory/non-volatile-memory.ts';
import {
  DIVERSIFICATION_ORDER,
  KEY_SLOTS,
  PSAM_CONSTANTS,
  PSAM_CONSTANTS_ADDRESS,
  PSAM_FILES,
  PSAM_KEY,
  PSAM_KEY_USAGE,
  PSAM_KEYS_ADDRESS,
  PSAM_MEMORY_SIZE,
  PSAM_STATE,
  PSAM_STATE_ADDRESS,
  TERMINAL_ID_SIZE,
  type DiversificationOrder,
  type PsamFile,
  type PsamKeyUsage,
} from '../psam/psam-map.ts';
import { TERMINAL_COUNTER_MAX } from '../psam/purchase-commands.ts';

/** A master key, at the level above the cards. */
export interface PsamMasterKey {
  readonly suite: SuiteName;
  readonly usage: PsamKeyUsage;
  readonly version: number;
  /** 16 bytes. */
  readonly key: Readonly<Uint8Array>;
}

export interface PsamOptions {
  /** EF15: 1 to 20 digits. */
  readonly serial: string;
  /** EF16, 6 bytes: it enters every MAC1. */
  readonly terminalId: Readonly<Uint8Array>;
  readonly masterKeys: readonly PsamMasterKey[];
  /** EF17: key index, issuer and receiver of 8 bytes each, dates YYYYMMDD. */
  readonly keyIndex: number;
  readonly issuerId: Readonly<Uint8Array>;
  readonly receiverId: Readonly<Uint8Array>;
  readonly startDate: string;
  readonly expiryDate: string;
  /** Wrong MAC2s in a row that lock the SAM. */
  readonly mac2ErrorMax?: number;
  readonly diversificationOrder?: DiversificationOrder;
  /** The counter of the last purchase; 0 when left out, so that the first one is 1. */
  readonly terminalCounter?: number;
}

const MAC2_ERROR_MAX = 15;

function check(name: string, isRight: boolean, expected: string): void {
  if (!isRight) throw new Fault('USAGE', `"${name}" expected ${expected}, got another value`);
}

function isByte(value: number, least = 0): boolean {
  return Number.isInteger(value) && value >= least && value <= 0xff;
}

function checkOptions(options: PsamOptions): void {
  const { masterKeys, terminalId, issuerId, receiverId } = options;
  const counter = options.terminalCounter ?? 0;
  const isCounter = Number.isInteger(counter) && counter >= 0 && counter <= TERMINAL_COUNTER_MAX;
  check('terminalId', terminalId.length === TERMINAL_ID_SIZE, `${TERMINAL_ID_SIZE} bytes`);
  check('issuerId', issuerId.length === 8, '8 bytes');
  check('receiverId', receiverId.length === 8, '8 bytes');
  check('keyIndex', isByte(options.keyIndex), 'one byte');
  check('mac2ErrorMax', isByte(options.mac2ErrorMax ?? MAC2_ERROR_MAX, 1), '1 to 255');
  check('terminalCounter', isCounter, 'four bytes');
  check('masterKeys', masterKeys.length <= KEY_SLOTS, `at most ${KEY_SLOTS} keys`);
  const names = masterKeys.map(({ suite, usage, version }) => `${suite} ${usage} ${version}`);
  check('masterKeys', new Set(names).size === names.length, 'one key per suite, usage and version');
  for (const { key, version } of masterKeys) {
    check('masterKeys.key', key.length === 16, '16 bytes');
    check('masterKeys.version', isByte(version), 'one byte');
  }
}

function fileBytes(options: PsamOptions): Readonly<Record<PsamFile['name'], Uint8Array>> {
  const { keyIndex, issuerId, receiverId, startDate, expiryDate } = options;
  return {
    ef15: serialNumberBytes(options.serial),
    ef16: options.terminalId.slice(),
    ef17: SAM_PUBLIC_DATA.encode({
      keyIndex,
      issuerId: issuerId.slice(),
      receiverId: receiverId.slice(),
      startDate,
      expiryDate,
    }),
  };
}

/**
 * The memory of a SAM that was just personalised; `new VirtualPsam(memory)` makes it one.
 * @throws USAGE on an option that is out of its range.
 */
export function personalisePsam(options: PsamOptions): NonVolatileMemory {
  checkOptions(options);
  const cells = new Uint8Array(PSAM_MEMORY_SIZE);
  PSAM_CONSTANTS.encodeInto(cells, PSAM_CONSTANTS_ADDRESS, {
    mac2ErrorMax: options.mac2ErrorMax ?? MAC2_ERROR_MAX,
    diversificationOrder: DIVERSIFICATION_ORDER[options.diversificationOrder ?? 'innermostFirst'],
  });
  options.masterKeys.forEach(({ suite, usage, version, key }, slot) => {
    PSAM_KEY.encodeInto(cells, PSAM_KEYS_ADDRESS + slot * PSAM_KEY.size, {
      algorithmId: SUITES[suite].algorithmId,
      usage: PSAM_KEY_USAGE[usage],
      version,
      key: key.slice(),
    });
  });
  PSAM_STATE.encodeInto(cells, PSAM_STATE_ADDRESS, {
    terminalCounter: options.terminalCounter ?? 0,
    mac2Errors: 0,
  });
  const files = fileBytes(options);
  for (const { name, address } of PSAM_FILES) cells.set(files[name], address);
  return new NonVolatileMemory('psam', cells, PSAM_CONSTANTS_ADDRESS);
}
