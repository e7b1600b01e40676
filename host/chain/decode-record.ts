// SPDX-License-Identifier: MIT
/** Between the encoded clearing record and the values that the chain is judged by. */
import { concat } from '../../src/bytes/concat.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD, RECORD_KIND, RECORD_OFFSET, terminalOfRecord } from '../../src/clearing/record.ts';
import { amount } from '../../src/money/amount.ts';
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

/** Where the evidence lies, neighbouring fields joined: these bytes are compared for every repetition. */
const EVIDENCE: readonly { readonly from: number; readonly to: number }[] = RECORD.placements
  .filter(({ name }) => EVIDENCE_FIELDS.some((field) => field === name))
  .reduce<{ from: number; to: number }[]>((ranges, { offset, size }) => {
    const last = ranges.at(-1);
    if (last?.to === offset) last.to = offset + size;
    else ranges.push({ from: offset, to: offset + size });
    return ranges;
  }, [])
  // The counter comes first: it is what tells the records of one card apart.
  .reverse();

/** Whether two encoded records are the same evidence in whatever envelope. */
export function isSameEvidence(left: Uint8Array, right: Uint8Array): boolean {
  for (const { from, to } of EVIDENCE) {
    for (let index = from; index < to; index++) {
      if (left[index] !== right[index]) return false;
    }
  }
  return true;
}

/** The hotlist version that the terminal says it held: the one field of the envelope that is judged. */
export function hotlistVersionOf(bytes: Uint8Array): number {
  return readUint(bytes, RECORD_OFFSET.hotlistVersion, 4);
}

/** The evidence of a record alone, for digests that do not depend on the envelope. */
export function evidenceBytes(bytes: Uint8Array): Uint8Array {
  return concat(...EVIDENCE.map(({ from, to }) => bytes.subarray(from, to)));
}

/** Everything of a record that a judgement may depend on: its evidence and the hotlist version. */
export function judgedBytes(bytes: Uint8Array): Uint8Array {
  return concat(
    evidenceBytes(bytes),
    bytes.subarray(RECORD_OFFSET.hotlistVersion, RECORD_OFFSET.hotlistVersion + 4),
  );
}

const DATE_TIME_SIZE = 7;

/**
 * A verified record as the chain sees it; the merchant is the registry's to say. Intake has checked every
 * field, so the values are read where they lie: cards with a long history are judged often.
 */
export function chainRecord(
  id: number,
  bytes: Uint8Array,
  merchantOf: (terminalId: string) => string,
): ChainRecord {
  const terminalId = terminalOfRecord(bytes);
  return {
    id,
    kind: bytes[RECORD_OFFSET.kind] === RECORD_KIND.load ? 'load' : 'purchase',
    counter: readUint(bytes, RECORD_OFFSET.counterBefore, 2),
    amount: amount(readUint(bytes, RECORD_OFFSET.amount, 4)),
    before: amount(readUint(bytes, RECORD_OFFSET.balanceBefore, 4)),
    after: amount(readUint(bytes, RECORD_OFFSET.balanceAfter, 4)),
    transactionType: readUint(bytes, RECORD_OFFSET.transactionType, 1),
    // BCD: the hexadecimal digits are the decimal ones.
    at: toHex(bytes.subarray(RECORD_OFFSET.date, RECORD_OFFSET.date + DATE_TIME_SIZE)),
    terminalId,
    terminalCounter: readUint(bytes, RECORD_OFFSET.terminalCounter, 4),
    merchantId: merchantOf(terminalId),
    hotlistVersion: hotlistVersionOf(bytes),
    tac: toHex(bytes.subarray(RECORD_OFFSET.tac, RECORD_OFFSET.tac + 8)),
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
