// SPDX-License-Identifier: MIT
/**
 * Claim files of merchants: CSV with a header line; columns `terminal`, `date`, `type`, `count`, `gross` in
 * any order, and `counter` where a row is about one transaction. Source: docs/files.md, Claim files.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { sumWithin, type Amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';
import { isIsoDate } from '../../src/time/civil.ts';

export interface Claim {
  /** Upper-case hexadecimal. */
  readonly terminal: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** Transaction type code. */
  readonly type: number;
  /** Terminal counter of the one transaction that it is about; null for the day's total. */
  readonly counter: number | null;
  readonly count: number;
  readonly gross: Amount;
}

const COLUMNS = ['terminal', 'date', 'type', 'count', 'gross'] as const;
const OPTIONAL = 'counter';
const COUNTER_MAX = 0xffffffff;

/** @throws CLAIM_FILE_REFUSED */
function refuse(place: string, expected: string, got: string | undefined): never {
  const shown = got === undefined || got === '' ? 'nothing' : JSON.stringify(got.slice(0, 60));
  throw new Fault('CLAIM_FILE_REFUSED', `"${place}" expected ${expected}, got ${shown}`);
}

type Row = Readonly<Record<string, string>>;

function rowsOf(bytes: Uint8Array): readonly Row[] {
  const { claimFileBytes, claimRows } = LIMITS;
  if (bytes.length > claimFileBytes.max) {
    throw new Fault('LIMIT_EXCEEDED', `"file" expected at most ${claimFileBytes.max} bytes`);
  }
  let rows: readonly Row[];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // With a header line the rows are objects of its columns.
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    if (cause instanceof CsvError) return refuse('file', 'CSV with a header line', cause.message);
    return refuse('file', 'text in UTF-8', 'other bytes');
  }
  if (rows.length > claimRows.max) {
    throw new Fault('LIMIT_EXCEEDED', `"file" expected at most ${claimRows.max} rows`);
  }
  return rows;
}

function checkColumns(row: Row): void {
  const names = Object.keys(row);
  for (const column of COLUMNS) {
    if (!names.includes(column)) refuse('line 1', `a column ${column}`, names.join(','));
  }
  const known: readonly string[] = [...COLUMNS, OPTIONAL];
  const other = names.find((name) => !known.includes(name));
  if (other !== undefined) refuse('line 1', `columns ${known.join(', ')}`, other);
}

function wholeNumber(text: string | undefined, place: string, max: number): number {
  const isNumber = /^\d{1,10}$/.test(text ?? '') && Number(text) <= max;
  return isNumber ? Number(text) : refuse(place, `a whole number up to ${max}`, text);
}

function typeCode(text: string | undefined, place: string): number {
  for (const [name, { code, effect }] of Object.entries(TRANSACTION_TYPES)) {
    if (effect === 'debit' && (text === name || text === code.toString())) return code;
  }
  return refuse(place, 'pursePurchase or compositePurchase', text);
}

function claimOf(row: Row, line: number, currency: CurrencyCode): Claim {
  const place = (column: string): string => `line ${line}: ${column}`;
  const terminal = (row['terminal'] ?? '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(terminal)) refuse(place('terminal'), '12 hex digits', terminal);
  const date = row['date'] ?? '';
  if (!isIsoDate(date)) refuse(place('date'), 'YYYY-MM-DD', date);
  const counter = row[OPTIONAL] ?? '';
  const count = wholeNumber(row['count'], place('count'), LIMITS.batchRecords.max * 1000);
  const isOne = counter !== '';
  if (isOne && count !== 1) refuse(place('count'), '1 with a counter', row['count']);
  return {
    terminal,
    date,
    type: typeCode(row['type'], place('type')),
    counter: isOne ? wholeNumber(counter, place(OPTIONAL), COUNTER_MAX) : null,
    count,
    gross: grossOf(row['gross'] ?? '', place('gross'), currency),
  };
}

function grossOf(text: string, place: string, currency: CurrencyCode): Amount {
  try {
    return parseAmount(text, currency);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return refuse(place, `a plain decimal in ${currency}`, text);
  }
}

/**
 * The claims of a file.
 * @throws CLAIM_FILE_REFUSED with line and column, also when two rows are about the same; LIMIT_EXCEEDED.
 */
export function readClaims(bytes: Uint8Array, currency: CurrencyCode): readonly Claim[] {
  const rows = rowsOf(bytes);
  const [first] = rows;
  if (first === undefined) return refuse('file', 'rows below a header line', undefined);
  checkColumns(first);
  const lines = new Map<string, number>();
  const claims = rows.map((row, index) => {
    const line = index + 2;
    const claim = claimOf(row, line, currency);
    const { counter, date, terminal, type } = claim;
    const name = JSON.stringify([terminal, counter ?? [date, type]]);
    const before = lines.get(name);
    if (before !== undefined) refuse(`line ${line}`, `another subject than line ${before}`, name);
    lines.set(name, line);
    return claim;
  });
  // What claims are off by is added up in reports, which no file may stop.
  const { max } = LIMITS.fileMoney;
  const gross = claims.map((claim) => claim.gross);
  if (sumWithin(gross, max) === undefined) {
    throw new Fault('LIMIT_EXCEEDED', `"file" expected at most ${max} minor units of gross`);
  }
  return claims;
}
