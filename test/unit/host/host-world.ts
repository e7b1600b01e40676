// SPDX-License-Identifier: MIT
/** Hosts, terminals and cards for tests: records with real TACs, cut into signed batches. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat } from '../../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { UTC_OFFSET_BIAS, type BatchHeader } from '../../../src/clearing/batch-layout.ts';
import { writeBatch } from '../../../src/clearing/batch-writer.ts';
import { openAck } from '../../../src/clearing/ack.ts';
import type { BatchAck, LoadRequest } from '../../../src/clearing/messages.ts';
import { encodeRecord, RECORD_KIND, type ClearingRecord } from '../../../src/clearing/record.ts';
import { RECORD } from '../../../src/clearing/record.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { amount } from '../../../src/money/amount.ts';
import { deriveCardKeys, generateMasterKeys } from '../../../src/purse/card-keys.ts';
import { MAC_INPUTS } from '../../../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { SuiteName } from '../../../src/purse/suite.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { TRANSACTION_TYPES } from '../../../src/purse/transaction-types.table.ts';
import { instant } from '../../../src/time/instant.ts';
import { ClearingHost, type HostOptions } from '../../../host/host.ts';
import { IssuerKeys } from '../../../host/keys/key-store.ts';

/** A generator of bytes that every run gives alike. */
function countingBytes(start: number): { bytes(length: number): Uint8Array } {
  let next = start;
  return {
    bytes: (length) =>
      Uint8Array.from({ length }, () => {
        next = (next * 73 + 41) & 0xffff;
        return next >> 8;
      }),
  };
}

function keyVersion(version: number): Record<SuiteName, Record<string, string>> {
  const hex = (start: number): Record<string, string> =>
    Object.fromEntries(
      Object.entries(generateMasterKeys(countingBytes(start))).map(([purpose, key]) => [
        purpose,
        toHex(key),
      ]),
    );
  return { tdes: hex(version * 10 + 1), aes: hex(version * 10 + 2) };
}

/** Issuer keys of the given versions; version n has the same keys in every set. */
export function issuerKeys(...versions: readonly number[]): IssuerKeys {
  return new IssuerKeys({
    versions: Object.fromEntries(versions.map((version) => [version, keyVersion(version)])),
    hostSeed: '11'.repeat(32),
  });
}

/** The keys of versions 1 and 2: version 2 is the one that a host may not know yet. */
export const ALL_KEYS = issuerKeys(1, 2);

export interface TestTerminal {
  readonly id: string;
  readonly merchant: string;
  readonly seed: Uint8Array;
}

export function testTerminal(number: number, merchant = `M${number}`): TestTerminal {
  return {
    id: `0000000000${number.toString(16).toUpperCase().padStart(2, '0')}`,
    merchant,
    seed: new Uint8Array(32).fill(number + 1),
  };
}

export interface TestCard {
  readonly serial: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
}

export const testCard = (number: number, suite: SuiteName, version = 1): TestCard => ({
  serial: `8600${number.toString().padStart(16, '0')}`,
  suite,
  keyVersion: version,
});

/** The values of a record that differ from test to test. */
export interface RecordFields {
  readonly terminal: TestTerminal;
  readonly card: TestCard;
  readonly kind?: 'load' | 'purchase' | 'uncertain';
  readonly transactionType?: ClearingRecord['transactionType'];
  readonly counter: number;
  readonly amount: number;
  readonly before: number;
  readonly after?: number;
  readonly terminalCounter?: number;
  readonly sequence: number;
  readonly date?: string;
  readonly time?: string;
  readonly hotlistVersion?: number;
  readonly place?: string;
  /** A TAC that is not the card's. */
  readonly forged?: boolean;
}

const tacKeys = new Map<string, ReturnType<(typeof SUITES)['aes']['tacKey']>>();

function tacKey(card: TestCard): ReturnType<(typeof SUITES)['aes']['tacKey']> {
  const name = `${card.serial}${card.suite}${card.keyVersion}`;
  const known = tacKeys.get(name);
  if (known !== undefined) return known;
  const suite = SUITES[card.suite];
  const master = ALL_KEYS.masters(card.keyVersion, card.suite).tac;
  const key = suite.tacKey(
    suite.issuerMasterKey(master, 'tac').cardKey(serialNumberBytes(card.serial)),
  );
  tacKeys.set(name, key);
  return key;
}

const DATE = '20260203';

/** The TAC that the card makes over these values, in eight bytes. */
function tacOf(
  card: TestCard,
  isLoad: boolean,
  values: Omit<ClearingRecord, 'checksum'>,
): Uint8Array {
  const input = (isLoad ? MAC_INPUTS.loadTac : MAC_INPUTS.purchaseTac)[card.suite].encode({
    ...values,
    date: fromHex(values.date),
    time: fromHex(values.time),
  });
  const tac = new Uint8Array(8);
  tac.set(tacKey(card).mac(input));
  return tac;
}

/** Amount, balances and type: a load adds, a purchase takes away. */
function moneyOf(
  fields: RecordFields,
): Pick<ClearingRecord, 'amount' | 'balanceAfter' | 'balanceBefore' | 'transactionType'> {
  const { before, kind } = fields;
  const load = TRANSACTION_TYPES.purseLoad.code;
  const usual = kind === 'load' ? load : TRANSACTION_TYPES.pursePurchase.code;
  const transactionType = fields.transactionType ?? usual;
  const after = transactionType === load ? before + fields.amount : before - fields.amount;
  return {
    transactionType,
    amount: amount(fields.amount),
    balanceBefore: amount(before),
    balanceAfter: amount(fields.after ?? after),
  };
}

