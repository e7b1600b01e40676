// SPDX-License-Identifier: MIT
/**
 * Money is a whole number of minor units (fen, paise, cents). It is made and added only here, and every
 * result is checked to be a safe integer, so no rounding can happen unseen.
 */
import { Defect } from '../errors/invariant.ts';

declare const amountBrand: unique symbol;
declare const balanceBrand: unique symbol;

/** Zero or more minor units. */
export type Amount = number & { readonly [amountBrand]: true; readonly [balanceBrand]: true };

/** Minor units that may be negative: a difference, the balance of an account. */
export type SignedAmount = number & { readonly [balanceBrand]: true };

/** The largest amount that the four-byte fields of the card carry. */
export const AMOUNT_MAX = 0xffffffff;

function checked(value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new Defect(`"amount" expected whole minor units below 2^53, got ${value}`);
  }
  return value;
}

/** @throws Defect on a fraction, a negative number or one past 2^53. */
export function amount(minor: number): Amount {
  if (checked(minor) < 0) throw new Defect(`"amount" expected zero or more, got ${minor}`);
  return minor as Amount;
}

/** @throws Defect on a fraction or a number past 2^53. */
export function signedAmount(minor: number): SignedAmount {
  return checked(minor) as SignedAmount;
}

/** No money. */
export const ZERO: Amount = amount(0);

/** `left + right`. @throws Defect past 2^53. */
export function add(left: Amount, right: Amount): Amount {
  return amount(left + right);
}

/** @throws Defect when `right` is the greater: check before taking away. */
export function subtract(left: Amount, right: Amount): Amount {
  return amount(left - right);
}

/** The sum of all parts. @throws Defect past 2^53. */
export function sum(parts: Iterable<Amount>): Amount {
  let total = 0;
  for (const part of parts) total = checked(total + part);
  return amount(total);
}

/** `left + right`, of any sign. @throws Defect past 2^53. */
export function addSigned(left: SignedAmount, right: SignedAmount): SignedAmount {
  return signedAmount(left + right);
}

/** The sum of all parts, of any sign. @throws Defect when it passes 2^53 on the way. */
export function sumSigned(parts: Iterable<SignedAmount>): SignedAmount {
  let total = 0;
  for (const part of parts) total = checked(total + part);
  return signedAmount(total);
}

/** The sum of all parts; undefined when they come to more than `limit` without their signs. */
export function sumWithin(parts: Iterable<SignedAmount>, limit: number): SignedAmount | undefined {
  let [total, moved] = [0, 0];
  for (const part of parts) {
    total += part;
    moved += Math.abs(part);
    if (moved > limit) return undefined;
  }
  return signedAmount(total);
}

/** `left − right`, of any sign. */
export function difference(left: SignedAmount, right: SignedAmount): SignedAmount {
  return signedAmount(left - right);
}

/** The opposite amount; zero stays zero. */
export function negate(value: SignedAmount): SignedAmount {
  return signedAmount(0 - value);
}

/** The smaller of two amounts. */
export function least(left: Amount, right: Amount): Amount {
  return left < right ? left : right;
}

/** The larger of two amounts. */
export function greatest(left: Amount, right: Amount): Amount {
  return left > right ? left : right;
}

/** The amount, or none where it is negative. */
export function atLeastZero(value: SignedAmount): Amount {
  return value > 0 ? amount(value) : ZERO;
}
