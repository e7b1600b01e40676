// SPDX-License-Identifier: MIT
/** What the trailer of a fixed-width file says of its details. */
import { amount, sum } from '../../../src/money/amount.ts';
import type { FixedField, FixedLine } from './layout.ts';

const HASHED_DIGITS = 9;

/** Σ of the last nine digits of each text, those without a digit counting zero. */
function hashTotal(texts: readonly string[], length: number): number {
  const modulus = 10 ** length;
  let total = 0;
  for (const text of texts) {
    const digits = text.replaceAll(/\D/g, '').slice(-HASHED_DIGITS);
    total = (total + Number(digits)) % modulus;
  }
  return total;
}

/** The value of a total; undefined for a field that is none. */
export function totalOf(
  { kind, length }: FixedField,
  details: readonly FixedLine[],
): number | undefined {
  switch (kind.type) {
    case 'count':
      return details.length;
    case 'sum':
      return sum(details.map((line) => amount(Number(line[kind.of]))));
    case 'hashTotal':
      return hashTotal(
        details.map((line) => String(line[kind.of])),
        length,
      );
    case 'amount':
    case 'constant':
    case 'digits':
    case 'number':
    case 'text':
      return undefined;
  }
}
