// SPDX-License-Identifier: MIT
/**
 * Shares of an amount, exactly: products of money and rates are whole ten-thousandths of a minor unit, kept
 * as a bigint, so that nothing is rounded before somebody decides who gets the rest.
 */
import { amount, type Amount } from './amount.ts';

/** Basis points of the whole. */
export const WHOLE_BASIS_POINTS = 10_000;

declare const fractionBrand: unique symbol;

/** Ten-thousandths of a minor unit, zero or more. */
export type Fraction = bigint & { readonly [fractionBrand]: true };

/** `value` × `basisPoints`, nothing rounded. */
export function fractionOf(value: Amount, basisPoints: number): Fraction {
  return (BigInt(value) * BigInt(basisPoints)) as Fraction;
}

/** The sum of all parts. */
export function sumFractions(parts: Iterable<Fraction>): Fraction {
  let total = 0n;
  for (const part of parts) total += part;
  return total as Fraction;
}

/** The whole minor units in it; the rest is dropped. @throws Defect past 2^53. */
export function wholeUnits(fraction: Fraction): Amount {
  return amount(Number(fraction / BigInt(WHOLE_BASIS_POINTS)));
}

/** `total` × `part` / `whole`, the rest dropped. `whole` is not zero. */
export function portion(total: Amount, part: Fraction, whole: Fraction): Amount {
  return amount(Number((BigInt(total) * part) / whole));
}
