// SPDX-License-Identifier: MIT
/** Cards that are lost, found or replaced, and cards of a new key version. */
import { addKeyVersion } from '../../../host/keys/key-store.ts';
import type { Life } from '../engine/life.ts';
import { replaceUnit } from '../faults/unit-trouble.ts';
import type { City } from '../world/city.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import type { KeyCupboard } from '../../world/key-cupboard.ts';
import type { Streets } from '../world/streets.ts';
import { tapUntilTold } from './person-life.ts';
import type { Person } from './person.ts';
import { amount } from '../../../src/money/amount.ts';

/** Who finds a card and tries it, until a terminal says that it is listed. */
const FINDER_RATE = 0.3;
const FINDER_TAPS_MAX = 6;
const FOUND_RATE = 0.5;
/** Share of holders who get a card of the new version. */
const RENEWED = 0.2;
const SNACK = amount(20_00);

/** Once a day somebody may lose a card, and the issuer may bring in a new key version. */
export async function* cardTroubles(city: City, streets: Streets, keys: KeyCupboard): Life {
  const { deck, random, scenario } = city.parts;
  for (let day = 1; day <= scenario.days; day++) {
    yield city.until(day, 9);
    if (deck.strikes('cardLost')) {
      const person = random.pick(city.people);
      city.begin(loseCard(city, streets, person), random.int(0, 9) * HOUR_MS);
    }
    if (deck.strikes('keyRotation')) city.begin(rotateKeys(city, keys));
  }
}

async function* loseCard(city: City, streets: Streets, person: Person): Life {
  const { random, box } = city.parts;
  const { purse } = person;
  // Whose card is somebody else's business already has other worries.
  if (purse === undefined || city.fraudOn(purse.serial) !== undefined) return;
  purse.faults.add('cardLost');
  person.purse = undefined;
  if (random.chance(FINDER_RATE)) city.begin(finder(city, streets, { ...person, purse }));
  yield random.int(1, 10) * HOUR_MS;
  await box.work((host) => void host.hotlistCard(purse.serial, 'reported lost'));
  yield random.int(1, 3) * DAY_MS;
  if (random.chance(FOUND_RATE)) {
    await box.work((host) => void host.unlistCard(purse.serial, 'found'));
    person.purse = purse;
  } else {
    person.purse = await city.issue(purse.suite, 1);
  }
}

/** Buys small things with a card that is not its own. */
async function* finder(city: City, streets: Streets, person: Person): Life {
  for (let taps = 0; taps < FINDER_TAPS_MAX; taps++) {
    yield streets.random.int(1, 12) * HOUR_MS;
    if (!city.isBusy || person.purse === undefined) return;
    if (person.purse.balance < SNACK) return;
    const spot = streets.openShop(person.at, city.hour);
    if (spot === undefined) continue;
    const outcome = yield* tapUntilTold(
      { city, streets, holder: person },
      spot,
      (terminal, channel) => terminal.purchase(channel, SNACK),
    );
    if (outcome?.kind === 'declined') return;
  }
}

/** New SAMs with both versions first, night by night; then cards of the new version. */
async function* rotateKeys(city: City, keys: KeyCupboard): Life {
  const { random } = city.parts;
  city.keys = addKeyVersion(keys.access);
  await city.parts.box.changeKeys(city.keys);
  const version = Math.max(...city.keys.versions);
  for (const spot of city.spots) await replaceUnit(city, spot, 0);
  yield DAY_MS;
  for (const person of city.people) {
    if (person.purse === undefined || !random.chance(RENEWED)) continue;
    person.purse = await city.issue(person.purse.suite, version);
    person.purse.faults.add('keyRotation');
  }
}
