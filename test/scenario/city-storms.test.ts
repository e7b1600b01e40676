// SPDX-License-Identifier: MIT
/**
 * A hundred small storms: every checker holds to the end, every fraud that the host can find is found, and no
 * honest holder is accused. `SEED` and `RUNS` choose others, or more.
 */
import { describe, expect, it } from 'vitest';
import { runs, SEED } from '../property/seeded-runs.ts';
import type { FraudName } from '../../simulation/city/adversaries/frauds.table.ts';
import { runOf, SMALL_STORM } from './city-world.ts';

const STORMS = runs(100);
/** What must be found by the end of every run. */
const CERTAIN: readonly FraudName[] = [
  'alteredAmount',
  'clone',
  'constantMac',
  'databaseEdit',
  'forgedTac',
  'replay',
  'rollback',
];

describe(`storms (SEED=${SEED})`, () => {
  it('leave every cent in its place, find every fraud and accuse nobody else', async () => {
    const injected = new Map<FraudName, number>();
    for (let seed = SEED; seed < SEED + STORMS; seed++) {
      const result = await runOf(SMALL_STORM, seed);
      const { violation, falseAccusations, conservation, detection } = result;
      const missed = detection
        .filter(({ fraud, injected: count, found }) => CERTAIN.includes(fraud) && found < count)
        .map(({ fraud }) => fraud);
      const off = conservation.difference;
      expect({ seed, violation, falseAccusations, missed, off }).toEqual({
        ...{ seed, violation: null, falseAccusations: 0, missed: [], off: 0 },
      });
      for (const { fraud, injected: count } of detection) {
        injected.set(fraud, (injected.get(fraud) ?? 0) + count);
      }
    }
    // A storm without its adversaries would hold, too.
    for (const fraud of CERTAIN) expect(injected.get(fraud), fraud).toBeGreaterThan(STORMS / 4);
  }, 1_200_000);
});

describe('a storm', () => {
  it('is a function of its seed', async () => {
    const [first, second, other] = [
      await runOf(SMALL_STORM, SEED),
      await runOf(SMALL_STORM, SEED),
      await runOf(SMALL_STORM, SEED + 1),
    ];
    expect({ ...second, measured: null }).toEqual({ ...first, measured: null });
    expect(other.stateHash).not.toBe(first.stateHash);
  }, 60_000);
});
