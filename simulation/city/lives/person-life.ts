// SPDX-License-Identifier: MIT
/** A person's days: what was planned, as far as cards, gates and money let it happen. */
import { isWeekday } from '../../../host/clocks/deadline.ts';
import type { Station } from '../../../src/gtfs/model.ts';
import { amount, type Amount } from '../../../src/money/amount.ts';
import { plusMs } from '../../../src/time/instant.ts';
import type { TapOutcome } from '../../../terminal/flow/outcome.ts';
import type { Life } from '../engine/life.ts';
import type { City, Spot } from '../world/city.ts';
import { MINUTE_MS } from '../world/durations.ts';
import type { Streets } from '../world/streets.ts';
import { tap, type Operation } from '../world/tap.ts';
import { planDay } from './plan-day.ts';
import type { Person, Plan } from './person.ts';
import { PIN } from '../../world/pin.ts';

const TOP_UPS = [amount(500_00), amount(1000_00), amount(2000_00)] as const;
const LOW_BALANCE = amount(150_00);
/** How often a holder who was told nothing certain holds the card up again. */
const RETAP_RATE = 0.9;
const RETAPS_MAX = 4;
const SECONDS_MS = 1000;

/** Someone's whole time in the city. */
export async function* personLife(city: City, streets: Streets, person: Person): Life {
  const { days, demand } = city.parts.scenario;
  for (let day = 1; day <= days; day++) {
    const midnight = city.midnight(day);
    const plans = planDay(person, {
      ...{ isWorkday: isWorkday(city, day), demand },
      ...{ random: streets.random, elsewhere: streets.elsewhere },
    });
    if (midnight > city.now) yield midnight - city.now;
    for (const plan of plans) {
      const due = midnight + plan.at;
      // Nobody is in two places: what comes late begins when the last thing is over, and a walk later.
      const walk = streets.random.int(2 * 60, 6 * 60) * SECONDS_MS;
      yield Math.max(due - city.now, walk);
      if (person.purse !== undefined) yield* carryOut(city, streets, person, plan);
    }
  }
}

function isWorkday(city: City, day: number): boolean {
  // The weekday of the city's own midnight, whatever day it is then in Greenwich.
  return isWeekday(plusMs(city.midnight(day), city.parts.utcOffsetMinutes * MINUTE_MS));
}

async function* carryOut(city: City, streets: Streets, person: Person, plan: Plan): Life {
  yield* topUp(city, streets, person);
  if (plan.kind === 'ride') yield* ride(city, streets, person, plan.to);
  else yield* buy(city, streets, person, plan.near);
}

/** A purse that has become light is loaded at a machine of the station, or at an agent's. */
async function* topUp(city: City, streets: Streets, person: Person): Life {
  const { purse } = person;
  if (purse !== undefined && purse.balance < LOW_BALANCE) yield* loadCard(city, streets, person);
}

/** Loads a card where its holder is. */
export async function* loadCard(
  city: City,
  streets: Streets,
  person: Pick<Person, 'at' | 'purse'>,
): Life {
  const spot = streets.loader(person.at);
  const request = {
    amount: streets.random.pick(TOP_UPS),
    hostLink: spot.unit.link,
    pin: PIN,
  };
  yield* tapUntilTold({ city, streets, holder: person }, spot, (terminal, channel) =>
    terminal.load(channel, request),
  );
  yield streets.random.int(30, 120) * SECONDS_MS;
}

async function* ride(city: City, streets: Streets, person: Person, to: Station): Life {
  const from = person.at;
  if (from === to) return;
  const place = (station: Station): { network: City['parts']['network']; station: Station } => ({
    network: city.parts.network,
    station,
  });
  const entry = yield* tapUntilTold(
    { city, streets, holder: person },
    streets.gate(from),
    (terminal, channel) => terminal.gateEntry(channel, place(from)),
  );
  if (!hasPassed(entry)) return;
  const waiting = streets.random.int(90, 480);
  yield (city.parts.times.between(from, to) + waiting) * SECONDS_MS;
  person.at = to;
  yield* tapUntilTold({ city, streets, holder: person }, streets.gate(to), (terminal, channel) =>
    terminal.gateExit(channel, place(to)),
  );
}

/** A gate opens on an approved tap, and whoever is told that the card is inside already is inside. */
function hasPassed(outcome: TapOutcome | undefined): boolean {
  if (outcome === undefined) return false;
  return (
    outcome.kind === 'approved' ||
    (outcome.kind === 'declined' && outcome.reason === 'alreadyEntered')
  );
}

async function* buy(city: City, streets: Streets, person: Person, near: Station): Life {
  const { purse } = person;
  const spot = streets.openShop(near, city.hour);
  const sells = spot?.sells ?? null;
  if (spot === undefined || sells === null || purse === undefined) return;
  const { from, to } = sells;
  const price = roundedPrice(streets.random.int(from, to));
  if (price > purse.balance) return;
  yield* tapUntilTold({ city, streets, holder: person }, spot, (terminal, channel) =>
    terminal.purchase(channel, price),
  );
}

/** Prices end on 50. */
function roundedPrice(value: number): Amount {
  return amount(Math.max(50, Math.round(value / 50) * 50));
}

/** Somebody who holds a card to a terminal. */
export interface Holding {
  readonly city: City;
  readonly streets: Streets;
  readonly holder: Pick<Person, 'purse'>;
}

/** Holds the card up, and up again while nobody is told what became of it. */
export async function* tapUntilTold(
  { city, streets, holder }: Holding,
  spot: Spot,
  operation: Operation,
): AsyncGenerator<number, TapOutcome | undefined, void> {
  let outcome: TapOutcome | undefined;
  for (let tries = 0; tries < RETAPS_MAX && holder.purse !== undefined; tries++) {
    outcome = await tap(city, holder.purse, spot, operation);
    const isTold = outcome?.kind === 'approved' || outcome?.kind === 'declined';
    if (isTold || !streets.random.chance(RETAP_RATE)) return outcome;
    // A terminal without power starts again; else the card is held up again at once.
    yield outcome === undefined ? MINUTE_MS : streets.random.int(2, 8) * SECONDS_MS;
  }
  return outcome;
}
