// SPDX-License-Identifier: MIT
/** Who finds what where: the gates, machines and shops at a station, and the way to somewhere else. */
import type { Station } from '../../../src/gtfs/model.ts';
import type { SeededRandom } from '../../world/seeded-random.ts';
import { weightedDraw } from '../../world/weighted-draw.ts';
import type { Spot } from './city.ts';

/** One of ten loads is made at an agent's instead of at the station's machine. */
const AGENT_RATE = 0.1;
/** Shops that somebody looks at before going home hungry. */
const SHOPS_TRIED = 4;

export class Streets {
  readonly random: SeededRandom;
  readonly #byPlace = new Map<string, Spot[]>();
  readonly #agents: readonly Spot[];
  readonly #shops: readonly Spot[];
  /** Busy stations are drawn more often. */
  readonly #draw: () => Station;

  constructor(spots: readonly Spot[], stations: readonly Station[], random: SeededRandom) {
    this.random = random;
    this.#agents = spots.filter(({ kind }) => kind === 'agent');
    this.#shops = spots.filter(({ kind }) => kind === 'shop');
    for (const spot of spots) {
      const place = `${spot.kind} ${spot.station.id}`;
      const there = this.#byPlace.get(place);
      if (there === undefined) this.#byPlace.set(place, [spot]);
      else there.push(spot);
    }
    this.#draw = weightedDraw(stations, ({ departures }) => departures, random);
  }

  gate(station: Station): Spot {
    return this.random.pick(this.#at('gate', station));
  }

  /** Where a card can be loaded. */
  loader(station: Station): Spot {
    const goesToAgent = this.random.chance(AGENT_RATE) && this.#agents.length > 0;
    return this.random.pick(goesToAgent ? this.#agents : this.#at('machine', station));
  }

  /** A shop that is open at this hour, near if there is one. */
  openShop(near: Station, hour: number): Spot | undefined {
    const isOpen = ({ sells }: Spot): boolean =>
      sells !== null && sells.opens <= hour && hour < sells.closes;
    const nearby = this.#at('shop', near).filter(isOpen);
    if (nearby.length > 0) return this.random.pick(nearby);
    for (let tries = 0; tries < SHOPS_TRIED && this.#shops.length > 0; tries++) {
      const shop = this.random.pick(this.#shops);
      if (isOpen(shop)) return shop;
    }
    return undefined;
  }

  /** A station other than this one, the busier the likelier. */
  readonly elsewhere = (from: Station): Station => {
    for (;;) {
      const drawn = this.#draw();
      if (drawn !== from) return drawn;
    }
  };

  #at(kind: Spot['kind'], station: Station): readonly Spot[] {
    return this.#byPlace.get(`${kind} ${station.id}`) ?? [];
  }
}
