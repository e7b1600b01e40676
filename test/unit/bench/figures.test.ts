// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../../bench/clearing-world.ts';
import { growthOf } from '../../../bench/growth.ts';
import { quantile, spread } from '../../../bench/quantile.ts';
import { sendInTurn } from '../../../bench/send-in-turn.ts';
import { shuffled } from '../../../bench/shuffle.ts';
import { zipf } from '../../../bench/zipf.ts';
import type { VariantFigures } from '../../../bench/clearing.ts';

/** A variant as far as growth looks at it. */
function variant(preload: number, recordsPerSecond: number): VariantFigures {
  const figure = spread([recordsPerSecond]);
  return {
    preload,
    mix: 'clean',
    skew: 'uniform',
    path: 'direct',
    cards: 0,
    records: 0,
    recordsPerSecond: figure,
    ratioToRawAppend: figure,
    rawAppendsPerSecond: figure,
    batchMs: { p50: figure, p99: figure, max: figure },
    cpuSecondsPerMillion: figure,
    rssPeakMb: figure,
    diskBytesPerRecord: figure,
    restBytesPerRecord: figure,
    invariantsHold: true,
    detection: null,
  };
}

describe('growth', () => {
  it('is 1 where a record takes the same time at every size', () => {
    const sizes = [300_000, 3_000_000, 10_000_000].map((size) => variant(size, 80_000));
    expect(growthOf(sizes)?.timePerTenfold).toBe(1);
  });

  it('says by how much ten times the records slow one down', () => {
    const sizes = [variant(1000, 100_000), variant(10_000, 50_000), variant(100_000, 25_000)];
    expect(growthOf(sizes)).toEqual({
      timePerTenfold: 2,
      firstMicroseconds: 10,
      lastMicroseconds: 40,
    });
  });

  it.each([
    ['one size', [variant(1000, 10)]],
    ['a run that counts as 0', [variant(1000, 10), variant(10_000, 0)]],
  ])('is not told of %s', (_name, variants) => {
    expect(growthOf(variants)).toBeUndefined();
  });
});

describe('figures of several runs', () => {
  it.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
    [[7], { median: 7, min: 7, max: 7 }],
  ])('of %j are %j', (values, expected) => {
    expect(spread(values)).toEqual(expected);
  });

  it('take the 99th of a hundred sorted times', () => {
    const times = Array.from({ length: 100 }, (_, index) => index);
    expect([quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1)]).toEqual([50, 99, 99]);
  });

  it('come in an order that the seed repeats, and that another seed does not', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(shuffled(items, 1)).toEqual(shuffled(items, 1));
    expect(shuffled(items, 2)).not.toEqual(shuffled(items, 1));
    expect([...shuffled(items, 1)].sort((left, right) => left - right)).toEqual(items);
  });
});

describe('ranks by the law of Zipf', () => {
  it('are drawn in inverse proportion to their place', () => {
    const draw = zipf(1000, xorshift(7));
    const drawn = new Map<number, number>();
    for (let index = 0; index < 100_000; index++) {
      const rank = draw();
      drawn.set(rank, (drawn.get(rank) ?? 0) + 1);
    }
    const first = drawn.get(0) ?? 0;
    expect(first / (drawn.get(1) ?? 1)).toBeCloseTo(2, 0);
    expect(first / (drawn.get(9) ?? 1)).toBeGreaterThan(8);
    expect(first / (drawn.get(9) ?? 1)).toBeLessThan(12);
    expect(Math.max(...drawn.keys())).toBeLessThan(1000);
  });
});

describe('terminals that send in turn', () => {
  it('wait for the answer to one batch before they send the next, in the order of their numbers', async () => {
    const files = Array.from(
      { length: 40 },
      (_, index) =>
        `1000000000${(index % 5).toString().padStart(2, '0')}-${Math.floor(index / 5)}.opb`,
    );
    const sending = new Set<string>();
    const done: string[] = [];
    await sendInTurn(
      files,
      async (file) => {
        const terminal = file.slice(0, 12);
        expect(sending).not.toContain(terminal);
        sending.add(terminal);
        await new Promise((resolve) => setImmediate(resolve));
        sending.delete(terminal);
      },
      (file) => void done.push(file),
    );
    expect([...done].sort()).toEqual([...files].sort());
    const ofOne = done.filter((file) => file.startsWith('100000000003'));
    expect(ofOne).toEqual([...ofOne].sort());
  });
});
