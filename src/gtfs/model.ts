// SPDX-License-Identifier: MIT
/** What is kept of a GTFS feed: stations, routes, travel times between stations, fares. All frozen. */
import type { Amount } from '../money/amount.ts';
import type { CurrencyCode } from '../money/currencies.table.ts';

/** A row of `agency.txt`; `id` is empty where the only agency of a feed has none. */
export interface Agency {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
}

/** A station (location type 1) with all that belongs to it, or a stop without a parent station. */
export interface Station {
  readonly id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Fare zones of its platforms, in the order of `stops.txt`. */
  readonly zoneIds: readonly string[];
  /** Ids of its platforms, entrances, nodes and boarding areas; its own where it is a plain stop. */
  readonly stopIds: readonly string[];
  /** Routes whose trips call here, in the order of `routes.txt`. */
  readonly routeIds: readonly string[];
  /** Departures in the whole timetable on which one may board: a weight of demand. */
  readonly departures: number;
}

/** A row of `routes.txt`; colours are six hexadecimal digits. */
export interface Route {
  readonly id: string;
  readonly agencyId: string;
  readonly shortName: string;
  readonly longName: string;
  readonly color: string;
  readonly textColor: string;
}

/** Two stations that a route serves one after the other, with the shortest time between them. */
export interface Hop {
  readonly fromStationId: string;
  readonly toStationId: string;
  readonly routeId: string;
  readonly seconds: number;
}

/** How many times a rider may change on a fare; an empty field of the feed is `unlimited`. */
export type TransfersAllowed = number | 'unlimited';

/** Conditions under which a fare applies: those that are defined must all hold. */
export interface FareRule {
  readonly routeId: string | undefined;
  readonly originZoneId: string | undefined;
  readonly destinationZoneId: string | undefined;
  /** Every one of these zones must be passed. */
  readonly containsZoneIds: readonly string[];
}

/** A row of `fare_attributes.txt` with its rows of `fare_rules.txt`. */
export interface FareClass {
  readonly id: string;
  readonly price: Amount;
  readonly transfersAllowed: TransfersAllowed;
  readonly transferSeconds: number | undefined;
  readonly agencyId: string | undefined;
  readonly rules: readonly FareRule[];
}

/** The row of `feed_info.txt`; fields that the feed leaves out are empty. */
export interface FeedInfo {
  readonly publisherName: string;
  readonly version: string;
  readonly startDate: string;
  readonly endDate: string;
}

/** A feed as the rest of the system sees it. */
export interface Feed {
  readonly agencies: readonly Agency[];
  readonly stations: readonly Station[];
  readonly routes: readonly Route[];
  readonly hops: readonly Hop[];
  /** Empty where the feed has no `fare_attributes.txt`. */
  readonly fares: readonly FareClass[];
  readonly currency: CurrencyCode | undefined;
  readonly feedInfo: FeedInfo | undefined;
}
