// SPDX-License-Identifier: MIT
/** Where fields of an encoded record lie, for SQL. The layout itself is declared in src/clearing/record.ts. */
import { invariant } from '../../src/errors/invariant.ts';
import { RECORD, type ClearingRecord } from '../../src/clearing/record.ts';

/** The bytes of `records.bytes` from the field `first` to the end of the field `last`. */
export function recordSql(first: keyof ClearingRecord, last: keyof ClearingRecord = first): string {
  const end = RECORD.placements.find(({ name }) => name === last);
  invariant(end !== undefined, `a record has a field ${last}`);
  const from = RECORD.offsetOf(first);
  // SQL counts bytes from one.
  return `substr(records.bytes, ${from + 1}, ${end.offset + end.size - from})`;
}
