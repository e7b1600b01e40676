// SPDX-License-Identifier: MIT
/**
 * kill −9 between statements of the database, in intake, posting, close and payout: a sample over the whole
 * day. `npm run long:crash` does it 1,000 times.
 */
import { describe, expect, it } from 'vitest';
import { killedDay, liveDay } from './crash-matrix.ts';

/** Kills of the sample: a second each, for the start of the process. */
const KILLS = 20;

describe('a host that is killed', () => {
  it('ends its day as one that lived, with nothing lost, nothing doubled and clean books', async () => {
    const { outcome, moments } = await liveDay();
    expect(outcome.audit).toBe('[]');
    expect(moments).toBeGreaterThan(500);
    for (let kill = 0; kill < KILLS; kill++) {
      const moment = 1 + Math.floor(((kill + 0.5) * moments) / KILLS);
      expect({ moment, outcome: await killedDay(moment) }).toEqual({ moment, outcome });
    }
  }, 300_000);
});
