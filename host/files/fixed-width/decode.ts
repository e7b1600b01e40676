// SPDX-License-Identifier: MIT
import iconv from 'iconv-lite';
import { DecodeError, Fault } from '../../../src/errors/fault.ts';
import { isGiven, type FixedField, type FixedFile, type FixedLayout } from './layout.ts';
import type { FixedLine, FixedValue } from './layout.ts';
import { totalOf } from './totals.ts';

interface Line {
  readonly path: string;
  readonly fields: readonly FixedField[];
  readonly bytes: Uint8Array;
  /** Where the line begins in the file. */
  readonly offset: number;
}

const sizeOf = (fields: readonly FixedField[]): number =>
  fields.reduce((size, field) => size + field.length, 0);

/** A line of the file, checked to have just its length and end. */
function lineAt(
  file: Uint8Array,
  offset: number,
  line: Pick<Line, 'fields' | 'path'>,
  layout: FixedLayout,
): Line {
  const size = sizeOf(line.fields);
  const end = offset + size + layout.lineEnd.length;
  const tail = iconv.decode(Buffer.from(file.subarray(offset + size, end)), 'ascii');
  if (tail !== layout.lineEnd) {
    const expected = layout.lineEnd === '\r\n' ? 'CR LF' : 'LF';
    throw new DecodeError(
      line.path,
      offset + size,
      `expected ${expected} after ${size} bytes, got ${JSON.stringify(tail)}`,
    );
  }
  return { ...line, bytes: file.subarray(offset, offset + size), offset };
}

function decodeField(field: FixedField, line: Line, layout: FixedLayout): FixedValue {
  const at = field.start - 1;
  const raw = Buffer.from(line.bytes.subarray(at, at + field.length));
  const text = iconv.decode(raw, layout.encoding);
  const wrong = (expected: string): DecodeError =>
    new DecodeError(
      `${line.path}.${field.name}`,
      line.offset + at,
      `expected ${expected}, got ${JSON.stringify(text)}`,
    );
  const { kind } = field;
  if (kind.type === 'constant') {
    if (text !== kind.value) throw wrong(JSON.stringify(kind.value));
    return text;
  }
  if (kind.type === 'text' || kind.type === 'digits') {
    // A byte that is no character, or half of one, does not come back as it was.
    const isWhole = iconv.encode(text, layout.encoding).equals(raw) && !/\p{Cc}/u.test(text);
    if (!isWhole) throw wrong(`text in ${layout.encoding.toUpperCase()}`);
    const value = text.replace(/ +$/, '');
    if (kind.type === 'digits' && !/^\d*$/.test(value)) throw wrong('digits');
    return value;
  }
  if (!/^\d+$/.test(text)) throw wrong('digits, padded with zeros');
  return Number(text);
}

function decodeLine(line: Line, layout: FixedLayout): FixedLine {
  const values = line.fields.map((field) => [field, decodeField(field, line, layout)] as const);
  return Object.fromEntries(
    values.filter(([field]) => isGiven(field)).map(([field, value]) => [field.name, value]),
  );
}

/** Compares the totals in a line with those of the details. */
function checkTotals(line: Line, details: readonly FixedLine[], layout: FixedLayout): void {
  for (const field of line.fields) {
    const expected = totalOf(field, details);
    if (expected === undefined) continue;
    const found = decodeField(field, line, layout);
    if (found === expected) continue;
    throw new DecodeError(
      `${line.path}.${field.name}`,
      line.offset + field.start - 1,
      `expected ${expected}, as the details add up to, got ${found}`,
    );
  }
}

/**
 * The values of a file.
 * @throws DecodeError with the path of the field and its byte; LIMIT_EXCEEDED.
 */
export function decodeFixed(layout: FixedLayout, file: Uint8Array): FixedFile {
  const ending = layout.lineEnd.length;
  const [headerSize, detailSize, trailerSize] = [layout.header, layout.detail, layout.trailer].map(
    (fields) => sizeOf(fields) + ending,
  ) as [number, number, number];
  const between = file.length - headerSize - trailerSize;
  const count = between / detailSize;
  if (count > layout.detailMax) {
    throw new Fault('LIMIT_EXCEEDED', `"details" expected at most ${layout.detailMax} lines`);
  }
  if (!Number.isInteger(count) || count < 0) {
    throw new DecodeError(
      layout.name,
      0,
      `expected ${headerSize} + n × ${detailSize} + ${trailerSize} bytes, got ${file.length}`,
    );
  }
  const header = lineAt(file, 0, { fields: layout.header, path: 'header' }, layout);
  const details = Array.from({ length: count }, (_, index) => {
    const line = { fields: layout.detail, path: `detail[${index + 1}]` };
    return decodeLine(lineAt(file, headerSize + index * detailSize, line, layout), layout);
  });
  const last = { fields: layout.trailer, path: 'trailer' };
  const trailer = lineAt(file, file.length - trailerSize, last, layout);
  const values = { header: decodeLine(header, layout), trailer: decodeLine(trailer, layout) };
  for (const line of [header, trailer]) checkTotals(line, details, layout);
  return { ...values, details };
}
