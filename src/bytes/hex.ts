// SPDX-License-Identifier: MIT
import { DecodeError } from '../errors/fault.ts';

const DIGITS = '0123456789ABCDEF';
/** Character codes of the digits. */
const CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
/** Bytes of which the digits are made into a string at once: their codes are arguments of one call. */
const PIECE = 512;

const NO_DIGIT = 255;
/** The value of each character that is a digit of either case. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? NO_DIGIT : value;
});

/** Upper-case hexadecimal, the notation of the card standards. */
export function toHex(bytes: Readonly<Uint8Array>): string {
  if (bytes.length <= PIECE) return hexOf(bytes, 0, bytes.length);
  let text = '';
  for (let from = 0; from < bytes.length; from += PIECE) {
    text += hexOf(bytes, from, Math.min(from + PIECE, bytes.length));
  }
  return text;
}

/** One string, not a rope of digits: what is made here is looked up in maps. */
function hexOf(bytes: Readonly<Uint8Array>, from: number, to: number): string {
  const codes: number[] = [];
  for (let index = from; index < to; index++) {
    const byte = bytes[index] ?? 0;
    codes.push(CODES[byte >> 4] ?? 0, CODES[byte & 15] ?? 0);
  }
  return String.fromCharCode.apply(null, codes);
}

/**
 * Bytes from hexadecimal of either case; white space between bytes is allowed.
 * @throws DECODE_FAILED on an odd number of digits or a foreign character.
 */
export function fromHex(text: string, name = 'hex'): Uint8Array {
  const digits = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  if (digits.length % 2 !== 0) {
    throw new DecodeError(name, 0, `expected an even number of hex digits, got ${digits.length}`);
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (nibble(digits, 2 * index, name) << 4) | nibble(digits, 2 * index + 1, name);
  }
  return bytes;
}

function nibble(digits: string, at: number, name: string): number {
  const value = NIBBLES[digits.charCodeAt(at)] ?? NO_DIGIT;
  if (value === NO_DIGIT) {
    throw new DecodeError(name, at >> 1, `expected hex digits, got "${digits.charAt(at)}"`);
  }
  return value;
}
