// SPDX-License-Identifier: MIT
/** CSV of RFC 4180 in UTF-8, CRLF, from the columns that `csv-files.table.ts` declares. */
import { stringify } from 'csv-stringify/sync';
import { addSigned, signedAmount, type SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import { CSV_FILES, type CsvColumn, type CsvFile, type CsvFileName } from './csv-files.table.ts';

/** First column of the last line. */
const END_MARK = '<END>';

type Columns<F extends CsvFileName> = (typeof CSV_FILES)[F]['columns'];
type ValueOf<C> = C extends { readonly kind: 'text' }
  ? string
  : C extends { readonly kind: 'amount' }
    ? SignedAmount
    : number;

/** The values of one row; what is left out, or null, is an empty cell. */
export type CsvRow<F extends CsvFileName> = {
  readonly [C in keyof Columns<F>]?: ValueOf<Columns<F>[C]> | null;
};

/** Rows that are turned into text at once: the library has a cost per call. */
const CHUNK_ROWS = 500;

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection):
 * names and notes come from outside. Amounts are not text: theirs is a minus sign and digits.
 */
export function guarded(value: string): string {
  return /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/.test(value) ? `'${value}` : value;
}

function cell(column: CsvColumn, value: unknown, currency: CurrencyCode): string {
  if (value === undefined || value === null) return '';
  // `CsvRow` has a number for every column that is not text.
  if (column.kind === 'amount') return formatAmount(value as SignedAmount, currency);
  if (column.kind === 'number') return (value as number).toString();
  return guarded(value as string);
}

const lines = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    { record_delimiter: 'windows' },
  );

/**
 * The text of a file, in pieces, so that the memory does not grow with its rows. The column `line`, where
 * the file has one, is numbered here.
 */
export function* csvText<F extends CsvFileName>(
  name: F,
  rows: Iterable<CsvRow<F>>,
  currency: CurrencyCode,
): Generator<string> {
  const file: CsvFile = CSV_FILES[name];
  const columns = Object.entries(file.columns);
  const sums = new Map<string, SignedAmount>(
    (file.totals ?? []).map((column) => [column, signedAmount(0)]),
  );
  let count = 0;
  let pending: string[][] = [columns.map(([column]) => column)];
  for (const row of rows) {
    count++;
    const values: Readonly<Record<string, unknown>> = { line: count, ...row };
    for (const [column, total] of sums) {
      // A column of totals is an amount; see `CsvRow`.
      const value = (values[column] ?? 0) as SignedAmount;
      sums.set(column, addSigned(total, value));
    }
    pending.push(columns.map(([column, kind]) => cell(kind, values[column], currency)));
    if (pending.length < CHUNK_ROWS) continue;
    yield lines(pending);
    pending = [];
  }
  if (file.totals !== null) pending.push(lastLine(columns, sums, count, currency));
  if (pending.length > 0) yield lines(pending);
}

function lastLine(
  columns: readonly (readonly [string, CsvColumn])[],
  sums: ReadonlyMap<string, SignedAmount>,
  count: number,
  currency: CurrencyCode,
): string[] {
  return columns.map(([column], index) => {
    if (index === 0) return END_MARK;
    if (index === 1) return count.toString();
    const total = sums.get(column);
    return total === undefined ? '' : formatAmount(total, currency);
  });
}
