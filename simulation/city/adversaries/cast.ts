// SPDX-License-Identifier: MIT
/** Sends out the adversaries of a scenario, each on a day of its window. */
import type { Life } from '../engine/life.ts';
import { type Adversary, type Underworld } from './adversary.ts';
import { clone } from './clone.ts';
import { constantMac } from './constant-mac.ts';
import { alteredAmount, forgedTac, inflatedClaim, replay } from './dishonest-merchant.ts';
import type { FraudName } from './frauds.table.ts';
import { leakedCardKey, leakedMasterKey } from './leaked-keys.ts';
import { rollback } from './rollback.ts';
import { stolenTerminal } from './stolen-terminal.ts';

/** Who acts by day; edits of the database are made at night, see the night watch. */
const ADVERSARIES: Readonly<Record<Exclude<FraudName, 'databaseEdit'>, Adversary>> = {
  clone,
  rollback,
  constantMac,
  replay,
  forgedTac,
  alteredAmount,
  stolenTerminal,
  inflatedClaim,
  leakedCardKey,
  leakedMasterKey,
};

export function castAdversaries(world: Underworld): void {
  const { city, streets } = world;
  const { days, frauds } = city.parts.scenario;
  for (const [name, adversary] of Object.entries(ADVERSARIES)) {
    const plan = frauds[name as FraudName];
    for (let one = 0; one < (plan?.count ?? 0); one++) {
      const day = streets.random.int(plan?.from ?? 1, Math.min(plan?.to ?? days, days));
      city.begin(onDay(world, day, adversary));
    }
  }
}

async function* onDay(world: Underworld, day: number, adversary: Adversary): Life {
  yield world.city.until(day, world.streets.random.int(7, 16));
  yield* adversary(world);
}
