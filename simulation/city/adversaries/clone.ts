// SPDX-License-Identifier: MIT
import { amount } from '../../../src/money/amount.ts';
import type { Life } from '../engine/life.ts';
import { tapUntilTold } from '../lives/person-life.ts';
import { HOUR_MS } from '../world/durations.ts';
import { victim, type Underworld } from './adversary.ts';

const SPOILS = amount(30_00);
const PURCHASES_MAX = 6;

/** A thief with a reader copies a card in the crowd; the holder never learns of it, and both go on paying. */
export async function* clone(world: Underworld): Life {
  const { city, streets } = world;
  const holder = victim(world);
  if (holder?.purse === undefined) return;
  const original = holder.purse;
  const copy = city.copyOf(original, original.device.encodeImage());
  copy.fraud = 'clone';
  const copiedAt = original.offline;
  const thief = { ...holder, purse: copy };
  for (let bought = 0; bought < PURCHASES_MAX && city.isBusy;) {
    yield streets.random.int(2, 7) * HOUR_MS;
    const shop = streets.openShop(streets.elsewhere(holder.home), city.hour);
    if (shop === undefined || copy.balance < SPOILS) continue;
    const outcome = yield* tapUntilTold(
      { city, streets, holder: thief },
      shop,
      (terminal, channel) => terminal.purchase(channel, SPOILS),
    );
    if (outcome?.kind === 'declined') return;
    bought++;
    // Two cards, one purse: from the first counter that both have used.
    const isDoubled = copy.offline > copiedAt && original.offline > copiedAt;
    if (isDoubled) city.parts.cases.commit('clone', copy.serial, city.now);
  }
}
