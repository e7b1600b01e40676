// SPDX-License-Identifier: MIT
/** Trip chains: to work and back at the peaks, something to eat at noon, an outing with a purchase at its end. */
import type { Station } from '../../../src/gtfs/model.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Demand } from '../scenario/scenario.ts';
import { HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import type { Person, Plan } from './person.ts';

/** About so many hours, most often within `spread` of them: the mean of three draws. */
function around(random: SeededRandom, hours: number, spread: number): number {
  let minutes = 0;
  for (let draw = 0; draw < 3; draw++) minutes += random.int(-60 * spread, 60 * spread);
  return Math.max(0, hours * HOUR_MS + (minutes / 3) * 2 * MINUTE_MS + random.int(0, 59) * 1000);
}

const MORNING = { hours: 8.4, spread: 1.2 };
const NOON = { hours: 12.7, spread: 0.8 };
const EVENING = { hours: 17.9, spread: 1.5 };
/** An outing begins after breakfast and is over before the last train. */
const OUT_FROM_HOUR = 10;
const OUT_TO_HOUR = 19;
const SHOPS_ON_OUTING = 0.75;

/** The day that somebody plans for. */
export interface Day {
  readonly isWorkday: boolean;
  readonly demand: Demand;
  readonly random: SeededRandom;
  /** Draws a station other than the given one. */
  readonly elsewhere: (from: Station) => Station;
}

/** What a person means to do on a day. */
export function planDay(person: Person, day: Day): readonly Plan[] {
  const { isWorkday, demand, random } = day;
  const plans: Plan[] = [];
  const works = person.isCommuter && isWorkday;
  if (works) {
    plans.push({
      at: around(random, MORNING.hours, MORNING.spread),
      kind: 'ride',
      to: person.work,
    });
  }
  if (random.chance(demand.lunch)) {
    const near = works ? person.work : person.home;
    plans.push({ at: around(random, NOON.hours, NOON.spread), kind: 'buy', near });
  }
  const evening = around(random, EVENING.hours, EVENING.spread);
  if (works) plans.push({ at: evening, kind: 'ride', to: person.home });
  if (random.chance(demand.outings)) {
    const begins = works
      ? evening + 90 * MINUTE_MS
      : random.int(OUT_FROM_HOUR, OUT_TO_HOUR) * HOUR_MS;
    plans.push(...outing(person, begins + random.int(0, 50) * MINUTE_MS, day));
  }
  return plans.sort((left, right) => left.at - right.at);
}

/** Nobody goes out who would not be home by the last train. */
const LAST_TRAIN = 23.5 * HOUR_MS;

function outing(person: Person, at: number, { random, elsewhere }: Day): readonly Plan[] {
  const to = elsewhere(person.home);
  const back = { at: at + random.int(80, 160) * MINUTE_MS, kind: 'ride', to: person.home } as const;
  if (back.at > LAST_TRAIN) return [];
  const there = { at, kind: 'ride', to } as const;
  if (!random.chance(SHOPS_ON_OUTING)) return [there, back];
  return [there, { at: at + random.int(40, 75) * MINUTE_MS, kind: 'buy', near: to }, back];
}
