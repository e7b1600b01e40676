// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import {
  addToRuns,
  seeSequences,
  type SequenceState,
} from '../../../host/intake/sequence-ranges.ts';

const AT = instant(1_770_000_000_000);
const NOTHING: SequenceState = { head: 0, gaps: [] };

const runsOf = (sequences: readonly number[]): { from: number; to: number }[] => {
  const runs: { from: number; to: number }[] = [];
  for (const sequence of sequences) addToRuns(runs, sequence);
  return runs;
};

describe('the sequences of a terminal', () => {
  it('are joined to runs', () => {
    expect(runsOf([1, 2, 5, 6, 9])).toEqual([
      { from: 1, to: 2 },
      { from: 5, to: 6 },
      { from: 9, to: 9 },
    ]);
  });

  it('leave exactly those missing below the highest that were never seen', () => {
    const batches = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(batches, (all) => {
        let state = NOTHING;
        for (const batch of all) {
          state = seeSequences(state, runsOf([...batch].sort((left, right) => left - right)), AT);
        }
        const seen = new Set(all.flat());
        const head = Math.max(0, ...seen);
        expect(state.head).toBe(head);
        const missing = state.gaps.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(missing).toEqual(
          Array.from({ length: head }, (_, index) => index + 1).filter((one) => !seen.has(one)),
        );
        for (const { from, to } of state.gaps) expect(from).toBeLessThanOrEqual(to);
      }),
    );
  });

  it('of a hundred thousand runs are taken in one pass', () => {
    const odd = runsOf(Array.from({ length: 100_000 }, (_, index) => 2 * index + 1));
    const even = runsOf(Array.from({ length: 100_000 }, (_, index) => 2 * index + 2));
    const half = seeSequences(NOTHING, odd, AT);
    expect(half.gaps).toHaveLength(99_999);
    expect(seeSequences(half, even, AT)).toEqual({ head: 200_000, gaps: [] });
  });

  it('are missing since the hole was seen, and its parts as long', () => {
    const later = instant(AT + 1);
    const first = seeSequences(NOTHING, [{ from: 5, to: 6 }], AT);
    const second = seeSequences(first, [{ from: 3, to: 3 }], later);
    const third = seeSequences(second, [{ from: 9, to: 9 }], later);
    expect(third.gaps).toEqual([
      { from: 1, to: 2, since: AT },
      { from: 4, to: 4, since: AT },
      { from: 7, to: 8, since: later },
    ]);
  });
});
