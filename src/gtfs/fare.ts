// SPDX-License-Identifier: MIT
/**
 * The fare of a journey between two gates, after GTFS Fares v1.
 *
 * 1. Of the fares whose rules cover the whole journey, the cheapest is charged.
 * 2. A fare without rules applies everywhere, so it would undercut every special fare: it is taken only
 *    where no fare with rules covers the journey and no ride of it has a fare bound to its route.
 * 3. Otherwise the journey is cut where it changes route, and the cheapest sum of fares is charged,
 *    each for as many rides as its `transfers` and `transfer_duration` allow.
 *
 * Where the routes are not given they are those of the quickest way. Changes inside the gates then count
 * against `transfers` only of fares bound to routes: a zone or flat fare is for the way from gate to gate.
 */
import { Fault } from '../errors/fault.ts';
import { AMOUNT_MAX, add, ZERO, type Amount } from '../money/amount.ts';
import type { CurrencyCode } from '../money/currencies.table.ts';
import { FareTable, type FareLeg, type Ride } from './fare-match.ts';
import type { FareClass, Feed, Station, TransfersAllowed } from './model.ts';
import { Network } from './network.ts';
import { feedFault } from './table-reader.ts';

/** A journey from gate to gate. Routes are in the order in which they were ridden. */
export interface Journey {
  readonly entryStationId: string;
  readonly exitStationId: string;
  readonly routeIds?: readonly string[] | undefined;
  /** Only fares and routes of this agency. */
  readonly agencyId?: string | undefined;
}

/** What to charge. Where several fares are added up, `fareId` joins their ids with `+`. */
export interface FareQuote {
  readonly kind: 'fare';
  readonly fareId: string;
  readonly price: Amount;
  readonly currency: CurrencyCode;
  /** Of the last fare, where there are several. */
  readonly transfersAllowed: TransfersAllowed;
  readonly transferSeconds: number | undefined;
}

/** The feed has fares, but none for this journey. */
export interface NoFare {
  readonly kind: 'noFare';
  readonly reason: string;
}

/** The answer to a question for a fare. */
export type FareOutcome = FareQuote | NoFare;

/**
 * The fare of a journey.
 * @throws GTFS_INVALID when the feed has no fares; USAGE on an unknown station, route or agency.
 */
export function fareBetween(feed: Feed, journey: Journey): FareOutcome {
  const pricing = pricingOf(feed);
  const { entryStationId, exitStationId, routeIds, agencyId } = journey;
  if (routeIds !== undefined) return pricing.quote(journey);
  const key = JSON.stringify([entryStationId, exitStationId, agencyId]);
  const known = pricing.quotes.get(key);
  if (known !== undefined) return known;
  const outcome = pricing.quote(journey);
  if (pricing.quotes.size >= QUOTES_MAX) pricing.quotes.clear();
  pricing.quotes.set(key, outcome);
  return outcome;
}

/**
 * The highest fare of a journey that begins at a station: the charge where the exit is missing.
 * @throws as `fareBetween`.
 */
export function maximumFareFrom(feed: Feed, stationId: string): FareOutcome {
  return pricingOf(feed).boundsFrom(stationId).maximum;
}

/**
 * The lowest fare of a journey from a station to another one: the balance with which one may enter.
 * @throws as `fareBetween`.
 */
export function minimumFare(feed: Feed, stationId: string): FareOutcome {
  return pricingOf(feed).boundsFrom(stationId).minimum;
}

/** Quotes kept for one feed: all pairs of a metro, and of a large feed the recent ones. */
const QUOTES_MAX = 100_000;

const NO_ZONES: ReadonlySet<string> = new Set();

interface Choice {
  readonly agencyId: string | undefined;
  readonly countsTransfers: boolean;
}

interface Bounds {
  readonly minimum: FareOutcome;
  readonly maximum: FareOutcome;
}

const pricings = new WeakMap<Feed, Pricing>();

function pricingOf(feed: Feed): Pricing {
  const known = pricings.get(feed);
  if (known !== undefined) return known;
  const { currency } = feed;
  if (currency === undefined || feed.fares.length === 0) {
    throw feedFault('fare_attributes.txt', 'a file with fares, as a fare is asked for');
  }
  const pricing = new Pricing(feed, currency);
  pricings.set(feed, pricing);
  return pricing;
}

/** What is worked out of one feed, once, or when it is first asked for. */
class Pricing {
  readonly quotes = new Map<string, FareOutcome>();
  readonly #feed: Feed;
  readonly #currency: CurrencyCode;
  readonly #fares: FareTable;
  readonly #stationIndexes: ReadonlyMap<string, number>;
  readonly #bounds = new Map<string, Bounds>();
  #network: Network | undefined;

  constructor(feed: Feed, currency: CurrencyCode) {
    this.#feed = feed;
    this.#currency = currency;
    this.#fares = new FareTable(feed);
    this.#stationIndexes = new Map(feed.stations.map((station, index) => [station.id, index]));
  }

