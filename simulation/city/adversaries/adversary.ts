// SPDX-License-Identifier: MIT
import type { Life } from '../engine/life.ts';
import type { Person } from '../lives/person.ts';
import type { City, Spot } from '../world/city.ts';
import type { KeyCupboard } from '../../world/key-cupboard.ts';
import type { Streets } from '../world/streets.ts';

/** Where an adversary finds its victims and its tools. */
export interface Underworld {
  readonly city: City;
  readonly streets: Streets;
  readonly keys: KeyCupboard;
}

/** One adversary's story, from the morning of the day on which it begins. */
export type Adversary = (world: Underworld) => Life;

/** A holder with a card that nobody has tampered with, who rides every day. */
export function victim({ city, streets }: Underworld): Person | undefined {
  const honest = city.people.filter(
    ({ purse, isCommuter }) =>
      isCommuter && purse !== undefined && city.fraudOn(purse.serial) === undefined,
  );
  return honest.length === 0 ? undefined : streets.random.pick(honest);
}

export function anyShop({ city, streets }: Underworld): Spot {
  return streets.random.pick(city.spots.filter(({ kind }) => kind === 'shop'));
}
