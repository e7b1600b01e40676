// SPDX-License-Identifier: MIT
/** Between the encoded clearing record and the values that the chain is judged by. */
import { compareBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD, RECORD_KIND, type ClearingRecord } from '../../src/clearing/record.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import type { ChainRecord, UncertainTap } from './model.ts';

/** The fields that say what happened; the rest is envelope, which a re-cut batch may change. */
const EVIDENCE_FIELDS = [
  'algorithmId',
  'keyVersion',
  'transactionType',
  'applicationSerialNumber',
  'counterBefore',
  'amount',
  'balanceBefore',
  'balanceAfter',
  'terminalId',
  'terminalCounter',
  'date',
  'time',
  'tac',
] as const;

const EVIDENCE = RECORD.placements.filter(({ name }) =>
  EVIDENCE_FIELDS.some((field) => field === name),
);

/** Whether two encoded records are the same evidence in whatever envelope. */
export function isSameEvidence(left: Uint8Array, right: Uint8Array): boolean {
  return EVIDENCE.every(
    ({ offset, size }) =>
      compareBytes(left.subarray(offset, offset + size), right.subarray(offset, offset + size)) ===
      0,
  );
}

/** The evidence of a record alone, for digests that do not depend on the envelope. */
export function evidenceBytes(bytes: Uint8Array): Uint8Array {
  const size = EVIDENCE.reduce((total, field) => total + field.size, 0);
  const evidence = new Uint8Array(size);
  let at = 0;
  for (const { offset, size: length } of EVIDENCE) {
    evidence.set(bytes.subarray(offset, offset + length), at);
    at += length;
  }
  return evidence;
}

/** A verified record as the chain sees it; the merchant is the registry's to say. */
export function chainRecord(id: number, bytes: Uint8Array): Omit<ChainRecord, 'merchantId'> {
  const record: ClearingRecord = RECORD.decode(bytes);
  return {
    id,
    kind: record.kind === RECORD_KIND.load ? 'load' : 'purchase',
    counter: record.counterBefore,
    amount: record.amount,
    before: record.balanceBefore,
    after: record.balanceAfter,
    transactionType: record.transactionType,
    at: record.date + record.time,
    terminalId: toHex(record.terminalId),
    terminalCounter: record.terminalCounter,
    hotlistVersion: record.hotlistVersion,
    tac: toHex(record.tac),
  };
}

/** A tap without a known outcome as the chain sees it. */
export function uncertainTap(id: number, bytes: Uint8Array): UncertainTap {
  const record = RECORD.decode(bytes);
  return {
    id,
    isLoad: record.transactionType === TRANSACTION_TYPES.purseLoad.code,
    counter: record.counterBefore,
    amount: record.amount,
    terminalId: toHex(record.terminalId),
    terminalCounter: record.terminalCounter,
    at: record.date + record.time,
  };
}
