// SPDX-License-Identifier: MIT
/** What a terminal has not sent: the holes below the highest sequence seen, a function of the set alone. */
import type { Instant } from '../../src/time/instant.ts';
import type { SequenceRange, TerminalGap } from '../store/store.ts';

export interface SequenceState {
  /** Highest sequence seen; 0 before the first. */
  readonly head: number;
  /** Never seen, ascending, disjoint. */
  readonly gaps: readonly TerminalGap[];
}

/** Adds a sequence to runs that ascend: the last run grows, or a new one begins. */
export function addToRuns(runs: { from: number; to: number }[], sequence: number): void {
  const last = runs.at(-1);
  if (last?.to === sequence - 1) last.to = sequence;
  else runs.push({ from: sequence, to: sequence });
}

/**
 * Adds runs of sequences that were seen at `at`, ascending and disjoint: one pass over runs and gaps. A
 * part of a gap is as old as the gap.
 */
export function seeSequences(
  state: SequenceState,
  seen: readonly SequenceRange[],
  at: Instant,
): SequenceState {
  let { head } = state;
  const gaps: TerminalGap[] = [...state.gaps];
  for (const run of seen) {
    if (run.from > head + 1) gaps.push({ from: head + 1, to: run.from - 1, since: at });
    head = Math.max(head, run.to);
  }
  return { head, gaps: without(gaps, seen) };
}

/** The parts of `gaps` that no run covers; both ascend. */
export function without<T extends SequenceRange>(
  gaps: readonly T[],
  runs: readonly SequenceRange[],
): readonly T[] {
  const left: T[] = [];
  let next = 0;
  for (const gap of gaps) {
    let from = gap.from;
    // A run that ends before this gap ends before every later one too.
    while (next < runs.length && (runs[next]?.to ?? 0) < from) next++;
    for (let index = next; index < runs.length && from <= gap.to; index++) {
      const run = runs[index];
      if (run === undefined || run.from > gap.to) break;
      if (run.from > from) left.push({ ...gap, from, to: run.from - 1 });
      from = Math.max(from, run.to + 1);
    }
    if (from <= gap.to) left.push({ ...gap, from });
  }
  return left;
}
