// SPDX-License-Identifier: MIT
/** Whoever has keys of the issuer can be a host of its own: it loads cards, and no money was paid for it. */
import { join } from 'node:path';
import { ClearingHost } from '../../../host/host.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { amount } from '../../../src/money/amount.ts';
import { parseTerminalConfig } from '../../../terminal/config.ts';
import { TerminalClock } from '../engine/city-clock.ts';
import type { Life } from '../engine/life.ts';
import { tapUntilTold } from '../lives/person-life.ts';
import type { Purse } from '../truth/purse.ts';
import { CityLink } from '../world/city-link.ts';
import { HOUR_MS } from '../world/durations.ts';
import { tap } from '../world/tap.ts';
import { TerminalUnit } from '../world/terminal-unit.ts';
import { anyShop, victim, type Underworld } from './adversary.ts';
import type { FraudName } from './frauds.table.ts';
import { PIN } from '../../world/pin.ts';

const FALSE_LOAD = amount(800_00);
const SPOILS = amount(120_00);
const PURCHASES = 3;
const ROGUE_TERMINAL = 'EE0000000001';
/** Serial numbers that the issuer has not come to. */
const FALSE_SERIAL = '99990000000000000000';

/** The keys of one card leak, to its own holder. */
export async function* leakedCardKey(world: Underworld): Life {
  const { city } = world;
  const holder = victim(world);
  if (holder?.purse === undefined) return;
  const { purse } = holder;
  purse.fraud = 'leakedCardKey';
  yield* spendFalseMoney(world, purse, 'leakedCardKey', city.keys.versions[0] ?? 1);
}

/** The master keys leak: a card comes up that the issuer never made. */
export async function* leakedMasterKey(world: Underworld): Life {
  const { city, streets } = world;
  const serial =
    FALSE_SERIAL.slice(0, 12) + streets.random.int(1, 99_999_999).toString().padStart(8, '0');
  const purse = city.makePurse(serial, streets.random.chance(0.5) ? 'aes' : 'tdes', 1);
  purse.fraud = 'leakedMasterKey';
  yield* spendFalseMoney(world, purse, 'leakedMasterKey', 1);
}

async function* spendFalseMoney(
  world: Underworld,
  purse: Purse,
  fraud: FraudName,
  keyVersion: number,
): Life {
  const { city, streets } = world;
  const isLoaded = await loadFalsely(world, purse, keyVersion);
  if (!isLoaded) return;
  const shop = anyShop(world);
  for (let bought = 0; bought < PURCHASES && city.isBusy;) {
    yield streets.random.int(2, 8) * HOUR_MS;
    const spot = streets.openShop(shop.station, city.hour);
    if (spot === undefined) continue;
    const outcome = yield* tapUntilTold(
      { city, streets, holder: { purse } },
      spot,
      (terminal, channel) => terminal.purchase(channel, SPOILS),
    );
    bought++;
    if (outcome?.kind === 'approved') city.parts.cases.commit(fraud, purse.serial, city.now);
  }
}

/** Loads the card at a terminal and a host of the adversary's own. */
async function loadFalsely(
  { city, streets }: Underworld,
  purse: Purse,
  keyVersion: number,
): Promise<boolean> {
  const { box, clock, currency, utcOffsetMinutes, random, deck } = city.parts;
  const host = await ClearingHost.open({
    directory: join(box.directory, '..', `rogue-${purse.serial}`),
    ...{ keys: city.keys, clock, currency, utcOffsetMinutes, workers: 0, durability: 'none' },
  });
  try {
    const { serial, suite } = purse;
    await host.registerCard({ serial, suite, keyVersion });
    const seed = random.bytes(32);
    const config = parseTerminalConfig({
      ...{
        terminalId: ROGUE_TERMINAL,
        merchantId: 'ROGUE',
        currency,
        utcOffsetMinutes,
        place: 'cellar',
      },
    });
    host.enrol({
      terminalId: ROGUE_TERMINAL,
      merchant: 'ROGUE',
      publicKey: ed25519PublicKey(seed),
    });
    const unit = await TerminalUnit.create({
      ...{ config, keys: city.keys, seed, hostPublicKey: host.publicKey },
      clock: new TerminalClock(clock, 0),
      link: new CityLink({
        ...{ box, deck, random, seed },
        now: () => city.now,
        post: () => undefined,
        onBatch: () => undefined,
        onFault: () => undefined,
        onAnswer: () => undefined,
      }),
    });
    const request = { amount: FALSE_LOAD, hostLink: host, pin: PIN };
    const station = streets.random.pick(city.parts.stations);
    const outcome = await tap(city, purse, { unit, station }, (terminal, channel) =>
      terminal.load(channel, request),
    );
    return outcome?.kind === 'approved';
  } finally {
    await host.close();
  }
}
