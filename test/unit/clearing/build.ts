// SPDX-License-Identifier: MIT
/** Builders of clearing records and batches with explicit options. */
import { concat } from '../../../src/bytes/concat.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import type { BatchHeader } from '../../../src/clearing/batch-layout.ts';
import { BatchReader, type ReadBatch } from '../../../src/clearing/batch-reader.ts';
import { writeBatch } from '../../../src/clearing/batch-writer.ts';
import { encodeRecord, RECORD_KIND, type ClearingRecord } from '../../../src/clearing/record.ts';
import { amount } from '../../../src/money/amount.ts';

const TERMINAL = fromHex('001122334455');
export const SEED = new Uint8Array(32).fill(0x42);

export type RecordFields = Omit<ClearingRecord, 'checksum'>;

/** A purchase of 500 by the AES card 8600000123, changed by `changes`. */
export function recordFields(changes: Partial<RecordFields> = {}): RecordFields {
  return {
    kind: RECORD_KIND.purchase,
    algorithmId: 0x88,
    keyVersion: 1,
    transactionType: 0x06,
    flags: 0,
    applicationSerialNumber: fromHex('00000000008600000123'),
    counterBefore: 0x042d,
    amount: amount(500),
    balanceBefore: amount(4085),
    balanceAfter: amount(3585),
    terminalId: TERMINAL,
    terminalCounter: 7,
    date: '20260203',
    time: '081530',
    tac: fromHex('0102030405060708'),
    terminalSequence: 1,
    hotlistVersion: 3,
    place: 'CEN>AIR',
    ...changes,
  };
}

/** Three records of sequences 1, 2 and 4: a purchase, a load, an uncertain purchase. */
export function threeRecords(): Uint8Array[] {
  return [
    recordFields(),
    recordFields({
      kind: RECORD_KIND.load,
      transactionType: 0x02,
      terminalCounter: 0,
      terminalSequence: 2,
      amount: amount(2000),
      place: 'till 1',
    }),
    recordFields({
      kind: RECORD_KIND.uncertain,
      terminalSequence: 4,
      tac: new Uint8Array(8),
      amount: amount(70),
      place: '',
    }),
  ].map(encodeRecord);
}

/** A header for `recordCount` records, changed by `changes`. */
export function header(
  recordCount: number,
  changes: Partial<BatchHeader> = {},
): Omit<BatchHeader, 'signingKeyId'> {
  return {
    terminalId: TERMINAL,
    samSerial: fromHex('00000000000000000007'),
    batchNumber: 12,
    hotlistVersion: 3,
    configVersion: 1,
    closedAtMs: 1_770_106_530_000,
    utcOffsetBiased: 1440 + 330,
    currencyNumber: 356,
    recordCount,
    ...changes,
  };
}

/** A whole batch of the records. */
export function batchOf(
  records: readonly Uint8Array[],
  changes: Partial<BatchHeader> = {},
): Uint8Array {
  return concat(...writeBatch(header(records.length, changes), records, SEED));
}

/** Reads a batch whose pieces end at `cuts`; `records` are what the sink received. */
export function readBatch(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
): { batch: ReadBatch; records: Uint8Array; firstIndexes: number[] } {
  const runs: Uint8Array[] = [];
  const firstIndexes: number[] = [];
  const reader = new BatchReader((run, firstIndex) => {
    runs.push(run);
    firstIndexes.push(firstIndex);
  });
  let from = 0;
  for (const until of [...cuts, bytes.length]) {
    reader.push(bytes.slice(from, until));
    from = until;
  }
  return { batch: reader.end(), records: concat(...runs), firstIndexes };
}
