// SPDX-License-Identifier: MIT
/** What a gate knows of its network: stations by code, and fares of the GTFS feed. */
import { Fault } from '../../src/errors/fault.ts';
import {
  fareBetween,
  maximumFareFrom,
  minimumFare,
  type FareOutcome,
} from '../../src/gtfs/fare.ts';
import type { Feed, Station } from '../../src/gtfs/model.ts';
import { findStation } from '../../src/gtfs/station.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { StationCodes } from './station-code.ts';

function priceOf(outcome: FareOutcome): Amount | undefined {
  return outcome.kind === 'fare' ? outcome.price : undefined;
}

/** A feed whose fares are in the terminal's currency. */
export class TransitNetwork {
  readonly #feed: Feed;
  readonly #codes: StationCodes;
  readonly #highestTo = new Map<string, Amount | undefined>();

  /** @throws GTFS_INVALID when the feed has no fares, or in another currency. */
  constructor(feed: Feed, currency: CurrencyCode) {
    if (feed.currency !== currency) {
      const got = feed.currency ?? 'no fares';
      throw new Fault('GTFS_INVALID', `"currency_type" expected ${currency}, got ${got}`);
    }
    this.#feed = feed;
    this.#codes = new StationCodes(feed.stations);
  }

  /** @throws USAGE when no station, or more than one, is meant. */
  station(idOrName: string): Station {
    return findStation(this.#feed, idOrName);
  }

  stationOf(code: Readonly<Uint8Array>): Station | undefined {
    return this.#codes.stationOf(code);
  }

  /** Undefined where the feed has no fare for the trip. */
  fare(from: Station, to: Station): Amount | undefined {
    return priceOf(fareBetween(this.#feed, { entryStationId: from.id, exitStationId: to.id }));
  }

  highestFareFrom(station: Station): Amount | undefined {
    return priceOf(maximumFareFrom(this.#feed, station.id));
  }

  lowestFareFrom(station: Station): Amount | undefined {
    return priceOf(minimumFare(this.#feed, station.id));
  }

  /** The highest fare of a trip that ends at `station`: what an exit without an entry may cost. */
  highestFareTo(station: Station): Amount | undefined {
    if (this.#highestTo.has(station.id)) return this.#highestTo.get(station.id);
    let highest: Amount | undefined;
    for (const from of this.#feed.stations) {
      const fare = this.fare(from, station);
      if (fare !== undefined && (highest === undefined || fare > highest)) highest = fare;
    }
    this.#highestTo.set(station.id, highest);
    return highest;
  }
}
