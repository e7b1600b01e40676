// SPDX-License-Identifier: MIT
import { DecodeError } from '../errors/fault.ts';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, '0').toUpperCase(),
);

/** Upper-case hexadecimal, the notation of the card standards. */
export function toHex(bytes: Readonly<Uint8Array>): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/**
 * Bytes from hexadecimal of either case; white space between bytes is allowed.
 * @throws DECODE_FAILED on an odd number of digits or a foreign character.
 */
export function fromHex(text: string, name = 'hex'): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0) {
    throw new DecodeError(name, 0, `expected an even number of hex digits, got ${digits.length}`);
  }
  const foreign = digits.search(/[^0-9a-fA-F]/);
  if (foreign >= 0) {
    throw new DecodeError(
      name,
      foreign >> 1,
      `expected hex digits, got "${digits.charAt(foreign)}"`,
    );
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
