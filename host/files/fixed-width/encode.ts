// SPDX-License-Identifier: MIT
import iconv from 'iconv-lite';
import { concat } from '../../../src/bytes/concat.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { isGiven, type FixedField, type FixedFile, type FixedLayout } from './layout.ts';
import type { FixedLine, FixedValue } from './layout.ts';
import { totalOf } from './totals.ts';

/** @throws FILE_REFUSED with the path of the field. */
function refuse(path: string, expected: string, got: unknown): never {
  throw new Fault('FILE_REFUSED', `"${path}" expected ${expected}, got ${JSON.stringify(got)}`);
}

/**
 * The bytes of a text. A character that the encoding lacks is refused: it would become a question mark in
 * somebody's name.
 */
function textBytes(value: string, layout: FixedLayout, path: string): Uint8Array {
  if (/\p{Cc}/u.test(value)) refuse(path, 'no control characters', value);
  const encoded = Uint8Array.from(iconv.encode(value, layout.encoding));
  if (iconv.decode(Buffer.from(encoded), layout.encoding) !== value) {
    refuse(path, `characters of ${layout.encoding.toUpperCase()}`, value);
  }
  return encoded;
}

function textField(
  field: FixedField,
  value: FixedValue | undefined,
  layout: FixedLayout,
  path: string,
): Uint8Array {
  if (typeof value !== 'string') refuse(path, 'text', value);
  if (field.kind.type === 'digits' && !/^\d*$/.test(value)) refuse(path, 'digits', value);
  // What ends in a space would come back without it.
  if (value.endsWith(' ')) refuse(path, 'no space at the end', value);
  const encoded = textBytes(value, layout, path);
  if (encoded.length > field.length) {
    refuse(path, `at most ${field.length} bytes in ${layout.encoding.toUpperCase()}`, value);
  }
  const padded = new Uint8Array(field.length).fill(0x20);
  padded.set(encoded);
  return padded;
}

function numberField(field: FixedField, value: FixedValue | undefined, path: string): Uint8Array {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    refuse(path, 'a whole number, zero or more', value);
  }
  const digits = value.toString().padStart(field.length, '0');
  if (digits.length > field.length) refuse(path, `at most ${field.length} digits`, value);
  return Uint8Array.from(iconv.encode(digits, 'ascii'));
}

function encodeLine(
  line: { readonly fields: readonly FixedField[]; readonly path: string },
  values: FixedLine,
  layout: FixedLayout,
  details: readonly FixedLine[],
): Uint8Array {
  const known = new Set(line.fields.filter(isGiven).map(({ name }) => name));
  const other = Object.keys(values).find((name) => !known.has(name));
  if (other !== undefined) refuse(`${line.path}.${other}`, 'a field of the layout', values[other]);
  const parts = line.fields.map((field) => {
    const path = `${line.path}.${field.name}`;
    const { kind } = field;
    if (kind.type === 'constant') return Uint8Array.from(iconv.encode(kind.value, 'ascii'));
    if (kind.type === 'text' || kind.type === 'digits') {
      return textField(field, values[field.name], layout, path);
    }
    return numberField(field, totalOf(field, details) ?? values[field.name], path);
  });
  return concat(...parts, Uint8Array.from(iconv.encode(layout.lineEnd, 'ascii')));
}

/**
 * The bytes of a file; its totals are computed.
 * @throws FILE_REFUSED naming the field as `detail[3].holder`; LIMIT_EXCEEDED.
 */
export function encodeFixed(layout: FixedLayout, file: FixedFile): Uint8Array {
  const { details } = file;
  if (details.length > layout.detailMax) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"details" expected at most ${layout.detailMax} lines, got ${details.length}`,
    );
  }
  const { header, detail, trailer } = layout;
  return concat(
    encodeLine({ fields: header, path: 'header' }, file.header, layout, details),
    ...details.map((values, index) =>
      encodeLine({ fields: detail, path: `detail[${index + 1}]` }, values, layout, details),
    ),
    encodeLine({ fields: trailer, path: 'trailer' }, file.trailer, layout, details),
  );
}
