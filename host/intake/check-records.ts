// SPDX-License-Identifier: MIT
/**
 * Every field of every record is checked before the batch gets its name on disk: what is stored decodes,
 * today and in every later report. The check looks at the raw bytes, because it runs for each record on
 * the main thread; the layout itself (src/clearing/record.ts) says what is wrong with the one that fails.
 */
import { readUint } from '../../src/bytes/integer.ts';
import { BATCH_HEADER } from '../../src/clearing/batch-layout.ts';
import { RECORD, RECORD_OFFSET, RECORD_KIND, RECORD_SIZE } from '../../src/clearing/record.ts';
import { DecodeError } from '../../src/errors/fault.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';

/** Dates that were found good: a batch has few of them. */
const DATES_KEPT = 1024;

/** The types that each kind of record may have, as bits: a load's TAC must not pass for a purchase's. */
const LOAD_TYPES = 1 << TRANSACTION_TYPES.purseLoad.code;
const PURCHASE_TYPES =
  (1 << TRANSACTION_TYPES.pursePurchase.code) | (1 << TRANSACTION_TYPES.compositePurchase.code);
const TYPES_OF_KIND: Readonly<Record<number, number>> = {
  [RECORD_KIND.purchase]: PURCHASE_TYPES,
  [RECORD_KIND.load]: LOAD_TYPES,
  [RECORD_KIND.uncertain]: PURCHASE_TYPES | LOAD_TYPES,
};

/** Checks the records of one batch as they stream in. */
export class RecordCheck {
  readonly #goodDates = new Set<number>();

  /** @throws DECODE_FAILED naming the first field that does not fit; `firstIndex` is that of the run. */
  check(records: Uint8Array, firstIndex: number): void {
    for (let offset = 0; offset < records.length; offset += RECORD_SIZE) {
      if (!this.#isGood(records, offset)) refuse(records, offset, firstIndex);
    }
  }

  #isGood(records: Uint8Array, offset: number): boolean {
    const type = records[offset + RECORD_OFFSET.transactionType] ?? 0;
    return (
      type < 31 &&
      ((TYPES_OF_KIND[records[offset + RECORD_OFFSET.kind] ?? 0] ?? 0) & (1 << type)) !== 0 &&
      suiteByAlgorithm(records[offset + RECORD_OFFSET.algorithmId] ?? 0xff) !== undefined &&
      this.#isDate(records, offset) &&
      isTime(records, offset + RECORD_OFFSET.time) &&
      isText(records, offset + RECORD_OFFSET.place, offset + RECORD_OFFSET.checksum)
    );
  }

  #isDate(records: Uint8Array, offset: number): boolean {
    const date = readUint(records, offset + RECORD_OFFSET.date, 4);
    if (this.#goodDates.has(date)) return true;
    if (this.#goodDates.size >= DATES_KEPT) this.#goodDates.clear();
    // The layout knows the calendar; it throws when the date, or anything else, does not fit.
    RECORD.decodeAt(records, offset);
    this.#goodDates.add(date);
    return true;
  }
}

/** HHMMSS in BCD. */
function isTime(records: Uint8Array, offset: number): boolean {
  return (
    isBcdBelow(records[offset] ?? 0xff, 0x24) &&
    isBcdBelow(records[offset + 1] ?? 0xff, 0x60) &&
    isBcdBelow(records[offset + 2] ?? 0xff, 0x60)
  );
}

const isBcdBelow = (byte: number, limit: number): boolean => byte < limit && (byte & 15) <= 9;

/** Printable ASCII, then zeros. */
function isText(records: Uint8Array, from: number, to: number): boolean {
  let index = from;
  while (index < to && isPrintable(records[index] ?? 0)) index++;
  while (index < to && records[index] === 0) index++;
  return index === to;
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

function refuse(records: Uint8Array, offset: number, firstIndex: number): never {
  const index = firstIndex + offset / RECORD_SIZE;
  const path = `batch.records[${index}]`;
  const { transactionType, kind } = RECORD.decodeAt(records, offset, path);
  throw new DecodeError(
    `${path}.transactionType`,
    BATCH_HEADER.size + index * RECORD_SIZE + RECORD_OFFSET.transactionType,
    `expected a type of records of kind ${kind}, got ${transactionType}`,
  );
}
