// SPDX-License-Identifier: MIT
/** Counts and sums of a batch, kept the same way by the terminal that writes and the host that reads. */
import { compareBytes } from '../bytes/compare.ts';
import { readUint } from '../bytes/integer.ts';
import { DecodeError } from '../errors/fault.ts';
import { add, amount, type Amount, ZERO } from '../money/amount.ts';
import { BATCH_HEADER, TOTALS_OF_KIND, type BatchTotals } from './batch-layout.ts';
import { RECORD_OFFSET, RECORD_KIND, RECORD_SIZE, type RecordKind } from './record.ts';

function isRecordKind(value: number | undefined): value is RecordKind {
  return (
    value === RECORD_KIND.purchase || value === RECORD_KIND.load || value === RECORD_KIND.uncertain
  );
}

/** Adds up encoded records and checks that they belong together. */
export class BatchAccumulator {
  readonly #terminalId: Readonly<Uint8Array>;
  readonly #counts: Record<RecordKind, number> = { 1: 0, 2: 0, 3: 0 };
  readonly #sums: Record<RecordKind, Amount> = { 1: ZERO, 2: ZERO, 3: ZERO };
  firstSequence = 0;
  lastSequence = 0;
  recordCount = 0;

  constructor(terminalId: Readonly<Uint8Array>) {
    this.#terminalId = terminalId.slice();
  }

  /** @throws DECODE_FAILED when the record is of another terminal or out of sequence. */
  addRecord(bytes: Readonly<Uint8Array>, offset: number): void {
    const path = `batch.records[${this.recordCount}]`;
    // Where the record begins in the batch, however it came here.
    const start = BATCH_HEADER.size + this.recordCount * RECORD_SIZE;
    const kind = bytes[offset + RECORD_OFFSET.kind];
    if (!isRecordKind(kind)) {
      throw new DecodeError(
        `${path}.kind`,
        start + RECORD_OFFSET.kind,
        `expected 1, 2 or 3, got ${String(kind)}`,
      );
    }
    const terminalId = bytes.subarray(
      offset + RECORD_OFFSET.terminalId,
      offset + RECORD_OFFSET.terminalId + 6,
    );
    if (compareBytes(terminalId, this.#terminalId) !== 0) {
      throw new DecodeError(
        `${path}.terminalId`,
        start + RECORD_OFFSET.terminalId,
        "expected the batch header's terminal",
      );
    }
    const sequence = readUint(bytes, offset + RECORD_OFFSET.terminalSequence, 4);
    if (sequence <= this.lastSequence) {
      throw new DecodeError(
        `${path}.terminalSequence`,
        start + RECORD_OFFSET.terminalSequence,
        `expected more than ${this.lastSequence}, got ${sequence}`,
      );
    }
    if (this.recordCount === 0) this.firstSequence = sequence;
    this.lastSequence = sequence;
    this.recordCount++;
    this.#counts[kind]++;
    this.#sums[kind] = add(
      this.#sums[kind],
      amount(readUint(bytes, offset + RECORD_OFFSET.amount, 4)),
    );
  }

  /** Count and sum per kind of record. */
  totals(): BatchTotals {
    const totals: Partial<Record<keyof BatchTotals, number>> = {};
    for (const kind of [RECORD_KIND.purchase, RECORD_KIND.load, RECORD_KIND.uncertain] as const) {
      totals[TOTALS_OF_KIND[kind].count] = this.#counts[kind];
      totals[TOTALS_OF_KIND[kind].sum] = this.#sums[kind];
    }
    // The loop has set both names of each of the three kinds.
    return totals as BatchTotals;
  }
}
