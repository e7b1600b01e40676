// SPDX-License-Identifier: MIT
import type { VirtualDevice } from '../../../card-applet-sim/card/virtual-device.ts';
import { concat } from '../../../src/bytes/concat.ts';
import { amount } from '../../../src/money/amount.ts';
import { PURSE_COMMANDS } from '../../../src/purse/purse-commands.table.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { WrappedCard } from '../../world/wrapped-card.ts';
import type { Life } from '../engine/life.ts';
import { loadCard } from '../lives/person-life.ts';
import { tap } from '../world/tap.ts';
import { Purse } from '../truth/purse.ts';
import { HOUR_MS } from '../world/durations.ts';
import { type Underworld } from './adversary.ts';

const SPOILS = amount(20_00);
const TAPS = 3;
const SUCCESS = Uint8Array.of(0x90, 0x00);

/** A card that answers everything truly but DEBIT: there it says always the same, and pays nothing. */
class ConstantMacCard extends WrappedCard {
  readonly #answer: Uint8Array;

  constructor(card: VirtualDevice, macs: number) {
    super(card);
    this.#answer = concat(new Uint8Array(macs).fill(0x5a), SUCCESS);
  }

  override process(command: Uint8Array): Uint8Array {
    const isDebit = command[1] === PURSE_COMMANDS.debitForPurchase.ins;
    return isDebit ? this.#answer.slice() : this.card.process(command);
  }
}

/** Somebody with such a card tries it at a few shops. */
export async function* constantMac({ city, streets }: Underworld): Life {
  const suite = streets.random.chance(0.5) ? 'aes' : 'tdes';
  const genuine = await city.issue(suite, 1);
  // Somebody must have loaded it: it answers as one that can pay.
  const home = streets.random.pick(city.parts.stations);
  genuine.fraud = 'constantMac';
  yield* loadCard(city, streets, { purse: genuine, at: home });
  const device = new ConstantMacCard(genuine.device, 2 * SUITES[suite].macSize);
  const fake = city.add(new Purse(genuine.serial, suite, device));
  fake.fraud = 'constantMac';
  for (let taps = 0; taps < TAPS && city.isBusy;) {
    yield streets.random.int(1, 5) * HOUR_MS;
    const shop = streets.openShop(streets.elsewhere(home), city.hour);
    if (shop === undefined) continue;
    const outcome = await tap(city, fake, shop, (terminal, channel) =>
      terminal.purchase(channel, SPOILS),
    );
    taps++;
    if (outcome?.kind === 'uncertain')
      city.parts.cases.commit('constantMac', fake.serial, city.now);
    if (outcome?.kind === 'uncertain' && outcome.cause === 'macInvalid') {
      city.parts.cases.see(['constantMac'], fake.serial, city.now);
    }
  }
}
