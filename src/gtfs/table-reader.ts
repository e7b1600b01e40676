// SPDX-License-Identifier: MIT
/**
 * Rows of one file of a GTFS feed. Source: GTFS Schedule reference, "File Requirements": CSV of RFC 4180
 * in UTF-8, a header line, columns in any order; unknown columns are ignored.
 */
import { CsvError, parse, type Options } from 'csv-parse/sync';
import { Fault } from '../errors/fault.ts';
import { isCalendarDate } from '../time/civil.ts';
import { GTFS_LIMITS } from './limits.table.ts';

/** File name, such as `stops.txt`, to the text of the file. */
export type FeedFiles = ReadonlyMap<string, string>;

/** The row that is being visited; it is reused for the next one, so nobody may keep it. */
export interface FeedRow {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  /** The value, or empty where the row or the file has none. */
  text(field: string): string;
  /** @throws GTFS_INVALID when the value is empty. */
  required(field: string): string;
  /** @throws GTFS_INVALID unless the value is empty or a whole number from 0 to `max`. */
  integer(field: string, max: number): number | undefined;
  /** @throws GTFS_INVALID unless the value is empty or a decimal from `-limit` to `limit`. */
  decimal(field: string, limit: number): number | undefined;
  /** @throws GTFS_INVALID unless the value is empty or H:MM:SS, hours past 24 included. */
  seconds(field: string): number | undefined;
  /** @throws GTFS_INVALID unless the value is empty or a day written YYYYMMDD. */
  date(field: string): string;
  /** The fault that says what was expected in `field` instead of its value. */
  wrong(field: string, expected: string): Fault;
}

/** The fault for a place in a feed: file, and where known the row and the field. */
export function feedFault(place: string, expected: string, got?: string): Fault {
  const shown = got === undefined || got === '' ? 'nothing' : JSON.stringify(clip(got));
  return new Fault('GTFS_INVALID', `"${place}" expected ${expected}, got ${shown}`);
}

/**
 * Calls `visit` for each row of a file; false when the feed has no such file.
 * @throws GTFS_INVALID when the text is not CSV or lacks one of `columns`; LIMIT_EXCEEDED.
 */
export function readRows(
  files: FeedFiles,
  fileName: string,
  columns: readonly string[],
  visit: (row: FeedRow) => void,
): boolean {
  const text = files.get(fileName);
  if (text === undefined) return false;
  atMost('fileCharacters', fileName, text.length);
  let rows = 0;
  let cursor: Cursor | undefined;
  const onRecord = (values: readonly string[], line: number): void => {
    rows += 1;
    atMost('fileRows', fileName, rows);
    if (values.every((value) => value === '')) return;
    if (cursor === undefined) {
      cursor = new Cursor(fileName, header(fileName, line, values), columns);
    } else {
      cursor.load(values, line);
      visit(cursor);
    }
  };
  if (text.includes('"')) parseQuoted(fileName, text, onRecord);
  else parseUnquoted(text, onRecord);
  if (cursor === undefined) throw feedFault(`${fileName} row 1`, 'a line of column names');
  return true;
}

/** @throws GTFS_INVALID when the file is missing, and as `readRows`. */
export function readRequiredRows(
  files: FeedFiles,
  fileName: string,
  columns: readonly string[],
  visit: (row: FeedRow) => void,
): void {
  if (!readRows(files, fileName, columns, visit)) throw feedFault(fileName, 'a file of that name');
}

/** Takes on an id that must be new to `known`. @throws GTFS_INVALID naming the field. */
export function uniqueId(row: FeedRow, field: string, known: ReadonlyMap<string, unknown>): string {
  const id = row.required(field);
  if (known.has(id)) throw row.wrong(field, 'an id that no earlier row has');
  return id;
}

class Cursor implements FeedRow {
  line = 1;
  readonly #file: string;
  readonly #columns: ReadonlyMap<string, number>;
  #values: readonly string[] = [];

  constructor(file: string, columns: ReadonlyMap<string, number>, required: readonly string[]) {
    this.#file = file;
    this.#columns = columns;
    for (const name of required) {
      if (!columns.has(name)) {
        throw feedFault(
          `${file} row 1 ${name}`,
          'a column of that name',
          [...columns.keys()].join(),
        );
      }
    }
  }