  quote(journey: Journey): FareOutcome {
    const entry = this.#station('entryStationId', journey.entryStationId);
    const exit = this.#station('exitStationId', journey.exitStationId);
    this.#checkRoutesAndAgency(journey);
    const parts =
      entry === exit && journey.routeIds === undefined
        ? this.#faresWithoutRide(entry, journey.agencyId)
        : this.#faresOfRides(entry, exit, journey);
    if (parts !== undefined) return this.#outcome(parts);
    const zones = (station: Station): string => station.zoneIds.join(' or ') || 'none';
    const from = `${entry.name} (${entry.id}, zone ${zones(entry)})`;
    const to = `${exit.name} (${exit.id}, zone ${zones(exit)})`;
    return Object.freeze({ kind: 'noFare', reason: `the feed has no fare from ${from} to ${to}` });
  }

  boundsFrom(stationId: string): Bounds {
    const known = this.#bounds.get(stationId);
    if (known !== undefined) return known;
    const entry = this.#station('stationId', stationId);
    const inside = this.quote({ entryStationId: stationId, exitStationId: stationId });
    let maximum = inside;
    let minimum: FareOutcome | undefined;
    for (const exit of this.#feed.stations) {
      if (exit === entry) continue;
      const outcome = this.quote({ entryStationId: stationId, exitStationId: exit.id });
      if (outcome.kind === 'noFare') continue;
      if (maximum.kind === 'noFare' || outcome.price > maximum.price) maximum = outcome;
      if (minimum?.kind !== 'fare' || outcome.price < minimum.price) minimum = outcome;
    }
    const bounds = { minimum: minimum ?? inside, maximum };
    this.#bounds.set(stationId, bounds);
    return bounds;
  }

