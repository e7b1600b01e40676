// SPDX-License-Identifier: MIT
/**
 * Text that a foreign card gives, made safe to print: no control characters, which could drive a
 * terminal, and no number that could be one of a payment card.
 */

/** As many digits as the shortest account number has, with spaces or dashes between. ISO/IEC 7812-1. */
const LONG_NUMBER = /\d(?:[ -]?\d){11,}/g;

/** The bytes as ASCII, numbers of 12 digits and more masked but for the last four; or undefined. */
export function printableText(bytes: Readonly<Uint8Array>): string | undefined {
  const isText = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
  return isText ? maskNumbers(String.fromCharCode(...bytes)) : undefined;
}

/** `6222 0212 3456 7890` as `************7890`. */
function maskNumbers(text: string): string {
  return text.replace(LONG_NUMBER, (number) => {
    const digits = number.replace(/\D/g, '');
    return '*'.repeat(digits.length - 4) + digits.slice(-4);
  });
}
