// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { compareBytes, equalBytes, isZero } from '../../../src/bytes/compare.ts';
import { concat } from '../../../src/bytes/concat.ts';
import { readUint, uintBytes, writeUint } from '../../../src/bytes/integer.ts';

const of = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('equalBytes', () => {
  it.each([
    [of(), of(), true],
    [of(1, 2), of(1, 2), true],
    [of(1, 2), of(1, 3), false],
    [of(2, 2), of(1, 2), false],
    [of(1), of(1, 0), false],
    [of(1, 0), of(1), false],
  ])('of %j and %j is %s', (left, right, expected) => {
    expect(equalBytes(left, right)).toBe(expected);
  });
});

describe('compareBytes', () => {
  it('orders as memcmp, a prefix first', () => {
    const sorted = [of(), of(0), of(0, 255), of(1), of(1, 0), of(255)];
    expect(sorted.toReversed().sort(compareBytes)).toEqual(sorted);
    expect(compareBytes(of(7), of(7))).toBe(0);
  });
});

describe('isZero', () => {
  it('is true of zeros alone', () => {
    expect(isZero(of(0, 0))).toBe(true);
    expect(isZero(of(0, 1))).toBe(false);
  });
});

describe('concat', () => {
  it('joins the parts into an array of its own', () => {
    const part = of(1, 2);
    const whole = concat(part, of(), of(3));
    part[0] = 9;
    expect(whole).toEqual(of(1, 2, 3));
  });
});

describe('big-endian integers', () => {
  it.each([
    [0, 1, of(0)],
    [0xff, 1, of(255)],
    [0x0102, 2, of(1, 2)],
    [0x00ffffff, 3, of(255, 255, 255)],
    [0xffffffff, 4, of(255, 255, 255, 255)],
    [0x0102030405, 5, of(1, 2, 3, 4, 5)],
    [2 ** 48 - 1, 6, of(255, 255, 255, 255, 255, 255)],
  ])('%i in %i bytes is %j', (value, size, bytes) => {
    expect(uintBytes(value, size)).toEqual(bytes);
    expect(readUint(bytes, 0, size)).toBe(value);
  });

  it('stand at their offset and touch nothing beside it', () => {
    const target = of(9, 9, 9, 9);
    writeUint(target, 1, 2, 0x0102);
    expect(target).toEqual(of(9, 1, 2, 9));
    expect(readUint(target, 1, 2)).toBe(0x0102);
  });
});
