// SPDX-License-Identifier: MIT
/**
 * The closed set of fields that binary layouts are built of. A field has a fixed size and knows how to
 * read and write itself; both check, so that what was decoded encodes to the same bytes.
 */
import { readUint, writeUint } from '../bytes/integer.ts';
import { DecodeError } from '../errors/fault.ts';
import { Defect } from '../errors/invariant.ts';
import { toHex } from '../bytes/hex.ts';
import { amount, type Amount } from '../money/amount.ts';
import { isCalendarDate, isTimeOfDay } from '../time/civil.ts';

/** One field of a layout; `size` in bytes. */
export interface Field<T> {
  readonly size: number;
  /** @throws DECODE_FAILED with the path of the field. */
  read(bytes: Readonly<Uint8Array>, offset: number, path: string): T;
  /** @throws Defect when the value does not fit: the caller made it. */
  write(bytes: Uint8Array, offset: number, value: T, path: string): void;
}

function uint(size: number): Field<number> {
  const max = 256 ** size - 1;
  return {
    size,
    read: (bytes, offset) => readUint(bytes, offset, size),
    write(bytes, offset, value, path) {
      if (!Number.isInteger(value) || value < 0 || value > max) {
        throw new Defect(`"${path}" expected an integer from 0 to ${max}, got ${value}`);
      }
      writeUint(bytes, offset, size, value);
    },
  };
}

/** An unsigned integer of one byte. */
export const uint8 = uint(1);
/** An unsigned integer of two bytes. */
export const uint16 = uint(2);
/** An unsigned integer of three bytes. */
export const uint24 = uint(3);
/** An unsigned integer of four bytes. */
export const uint32 = uint(4);
/** Up to 2^48 − 1: sums of amounts and instants in milliseconds, exact in a number. */
export const uint48 = uint(6);

/** An amount of money in four bytes, minor units, as the purse commands carry it. */
export const amount4: Field<Amount> = {
  size: 4,
  read: (bytes, offset) => amount(readUint(bytes, offset, 4)),
  write: (bytes, offset, value, path) => uint32.write(bytes, offset, value, path),
};

/** `size` bytes as they are; decoding copies them out. */
export function bytes(size: number): Field<Uint8Array> {
  return {
    size,
    read: (source, offset) => source.slice(offset, offset + size),
    write(target, offset, value, path) {
      if (value.length !== size) {
        throw new Defect(`"${path}" expected ${size} bytes, got ${value.length}`);
      }
      target.set(value, offset);
    },
  };
}

/** `2 × size` decimal digits, two in a byte. Nibbles above 9 are refused. */
export function bcd(size: number): Field<string> {
  return {
    size,
    read(source, offset, path) {
      let text = '';
      for (let index = offset; index < offset + size; index++) {
        const byte = source[index] ?? 0;
        if (byte >> 4 > 9 || (byte & 15) > 9) {
          throw new DecodeError(
            path,
            index,
            `expected BCD digits, got ${toHex(Uint8Array.of(byte))}`,
          );
        }
        text += String.fromCharCode(48 + (byte >> 4), 48 + (byte & 15));
      }
      return text;
    },
    write(target, offset, value, path) {
      if (value.length !== 2 * size || !/^\d*$/.test(value)) {
        throw new Defect(`"${path}" expected ${2 * size} decimal digits, got "${value}"`);
      }
      for (let index = 0; index < size; index++) {
        target[offset + index] =
          ((value.charCodeAt(2 * index) - 48) << 4) | (value.charCodeAt(2 * index + 1) - 48);
      }
    },
  };
}

function checkedBcd(size: number, isValid: (text: string) => boolean, what: string): Field<string> {
  const plain = bcd(size);
  return {
    size,
    read(source, offset, path) {
      const text = plain.read(source, offset, path);
      if (!isValid(text)) throw new DecodeError(path, offset, `expected ${what}, got ${text}`);
      return text;
    },
    write(target, offset, value, path) {
      if (!isValid(value)) throw new Defect(`"${path}" expected ${what}, got "${value}"`);
      plain.write(target, offset, value, path);
    },
  };
}

/** A calendar date YYYYMMDD in four BCD bytes. */
export const date4 = checkedBcd(4, isCalendarDate, 'a date YYYYMMDD');
/** A time of day HHMMSS in three BCD bytes. */
export const time3 = checkedBcd(3, isTimeOfDay, 'a time HHMMSS');

/** Printable ASCII, padded with zero bytes on the right; no zero inside. */
export function text(size: number): Field<string> {
  return {
    size,
    read(source, offset, path) {
      let value = '';
      let isPadding = false;
      for (let index = offset; index < offset + size; index++) {
        const byte = source[index] ?? 0;
        if (byte === 0) isPadding = true;
        else if (isPadding || byte < 0x20 || byte > 0x7e) {
          throw new DecodeError(path, index, 'expected printable ASCII padded with zeros');
        } else value += String.fromCharCode(byte);
      }
      return value;
    },
    write(target, offset, value, path) {
      if (value.length > size || !/^[\x20-\x7e]*$/.test(value)) {
        throw new Defect(`"${path}" expected at most ${size} ASCII characters, got "${value}"`);
      }
      target.fill(0, offset, offset + size);
      for (let index = 0; index < value.length; index++) {
        target[offset + index] = value.charCodeAt(index);
      }
    },
  };
}

/** A number that has only these values. */
export function oneOf<const V extends number>(
  field: Field<number>,
  values: readonly V[],
): Field<V> {
  const known: ReadonlySet<number> = new Set(values);
  const isKnown = (value: number): value is V => known.has(value);
  return {
    size: field.size,
    read(source, offset, path) {
      const value = field.read(source, offset, path);
      if (!isKnown(value)) {
        throw new DecodeError(path, offset, `expected one of ${values.join(', ')}, got ${value}`);
      }
      return value;
    },
    write(target, offset, value, path) {
      if (!isKnown(value))
        throw new Defect(`"${path}" expected one of ${values.join(', ')}, got ${String(value)}`);
      field.write(target, offset, value, path);
    },
  };
}

/** Bytes that are always the same: a magic number, bytes reserved for future use. */
export function constant(expected: Readonly<Uint8Array>): Field<undefined> {
  return {
    size: expected.length,
    read(source, offset, path) {
      for (let index = 0; index < expected.length; index++) {
        if (source[offset + index] !== expected[index]) {
          const got = toHex(source.subarray(offset, offset + expected.length));
          throw new DecodeError(path, offset, `expected ${toHex(expected)}, got ${got}`);
        }
      }
      return undefined;
    },
    write: (target, offset) => target.set(expected, offset),
  };
}

/** `size` zero bytes, refused when they are not. */
export const reserved = (size: number): Field<undefined> => constant(new Uint8Array(size));
