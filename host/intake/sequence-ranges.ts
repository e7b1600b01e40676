// SPDX-License-Identifier: MIT
/** What a terminal has not sent: the holes below the highest sequence seen, a function of the set alone. */
import type { SequenceRange } from '../store/store.ts';

export interface SequenceState {
  /** Highest sequence seen; 0 before the first. */
  readonly head: number;
  /** Never seen, ascending, disjoint. */
  readonly gaps: readonly SequenceRange[];
}

/** Adds a run of sequences that were seen. */
export function seeSequences(state: SequenceState, seen: SequenceRange): SequenceState {
  const gaps: SequenceRange[] = [];
  for (const gap of state.gaps) {
    if (seen.to < gap.from || seen.from > gap.to) {
      gaps.push(gap);
      continue;
    }
    if (gap.from < seen.from) gaps.push({ from: gap.from, to: seen.from - 1 });
    if (gap.to > seen.to) gaps.push({ from: seen.to + 1, to: gap.to });
  }
  if (seen.from > state.head + 1) gaps.push({ from: state.head + 1, to: seen.from - 1 });
  return { head: Math.max(state.head, seen.to), gaps };
}
