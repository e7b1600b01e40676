// SPDX-License-Identifier: MIT
import type { SequenceRange } from '../../src/clearing/messages.ts';

/** Sequences joined to runs, ascending. */
export function runsOf(sequences: readonly number[]): readonly SequenceRange[] {
  const runs: { from: number; to: number }[] = [];
  for (const sequence of [...sequences].sort((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last?.to === sequence - 1) last.to = sequence;
    else runs.push({ from: sequence, to: sequence });
  }
  return runs;
}

/** What is left of `range` without `runs`, which ascend and lie in it. */
export function without(
  { from, to }: SequenceRange,
  runs: readonly SequenceRange[],
): readonly SequenceRange[] {
  const left: SequenceRange[] = [];
  let next = from;
  for (const run of runs) {
    if (run.from > next) left.push({ from: next, to: run.from - 1 });
    next = run.to + 1;
  }
  if (next <= to) left.push({ from: next, to });
  return left;
}