/** An encoded record with the TAC of its card. */
export function record(fields: RecordFields): Uint8Array {
  const { card, kind = 'purchase' } = fields;
  const isLoad = kind === 'load';
  const values: Omit<ClearingRecord, 'checksum'> = {
    kind: RECORD_KIND[kind],
    algorithmId: card.suite === 'aes' ? 0x88 : 0x00,
    keyVersion: card.keyVersion,
    ...moneyOf(fields),
    flags: 0,
    applicationSerialNumber: serialNumberBytes(card.serial),
    counterBefore: fields.counter,
    terminalId: fromHex(fields.terminal.id),
    terminalCounter: fields.terminalCounter ?? (isLoad ? 0 : fields.sequence),
    date: fields.date ?? DATE,
    time: fields.time ?? '120000',
    tac: new Uint8Array(8),
    terminalSequence: fields.sequence,
    hotlistVersion: fields.hotlistVersion ?? 0,
    place: fields.place ?? 'TEST',
  };
  if (kind === 'uncertain') return encodeRecord(values);
  const tac = tacOf(card, isLoad, values);
  if (fields.forged === true) tac[0] = (tac[0] ?? 0) ^ 0xff;
  return encodeRecord({ ...values, tac });
}

const SEQUENCE = RECORD.offsetOf('terminalSequence');
const sequenceOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32BE(SEQUENCE);

/** A signed batch of these records, in the order of their sequences. */
export function batch(
  terminal: TestTerminal,
  records: readonly Uint8Array[],
  header: Partial<BatchHeader> = {},
): Uint8Array {
  const sorted = [...records].sort((left, right) => sequenceOf(left) - sequenceOf(right));
  const full = {
    terminalId: fromHex(terminal.id),
    samSerial: new Uint8Array(10),
    batchNumber: 1,
    hotlistVersion: 0,
    configVersion: 1,
    closedAtMs: 1_770_000_000_000,
    utcOffsetBiased: UTC_OFFSET_BIAS + 330,
    currencyNumber: 356,
    recordCount: records.length,
    ...header,
  };
  return concat(...writeBatch(full, sorted, terminal.seed));
}

/** A record with another envelope: what a re-cut batch may change. */
export function reEnveloped(bytes: Uint8Array, hotlistVersion: number): Uint8Array {
  return encodeRecord({ ...RECORD.decode(bytes), hotlistVersion, place: 'RECUT' });
}

/** A host in a directory of its own, removed by `dispose`. */
export interface TestHost {
  readonly host: ClearingHost;
  readonly directory: string;
  /** Uploads and opens the acknowledgement. */
  upload(bytes: Uint8Array): Promise<BatchAck>;
  /** Closes and opens the same directory again. */
  reopen(options?: Partial<HostOptions>): Promise<TestHost>;
  rawFiles(): readonly string[];
  dispose(): Promise<void>;
}

export function hostOptions(directory: string, options: Partial<HostOptions> = {}): HostOptions {
  return {
    directory,
    keys: ALL_KEYS,
    clock: { now: () => instant(1_770_000_000_000) },
    currency: 'INR',
    utcOffsetMinutes: 330,
    workers: 0,
    ...options,
  };
}

export async function openTestHost(
  options: Partial<HostOptions> = {},
  directory = mkdtempSync(join(tmpdir(), 'openpurse-host-')),
): Promise<TestHost> {
  const host = await ClearingHost.open(hostOptions(directory, options));
  return {
    host,
    directory,
    upload: async (bytes) => openAck(await host.uploadBatch(bytes), host.publicKey),
    async reopen(changed = {}) {
      await host.close();
      return openTestHost({ ...options, ...changed }, directory);
    },
    rawFiles: () => readdirSync(join(directory, 'raw')).sort(),
    async dispose() {
      await host.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function enrol(host: ClearingHost, ...terminals: readonly TestTerminal[]): void {
  for (const { id, merchant, seed } of terminals) {
    host.enrol({ terminalId: id, merchant, publicKey: ed25519PublicKey(seed) });
  }
}

export interface LoadFields {
  readonly card: TestCard;
  readonly terminal: TestTerminal;
  readonly amount: number;
  readonly before: number;
  readonly counter: number;
}

const CARD_RANDOM: Readonly<Record<SuiteName, string>> = {
  tdes: 'A1B2C3D4',
  aes: 'A1B2C3D4E5F60718',
};

/** A request for a load with the MAC1 of its card. */
export function loadRequest(fields: LoadFields): LoadRequest {
  const { card, terminal } = fields;
  const suite = SUITES[card.suite];
  const masters = ALL_KEYS.masters(card.keyVersion, card.suite);
  const keys = deriveCardKeys(card.suite, masters, serialNumberBytes(card.serial));
  const cardRandom = CARD_RANDOM[card.suite];
  const mac1 = suite
    .sessionMasterKey(keys.load)
    .sessionKey({
      session: 'load',
      cardRandom: fromHex(cardRandom),
      counter: fields.counter,
      terminalCounter: 0,
    })
    .mac(
      MAC_INPUTS.loadMac1[card.suite].encode({
        balanceBefore: amount(fields.before),
        amount: amount(fields.amount),
        transactionType: TRANSACTION_TYPES.purseLoad.code,
        terminalId: fromHex(terminal.id),
      }),
    );
  return {
    terminalId: terminal.id,
    serial: card.serial,
    algorithmId: suite.algorithmId,
    keyVersion: card.keyVersion,
    transactionType: TRANSACTION_TYPES.purseLoad.code,
    amount: fields.amount,
    balanceBefore: fields.before,
    onlineCounter: fields.counter,
    cardRandom,
    mac1: toHex(mac1),
  };
}