  /** @throws GTFS_INVALID when values stand beyond the last column: a comma that is not quoted. */
  load(values: readonly string[], line: number): void {
    this.#values = values;
    this.line = line;
    const width = this.#columns.size;
    const extra = values.findIndex((value, index) => index >= width && value !== '');
    if (extra === -1) return;
    throw feedFault(`${this.#file} row ${line}`, `${width} values at most`, values[extra]);
  }

  text(field: string): string {
    const column = this.#columns.get(field);
    return column === undefined ? '' : (this.#values[column] ?? '');
  }

  required(field: string): string {
    const value = this.text(field);
    if (value === '') throw this.wrong(field, 'a value');
    return value;
  }

  integer(field: string, max: number): number | undefined {
    const value = this.text(field);
    if (value === '') return undefined;
    const number = Number(value);
    if (/^\d{1,15}$/.test(value) && number <= max) return number;
    throw this.wrong(field, `a whole number from 0 to ${max}`);
  }

  decimal(field: string, limit: number): number | undefined {
    const value = this.text(field);
    if (value === '') return undefined;
    const number = Number(value);
    const isDecimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value);
    if (isDecimal && Math.abs(number) <= limit) return number;
    throw this.wrong(field, `a decimal number from -${limit} to ${limit}`);
  }

  seconds(field: string): number | undefined {
    const value = this.text(field);
    if (value === '') return undefined;
    const match = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/.exec(value);
    if (match === null) throw this.wrong(field, 'a time such as 25:30:00');
    return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  }

  date(field: string): string {
    const value = this.text(field);
    if (value === '' || isCalendarDate(value)) return value;
    throw this.wrong(field, 'a day written YYYYMMDD');
  }

  wrong(field: string, expected: string): Fault {
    return feedFault(`${this.#file} row ${this.line} ${field}`, expected, this.text(field));
  }
}

type OnRecord = (values: readonly string[], line: number) => void;

const CSV = {
  bom: true,
  trim: true,
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n', '\r'],
} as const satisfies Options;

/** Texts are parsed in pieces of this size, so that memory stays that of the rows of one piece. */
const PIECE_CHARACTERS = 256 * 1024;

/**
 * Without quotes every line is a row, and the text can be cut at any line end. That is worth a path of its
 * own: with `on_record` the parser describes each row anew, which doubles the time for a timetable.
 */
function parseUnquoted(text: string, onRecord: OnRecord): void {
  let line = 1;
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf('\n', start + PIECE_CHARACTERS);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    for (const values of parse(text.slice(start, end), CSV)) onRecord(values, line++);
    start = end;
  }
}

function parseQuoted(fileName: string, text: string, onRecord: OnRecord): void {
  const options: Options = {
    ...CSV,
    on_record: (values, context) => {
      onRecord(values, context.lines - lineBreaks(values));
      // Nothing is kept by the parser: memory stays that of one row.
      return null;
    },
  };
  try {
    parse(text, options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw feedFault(`${fileName} row ${errorLine(error)}`, 'quotes as in RFC 4180', error.message);
  }
}

function errorLine(error: CsvError): number {
  const lines: unknown = Reflect.get(error, 'lines');
  return typeof lines === 'number' ? lines : 1;
}

function header(fileName: string, line: number, names: readonly string[]): Map<string, number> {
  atMost('columns', fileName, names.length);
  const columns = new Map<string, number>();
  for (const [column, name] of names.entries()) {
    // A column without a name is an unknown column; it still takes its place.
    const key = name === '' ? `(column ${column + 1})` : name;
    if (columns.has(key))
      throw feedFault(`${fileName} row ${line} ${key}`, 'one such column', 'two');
    columns.set(key, column);
  }
  return columns;
}

function atMost(limit: keyof typeof GTFS_LIMITS, fileName: string, got: number): void {
  const { max, text } = GTFS_LIMITS[limit];
  if (got <= max) return;
  const what = `at most ${max} (${text.slice(0, -1)})`;
  throw new Fault('LIMIT_EXCEEDED', `"${fileName}" expected ${what}, got ${got}`);
}

function lineBreaks(values: readonly string[]): number {
  let count = 0;
  for (const value of values) {
    for (let at = value.indexOf('\n'); at !== -1; at = value.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
