// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '../../simulation/world/seeded-random.ts';
import { World } from '../../simulation/world/world.ts';
import { instantOf } from '../../src/time/civil.ts';

/** A world of rupees at eight in the morning, in a folder of its own. */
export interface Morning {
  readonly world: World;
  /** Closes the world and removes its folder. */
  dispose(): Promise<void>;
}

export async function morningWorld(seed: number): Promise<Morning> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-morning-'));
  const world = await World.create({
    directory,
    random: new SeededRandom(seed),
    currency: 'INR',
    utcOffsetMinutes: 330,
    start: instantOf({ date: '20260203', time: '080000' }, 330),
  });
  const dispose = async (): Promise<void> => {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { world, dispose };
}
