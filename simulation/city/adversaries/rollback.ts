// SPDX-License-Identifier: MIT
import type { Life } from '../engine/life.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import { victim, type Underworld } from './adversary.ts';

/** A holder keeps an image of the own card in the morning and puts it back at night, once there is something to win. */
export async function* rollback(world: Underworld): Life {
  const { city, streets } = world;
  const holder = victim(world);
  if (holder?.purse === undefined) return;
  const original = holder.purse;
  original.fraud = 'rollback';
  yield city.until(city.day + 1, 4);
  const image = original.device.encodeImage();
  const keptAt = original.offline;
  while (original.offline < keptAt + 2) {
    if (!city.isBusy) return;
    yield DAY_MS;
  }
  // A card that was listed or exchanged meanwhile is not in the pocket any more.
  if (holder.purse !== original) return;
  const restored = city.copyOf(original, image);
  restored.fraud = 'rollback';
  holder.purse = restored;
  while (city.isBusy) {
    yield streets.random.int(2, 5) * HOUR_MS;
    if (restored.offline === keptAt) continue;
    city.parts.cases.commit('rollback', restored.serial, city.now);
    return;
  }
}
