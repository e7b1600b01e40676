// SPDX-License-Identifier: MIT
/** Cities for tests: the scenarios that come with the product, smaller. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledFeed, loadFeed } from '../../cli/data/feeds.ts';
import { packageRoot } from '../../cli/data/package-root.ts';
import type { CityResult } from '../../simulation/city/result.ts';
import { runCity, type RunOptions } from '../../simulation/city/run/run-city.ts';
import { readScenario } from '../../simulation/city/scenario/read-scenario.ts';
import type { Scenario } from '../../simulation/city/scenario/scenario.ts';

export const FEED = loadFeed(bundledFeed());

/** A scenario that comes with the product. */
function scenarioOf(name: string, changes: Partial<Scenario> = {}): Scenario {
  const path = join(packageRoot(), 'data', 'scenarios', `${name}.json`);
  return { ...readScenario(readFileSync(path, 'utf8')), ...changes };
}

/** A storm that blows over a few streets. */
export const SMALL_STORM = scenarioOf('storm', {
  ...{ people: 40, stations: 4, gatesPerStation: 1, shops: 4, agents: 1 },
  ...{ days: 4, quietDays: 3, batchesPerDay: 1 },
});

/** A few people on good days. */
export const SMALL_CALM = scenarioOf('calm', {
  ...{ people: 12, stations: 3, gatesPerStation: 1, shops: 3, agents: 1, days: 2 },
  ...{ checkEveryDays: 1, audit: 'nightly', faults: {} },
});

export function runOf(
  scenario: Scenario,
  seed: number,
  more: Partial<RunOptions> = {},
): Promise<CityResult> {
  return inScratch((directory) =>
    runCity({ scenario, seed, feed: FEED, directory, workers: 0, ...more }),
  );
}

/** Works in a data folder that is removed. */
export async function inScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-city-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
