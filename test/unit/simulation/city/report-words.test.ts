// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  axisNumber,
  count,
  duration,
  percent,
  shortDate,
  spaced,
} from '../../../../simulation/city/report/words.ts';

describe('words of the report', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [12_345_678, '12,345,678'],
  ])('count %d', (value, text) => {
    expect(count(value)).toBe(text);
  });

  it.each([
    [null, '–'],
    [0, '0%'],
    [0.00001, '<0.1%'],
    [0.5, '50.0%'],
    [0.9999, '99.9%'],
    [1, '100%'],
  ])('round a share of %s to no end that it has not reached', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it.each([
    [0, '0 µs'],
    [999, '999 µs'],
    [1_024, '1.02 ms'],
    [262_144, '262 ms'],
    [83_412_000, '83.4 s'],
    [4_000_000_000, '4,000 s'],
  ])('name a unit of %d microseconds', (microseconds, text) => {
    expect(duration(microseconds)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.5, '0.5'],
    [1_500, '1.5k'],
    [-2_000_000, '\u22122M'],
    [3e9, '3G'],
  ])('shorten %d at an axis', (value, text) => {
    expect(axisNumber(value)).toBe(text);
  });

  it('leave alone what is no date', () => {
    expect(shortDate('2026-03-02')).toBe('2 Mar');
    expect(shortDate('2026-13-02')).toBe('2026-13-02');
    expect(shortDate('today')).toBe('today');
  });

  it('space the names of outcomes', () => {
    expect(spaced('insufficientBalance')).toBe('insufficient balance');
  });
});
