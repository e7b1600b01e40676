// SPDX-License-Identifier: MIT
/** The map of the city: stations that one can ride between, how long it takes, and where shops stand. */
import type { Feed, Station } from '../../../src/gtfs/model.ts';
import { Fault } from '../../../src/errors/fault.ts';
import { invariant } from '../../../src/errors/invariant.ts';
import type { TransitNetwork } from '../../../terminal/transit/network.ts';

/** Kinds of merchants: when they are open, what things cost in minor units, and how many there are of ten. */
export const MERCHANT_KINDS = [
  { kind: 'kiosk', opens: 6, closes: 22, from: 10_00, to: 80_00, ofTen: 4 },
  { kind: 'cafe', opens: 7, closes: 20, from: 40_00, to: 260_00, ofTen: 3 },
  { kind: 'grocer', opens: 8, closes: 21, from: 60_00, to: 700_00, ofTen: 2 },
  { kind: 'pharmacy', opens: 9, closes: 20, from: 50_00, to: 450_00, ofTen: 1 },
] as const;
export type MerchantKind = (typeof MERCHANT_KINDS)[number];

/** The kind of the shop of this number: the table's shares, in turn. */
export function merchantKind(number: number): MerchantKind {
  let place = number % 10;
  for (const kind of MERCHANT_KINDS) {
    if (place < kind.ofTen) return kind;
    place -= kind.ofTen;
  }
  invariant(false, 'the kinds of merchants are ten of ten');
}

/** Seconds between all stations by the fastest way; Infinity where there is none. */
export class TravelTimes {
  readonly #seconds: Float64Array;
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(feed: Feed) {
    const count = feed.stations.length;
    this.#indexes = new Map(feed.stations.map(({ id }, index) => [id, index]));
    this.#seconds = new Float64Array(count * count).fill(Infinity);
    for (let index = 0; index < count; index++) this.#seconds[index * count + index] = 0;
    for (const hop of feed.hops) {
      const at = this.#place(hop.fromStationId, hop.toStationId);
      this.#seconds[at] = Math.min(this.#seconds[at] ?? Infinity, hop.seconds);
    }
    this.#close(count);
  }

  between(from: Station, to: Station): number {
    return this.#seconds[this.#place(from.id, to.id)] ?? Infinity;
  }

  #place(from: string, to: string): number {
    return (this.#indexes.get(from) ?? 0) * this.#indexes.size + (this.#indexes.get(to) ?? 0);
  }

  /** Floyd and Warshall: a city has tens or hundreds of stations. */
  #close(count: number): void {
    const seconds = this.#seconds;
    for (let via = 0; via < count; via++) {
      for (let from = 0; from < count; from++) {
        const first = seconds[from * count + via] ?? Infinity;
        for (let to = 0; first < Infinity && to < count; to++) {
          const at = from * count + to;
          const whole = first + (seconds[via * count + to] ?? Infinity);
          seconds[at] = Math.min(seconds[at] ?? Infinity, whole);
        }
      }
    }
  }
}

/** The busiest stations of which every one has a fare and a way to every other; all of them for 0. */
export function busiestStations(
  feed: Feed,
  network: TransitNetwork,
  times: TravelTimes,
  count: number,
): readonly Station[] {
  const ranked = [...feed.stations].sort(
    (left, right) => right.departures - left.departures || (left.id < right.id ? -1 : 1),
  );
  const chosen: Station[] = [];
  for (const station of ranked) {
    if (count > 0 && chosen.length === count) break;
    const isReached = chosen.every(
      (other) =>
        network.fare(station, other) !== undefined &&
        network.fare(other, station) !== undefined &&
        times.between(station, other) + times.between(other, station) < Infinity,
    );
    if (isReached && network.highestFareFrom(station) !== undefined) chosen.push(station);
  }
  if (chosen.length < 2) {
    throw new Fault('GTFS_INVALID', '"stations" expected two with a fare between them');
  }
  return chosen;
}
