// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { basisPoints } from '../../../cli/parse-options.ts';

describe('a rate', () => {
  it.each([
    ['300', 300],
    ['3%', 300],
    ['2.5%', 250],
    ['0.05%', 5],
    ['100%', 10_000],
    ['0', 0],
  ])('of %s is %i basis points', (text, points) => {
    expect(basisPoints(text)).toBe(points);
  });

  it.each(['', '3.5', '-1', '10001', '100.01%', '0.005%', '3 %', '1e2', '%'])(
    'of "%s" is refused',
    (text) => {
      expect(() => basisPoints(text)).toThrow(/expected basis points/);
    },
  );
});
