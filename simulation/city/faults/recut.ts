// SPDX-License-Identifier: MIT
import { concat } from '../../../src/bytes/concat.ts';
import { BATCH_HEADER, BATCH_TRAILER, SIGNATURE_SIZE } from '../../../src/clearing/batch-layout.ts';
import { writeBatch } from '../../../src/clearing/batch-writer.ts';
import { RECORD_SIZE } from '../../../src/clearing/record.ts';

/** Far above the numbers that a terminal reaches by itself. */
const OTHER_NUMBERS = 1_000_000;

/** The header and the records of a whole batch. */
export function openBatch(batch: Uint8Array): {
  readonly header: ReturnType<typeof BATCH_HEADER.decode>;
  readonly records: readonly Uint8Array[];
} {
  const header = BATCH_HEADER.decode(batch.subarray(0, BATCH_HEADER.size));
  const end = batch.length - BATCH_TRAILER.size - SIGNATURE_SIZE;
  const records: Uint8Array[] = [];
  for (let at = BATCH_HEADER.size; at < end; at += RECORD_SIZE) {
    records.push(batch.subarray(at, at + RECORD_SIZE));
  }
  return { header, records };
}

/** A batch of these records as the terminal with this key would sign it. */
export function signBatch(
  header: ReturnType<typeof BATCH_HEADER.decode>,
  records: readonly Uint8Array[],
  seed: Uint8Array,
): Uint8Array {
  return concat(...writeBatch({ ...header, recordCount: records.length }, records, seed));
}

/** The same records in two batches of other numbers, signed by the same terminal. */
export function recut(batch: Uint8Array, seed: Uint8Array): readonly Uint8Array[] {
  const { header, records } = openBatch(batch);
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].flatMap((part, index) => {
    if (part.length === 0) return [];
    const batchNumber = OTHER_NUMBERS + 2 * header.batchNumber + index;
    return [signBatch({ ...header, batchNumber }, part, seed)];
  });
}
