// SPDX-License-Identifier: MIT
/** One search for a counterexample. `SEED` and `RUNS` in the environment: see seeded-runs.ts. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { runs, SEED } from '../property/seeded-runs.ts';

export interface Hunt<T> {
  readonly input: fc.Arbitrary<T>;
  /** How many inputs in the default suite. */
  readonly usual: number;
  /** The input as it goes into a file of the corpus. */
  readonly show: (input: T) => string;
  /** Throws where the property does not hold. */
  readonly check: (input: T) => Promise<void> | void;
}

/** A hunt that was asked to go on for long may. */
export const HUNT_TIMEOUT_MS = process.env['RUNS'] === undefined ? 60_000 : 24 * 3_600_000;

/** Inputs between two turns of the event loop: a worker that never takes one is given up by the runner. */
const INPUTS_AT_ONCE = 50;

export async function hunt<T>({ input, usual, show, check }: Hunt<T>): Promise<void> {
  let tried = 0;
  const property = fc.asyncProperty(input, async (value) => {
    if (++tried % INPUTS_AT_ONCE === 0) await setImmediate();
    try {
      await check(value);
    } catch (cause) {
      const problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      throw new Error(`${problem}\nAs a file of the corpus:\n${show(value)}\n`, { cause });
    }
  });
  // Not fewer than usual: tests ask afterwards whether mutations came where they should.
  await fc.assert(property, { numRuns: Math.max(usual, runs(usual)), seed: SEED });
}
