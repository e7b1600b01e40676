// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  STATUS_WORDS,
  statusWordMeaning,
  SW,
  swTriesLeft,
} from '../../../src/iso7816/status-words.table.ts';

describe('status words', () => {
  it('stand in numeric order, each once', () => {
    const words = Object.values(STATUS_WORDS).map((row) => row.sw);
    expect(words).toEqual([...new Set(words)].sort((left, right) => left - right));
  });

  it('are the same numbers under their short name, which cannot be changed', () => {
    expect(SW).toEqual(
      Object.fromEntries(Object.entries(STATUS_WORDS).map(([name, { sw }]) => [name, sw])),
    );
    expect(Object.isFrozen(SW)).toBe(true);
  });

  it.each([
    [0x6110, '16 more bytes with GET RESPONSE'],
    [0x6c0f, 'wrong Le, 15 bytes available'],
    [0x63c0, 'verification failed, 0 tries left'],
    [0x63c3, 'verification failed, 3 tries left'],
    [0x63d0, 'unknown status word'],
    [0x6e01, 'unknown status word'],
    [0x9302, 'MAC invalid'],
  ])('%i means "%s"', (sw, meaning) => {
    expect(statusWordMeaning(sw)).toBe(meaning);
  });

  it.each([
    [0, 0x63c0],
    [3, 0x63c3],
    [15, 0x63cf],
    [16, 0x63cf],
  ])('with %i tries left is %i', (triesLeft, sw) => {
    expect(swTriesLeft(triesLeft)).toBe(sw);
  });
});