  /** Out at the station of entry: no way was ridden, so any route of the station may be meant. */
  #faresWithoutRide(
    station: Station,
    agencyId: string | undefined,
  ): readonly FareClass[] | undefined {
    const passedZoneIds = new Set(station.zoneIds);
    const zones = { fromZoneIds: station.zoneIds, toZoneIds: station.zoneIds, passedZoneIds };
    const routeChoices = station.routeIds.length === 0 ? [[]] : station.routeIds.map((id) => [id]);
    const fares = routeChoices.map((routeIds) => {
      const ride = { ...zones, routeIds, countsTransfers: true, secondsToLastChange: 0 };
      return this.#fareOfRide(ride, agencyId);
    });
    const cheapest = cheapestOf(fares);
    return cheapest === undefined ? undefined : [cheapest];
  }

  #faresOfRides(entry: Station, exit: Station, journey: Journey): readonly FareClass[] | undefined {
    const { agencyId, routeIds } = journey;
    const isWayGiven = routeIds !== undefined;
    if (isWayGiven || this.#fares.needsWay) {
      const legs = this.#legs(entry, exit, journey);
      if (legs.length > 0)
        return this.#faresOfLegs(legs, { agencyId, countsTransfers: isWayGiven });
    }
    const fare = this.#fareOfRide(gateToGate(entry, exit), agencyId);
    if (fare !== undefined) return [fare];
    const legs = this.#legs(entry, exit, journey);
    return this.#faresOfLegs(legs, { agencyId, countsTransfers: isWayGiven });
  }

  #legs(entry: Station, exit: Station, journey: Journey): readonly FareLeg[] {
    const allowed = this.#allowedRoutes(journey);
    const [from, to] = [this.#indexOf(entry.id), this.#indexOf(exit.id)];
    this.#network ??= new Network(this.#feed, this.#stationIndexes);
    const legs = this.#network
      .findLegs(from, to, allowed)
      ?.map(({ routeId, stations, seconds }) => {
        const zonesAt = (index: number | undefined): readonly string[] =>
          this.#feed.stations[index ?? -1]?.zoneIds ?? [];
        return {
          routeId,
          fromZoneIds: zonesAt(stations[0]),
          toZoneIds: zonesAt(stations.at(-1)),
          passedZoneIds: this.#fares.needsPassedZones
            ? new Set(stations.flatMap(zonesAt))
            : NO_ZONES,
          seconds,
        };
      });
    const ridden = new Set(legs?.map((leg) => leg.routeId));
    const given = journey.routeIds;
    if (given === undefined || given.every((id) => ridden.has(id))) return legs ?? [];
    // The timetable has no such way: what is known of it are its routes, in order, and its ends.
    return given.map((routeId, index) => {
      const fromZoneIds = index === 0 ? entry.zoneIds : [];
      const toZoneIds = index === given.length - 1 ? exit.zoneIds : [];
      const passedZoneIds = new Set([...fromZoneIds, ...toZoneIds]);
      return { routeId, fromZoneIds, toZoneIds, passedZoneIds, seconds: 0 };
    });
  }

  #allowedRoutes({ agencyId, routeIds }: Journey): ReadonlySet<string> | undefined {
    if (routeIds !== undefined) return new Set(routeIds);
    if (agencyId === undefined || this.#feed.agencies.length === 1) return undefined;
    const routes = this.#feed.routes.filter((route) => route.agencyId === agencyId);
    return new Set(routes.map((route) => route.id));
  }

  #fareOfRide(ride: Ride, agencyId: string | undefined): FareClass | undefined {
    return (
      this.#fares.cheapestByRule(ride, agencyId) ?? this.#fares.cheapestDefault(ride, agencyId)
    );
  }

  #faresOfLegs(legs: readonly FareLeg[], how: Choice): readonly FareClass[] | undefined {
    const whole = this.#fareOfLegs(legs, how);
    return whole === undefined ? this.#cheapestSum(legs, how.agencyId) : [whole];
  }

  #fareOfLegs(
    legs: readonly FareLeg[],
    { agencyId, countsTransfers }: Choice,
  ): FareClass | undefined {
    if (legs.length === 0) return undefined;
    const ride = rideOf(legs, countsTransfers);
    const fare = this.#fares.cheapestByRule(ride, agencyId);
    const isSpecial = (leg: FareLeg): boolean =>
      this.#fares.hasRouteBoundFare(rideOf([leg], true), agencyId);
    if (fare !== undefined || legs.some(isSpecial)) return fare;
    return this.#fares.cheapestDefault(ride, agencyId);
  }

  /** `best[end]` is the cheapest list of fares that covers the legs before `end`. */
  #cheapestSum(
    legs: readonly FareLeg[],
    agencyId: string | undefined,
  ): readonly FareClass[] | undefined {
    const best: (readonly FareClass[] | undefined)[] = [[]];
    for (let end = 1; end <= legs.length; end++) {
      for (let start = 0; start < end; start++) {
        const before = best[start];
        const how = { agencyId, countsTransfers: true };
        const fare = before && this.#fareOfLegs(legs.slice(start, end), how);
        if (fare === undefined || before === undefined) continue;
        const fares = [...before, fare];
        const known = best[end];
        if (known === undefined || total(fares) < total(known)) best[end] = fares;
      }
    }
    return legs.length === 0 ? undefined : best[legs.length];
  }

  #outcome(fares: readonly FareClass[]): FareOutcome {
    const last = fares.at(-1);
    const price = total(fares);
    if (last === undefined || price > AMOUNT_MAX) {
      return Object.freeze({
        kind: 'noFare',
        reason: `the fares add up to more than ${AMOUNT_MAX}`,
      });
    }
    return Object.freeze({
      kind: 'fare',
      fareId: fares.map((fare) => fare.id).join('+'),
      price,
      currency: this.#currency,
      transfersAllowed: last.transfersAllowed,
      transferSeconds: last.transferSeconds,
    });
  }

  #indexOf(stationId: string): number {
    return this.#stationIndexes.get(stationId) ?? -1;
  }

  #station(name: string, id: string): Station {
    const station = this.#feed.stations[this.#indexOf(id)];
    if (station === undefined) {
      throw new Fault('USAGE', `"${name}" expected the id of a station of the feed, got "${id}"`);
    }
    return station;
  }

  #checkRoutesAndAgency({ routeIds, agencyId }: Journey): void {
    if (routeIds?.length === 0) {
      throw new Fault('USAGE', '"routeIds" expected at least one route, got none');
    }
    for (const id of routeIds ?? []) {
      if (this.#feed.routes.some((route) => route.id === id)) continue;
      throw new Fault('USAGE', `"routeIds" expected routes of the feed, got "${id}"`);
    }
    if (agencyId === undefined || this.#feed.agencies.some(({ id }) => id === agencyId)) return;
    throw new Fault('USAGE', `"agencyId" expected an agency of the feed, got "${agencyId}"`);
  }
}

/** A journey of which only its ends are known, or matter. */
function gateToGate(entry: Station, exit: Station): Ride {
  return {
    fromZoneIds: entry.zoneIds,
    toZoneIds: exit.zoneIds,
    passedZoneIds: new Set([...entry.zoneIds, ...exit.zoneIds]),
    routeIds: [],
    countsTransfers: false,
    secondsToLastChange: 0,
  };
}

function rideOf(legs: readonly FareLeg[], countsTransfers: boolean): Ride {
  const beforeLast = legs.slice(0, -1);
  return {
    fromZoneIds: legs[0]?.fromZoneIds ?? [],
    toZoneIds: legs.at(-1)?.toZoneIds ?? [],
    passedZoneIds: union(legs.map((leg) => leg.passedZoneIds)),
    routeIds: legs.map((leg) => leg.routeId),
    countsTransfers,
    secondsToLastChange: beforeLast.reduce((sum, leg) => sum + leg.seconds, 0),
  };
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  if (sets.every((set) => set === sets[0])) return sets[0] ?? NO_ZONES;
  return new Set(sets.flatMap((set) => [...set]));
}

function total(fares: readonly FareClass[]): Amount {
  return fares.reduce((sum, fare) => add(sum, fare.price), ZERO);
}

function cheapestOf(fares: readonly (FareClass | undefined)[]): FareClass | undefined {
  return fares.reduce(
    (left, right) => (left === undefined || (right && right.price < left.price) ? right : left),
    undefined,
  );
}
