// SPDX-License-Identifier: MIT
import type { Life } from '../engine/life.ts';
import type { Person } from '../lives/person.ts';
import type { City, Spot } from '../world/city.ts';
import { DAY_MS, HOUR_MS } from '../world/durations.ts';
import type { KeyCupboard } from '../world/key-cupboard.ts';
import type { Streets } from '../world/streets.ts';

/** Where an adversary finds its victims and its tools. */
export interface Underworld {
  readonly city: City;
  readonly streets: Streets;
  readonly keys: KeyCupboard;
}

/** One adversary's story, from the morning of the day on which it begins. */
export type Adversary = (world: Underworld) => Life;

/** Milliseconds until an hour of a day; 0 when it is over. */
export function until(city: City, day: number, hour: number): number {
  return Math.max(0, city.midnight(day) + hour * HOUR_MS - city.now);
}

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

/** Whether people still go about. */
export function isBusy(city: City): boolean {
  return city.day <= city.parts.scenario.days;
}

export const NEXT_DAY_MS = DAY_MS;
