// SPDX-License-Identifier: MIT
/** The two worlds of `openpurse simulate`, from their parameters to their result. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feed } from '../../src/gtfs/model.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { instantOf } from '../../src/time/civil.ts';
import { SeededRandom } from '../world/seeded-random.ts';
import { World } from '../world/world.ts';
import { shopScene, transitScene, type Scene } from './scene.ts';
import { simulate, type RunResult } from './simulate.ts';

export interface ScenarioOptions {
  readonly seed: number;
  readonly cards: number;
  readonly taps: number;
  readonly tearRate: number;
  readonly currency: CurrencyCode;
  /** Keeps the host's database there; a temporary folder that is removed when left out. */
  readonly directory?: string;
  readonly onProgress?: (taps: number) => void;
}

export interface ScenarioResult extends RunResult {
  readonly seed: number;
  readonly cards: number;
  readonly wallMs: number;
}

/** The world's wall clock. */
export const UTC_OFFSET_MINUTES = 330;
const START = instantOf({ date: '20260203', time: '060000' }, UTC_OFFSET_MINUTES);
/** A service day of 17 hours holds this many taps; more make more days. */
const TAPS_PER_DAY = 50_000;
const SERVICE_DAY_MS = 17 * 3_600_000;
const ROUNDS = 10;
const RETAP_RATE = 0.9;

type SceneMaker = (world: World, random: SeededRandom) => Promise<Scene>;

async function runScenario(
  options: ScenarioOptions,
  makeScene: SceneMaker,
): Promise<ScenarioResult> {
  const { seed, cards, taps, tearRate, currency, onProgress } = options;
  const begun = performance.now();
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'openpurse-world-'));
  const random = new SeededRandom(seed);
  const start = { start: START, utcOffsetMinutes: UTC_OFFSET_MINUTES };
  let world: World | undefined;
  try {
    world = await World.create({ directory, random, currency, ...start });
    const scene = await makeScene(world, random);
    for (let card = 0; card < cards; card++) await world.addCard(card % 2 === 0 ? 'aes' : 'tdes');
    const result = await simulate(world, scene, random, {
      taps,
      tearRate,
      retapRate: RETAP_RATE,
      tapsPerRound: Math.max(1, Math.ceil(taps / ROUNDS)),
      msPerTap: Math.round(SERVICE_DAY_MS / Math.min(taps, TAPS_PER_DAY)),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return { seed, cards, ...result, wallMs: Math.round(performance.now() - begun) };
  } finally {
    await world?.close();
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** Sales at `shops` tills. */
export function simulateShop(
  options: ScenarioOptions & { readonly shops: number },
): Promise<ScenarioResult> {
  return runScenario(options, (world, random) => shopScene(world, random, options.shops));
}

/** Trips on the network of a GTFS feed. */
export function simulateTransit(
  options: ScenarioOptions & { readonly feed: Feed },
): Promise<ScenarioResult> {
  return runScenario(options, (world, random) => transitScene(world, random, options.feed));
}
