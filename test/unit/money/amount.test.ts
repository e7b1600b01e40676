// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { Defect } from '../../../src/errors/invariant.ts';
import {
  add,
  addSigned,
  amount,
  AMOUNT_MAX,
  difference,
  negate,
  signedAmount,
  subtract,
  sum,
  sumSigned,
  sumWithin,
  ZERO,
} from '../../../src/money/amount.ts';
import { thrownBy } from '../errors/thrown.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;

describe('an amount', () => {
  it.each([0, 1, AMOUNT_MAX, LARGEST])('may be %i minor units', (minor) => {
    expect(amount(minor)).toBe(minor);
  });

  it.each([-1, 0.5, LARGEST + 1, Number.NaN, Number.POSITIVE_INFINITY])('is never %d', (minor) => {
    expect(thrownBy(() => amount(minor))).toBeInstanceOf(Defect);
  });

  it('has a maximum on the card of four bytes', () => {
    expect(AMOUNT_MAX).toBe(2 ** 32 - 1);
  });
});

describe('a signed amount', () => {
  it.each([-LARGEST, -1, 0, LARGEST])('may be %i minor units', (minor) => {
    expect(signedAmount(minor)).toBe(minor);
  });

  it.each([-LARGEST - 1, LARGEST + 1, -0.5, Number.NaN])('is never %d', (minor) => {
    expect(thrownBy(() => signedAmount(minor))).toBeInstanceOf(Defect);
  });
});

describe('money arithmetic', () => {
  it('adds up to a limit of what is moved either way', () => {
    const parts = [6, -4].map(signedAmount);
    expect(sumWithin(parts, 10)).toBe(2);
    expect(sumWithin(parts, 9)).toBeUndefined();
    const largest = Array.from({ length: 3 }, () => signedAmount(Number.MAX_SAFE_INTEGER));
    expect(sumWithin(largest, 10)).toBeUndefined();
    expect(sumWithin([], 0)).toBe(0);
  });

  it('adds, takes away and sums', () => {
    expect(add(amount(3585), amount(500))).toBe(4085);
    expect(subtract(amount(4085), amount(500))).toBe(3585);
    expect(subtract(amount(500), amount(500))).toBe(ZERO);
    expect(sum([amount(1), amount(2), amount(3)])).toBe(6);
    expect(sum([])).toBe(ZERO);
  });

  it('adds, sums, negates and compares signed amounts', () => {
    expect(addSigned(signedAmount(5), signedAmount(-7))).toBe(-2);
    expect(sumSigned([signedAmount(5), signedAmount(-7), signedAmount(2)])).toBe(0);
    expect(difference(amount(5), amount(7))).toBe(-2);
    expect(negate(signedAmount(5))).toBe(-5);
    expect(negate(signedAmount(-5))).toBe(5);
  });

  it('has one zero', () => {
    expect(Object.is(negate(ZERO), 0)).toBe(true);
    expect(Object.is(difference(ZERO, ZERO), 0)).toBe(true);
  });

  it('never goes past 2^53 nor below zero unseen', () => {
    const steps = [
      () => add(amount(LARGEST), amount(1)),
      () => sum([amount(LARGEST), amount(1)]),
      () => subtract(amount(1), amount(2)),
      () => addSigned(signedAmount(-LARGEST), signedAmount(-1)),
      () => sumSigned([signedAmount(LARGEST), signedAmount(1), signedAmount(-2)]),
      () => difference(signedAmount(-LARGEST), signedAmount(1)),
    ];
    for (const step of steps) expect(thrownBy(step)).toBeInstanceOf(Defect);
  });
});
