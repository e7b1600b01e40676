// SPDX-License-Identifier: MIT
/** Sets up a terminal with a SAM and a key of its own, enrols it and lets it live. */
import { BATCH_HEADER } from '../../../src/clearing/batch-layout.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { uintBytes } from '../../../src/bytes/integer.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { parseTerminalConfig } from '../../../terminal/config.ts';
import { TRANSIT } from '../../world/world.ts';
import { checkTrialBalance } from '../checks/ledger.ts';
import { TerminalClock } from '../engine/city-clock.ts';
import type { Life } from '../engine/life.ts';
import { unitLife } from '../lives/unit-life.ts';
import type { City, Spot } from './city.ts';
import { CityLink, type Mail } from './city-link.ts';
import { TerminalUnit } from './terminal-unit.ts';

/** Terminals are numbered from here: 12 hexadecimal digits. */
const FIRST_TERMINAL = 0x200000000001;
/** A clock that was set by hand is right to a second or two. */
const CLOCK_ERROR_MS = 1500;

/** A new terminal for a spot. */
export async function placeUnit(city: City, spot: Omit<Spot, 'unit'>): Promise<TerminalUnit> {
  const { box, clock, currency, deck, random, tally, utcOffsetMinutes } = city.parts;
  const seed = random.bytes(32);
  const config = parseTerminalConfig({
    terminalId: toHex(uintBytes(FIRST_TERMINAL + city.units.size, 6)),
    merchantId: spot.merchant,
    currency,
    utcOffsetMinutes,
    place: spot.name,
    ...(spot.kind === 'gate' ? { transit: TRANSIT } : {}),
  });
  const { terminalId } = config;
  const publicKey = ed25519PublicKey(seed);
  await box.work((host) => {
    host.enrol({ terminalId, merchant: spot.merchant, publicKey });
  });
  const link = new CityLink({
    ...{ box, deck, random, seed },
    now: () => city.now,
    post: (mail) => {
      city.begin(delivery(city, mail), mail.afterMs);
    },
    onAnswer: ({ store }) => {
      checkTrialBalance(store);
      tally.answers++;
    },
    onFault: (bytes, fault) => {
      city.strikeBatch(bytes, fault);
    },
    onBatch: (bytes, milliseconds) => {
      city.touchBatch(bytes);
      tally.countBatch(
        BATCH_HEADER.decode(bytes.subarray(0, BATCH_HEADER.size)).recordCount,
        milliseconds,
      );
    },
  });
  const unit = await TerminalUnit.create({
    ...{ config, keys: city.keys, seed, link },
    clock: new TerminalClock(clock, random.int(-CLOCK_ERROR_MS, CLOCK_ERROR_MS)),
    hostPublicKey: box.host.publicKey,
  });
  city.units.set(unit.id, unit);
  city.begin(unitLife(city, unit, () => city.spots.every((one) => one.unit !== unit)));
  return unit;
}

/** A batch that lay about. Its terminal has given it up or sent it again: nobody waits for the answer. */
async function* delivery(city: City, { bytes }: Mail): Life {
  for (;;) {
    try {
      await city.parts.box.ask((host) => host.uploadBatch(bytes));
      city.touchBatch(bytes);
      return;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code !== 'HOST_UNREACHABLE') return;
    }
    yield 1000;
  }
}
