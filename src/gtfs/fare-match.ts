// SPDX-License-Identifier: MIT
/**
 * Which fare covers a ride: Fares v1 as one question. Source: GTFS Schedule reference, fare_rules.txt.
 * A fare applies by any of its rules; in one rule, every condition holds and every contains zone is passed.
 */
import type { FareClass, FareRule, Feed } from './model.ts';

/** Part of a journey on one route, as fares see it. */
export interface FareLeg {
  readonly routeId: string;
  readonly fromZoneIds: readonly string[];
  readonly toZoneIds: readonly string[];
  readonly passedZoneIds: ReadonlySet<string>;
  readonly seconds: number;
}

/** What a fare has to cover: rides between two places, on routes where they are known. */
export interface Ride {
  readonly fromZoneIds: readonly string[];
  readonly toZoneIds: readonly string[];
  readonly passedZoneIds: ReadonlySet<string>;
  readonly routeIds: readonly string[];
  /** Changes of route that count against `transfers` of any fare, not only of one bound to routes. */
  readonly countsTransfers: boolean;
  readonly secondsToLastChange: number;
}

interface IndexedRule {
  readonly fare: FareClass;
  readonly rule: FareRule;
}

interface Coverage {
  readonly routeIds: Set<string>;
  coversAnyRoute: boolean;
}

/** The fares of a feed, found by the route, origin and destination of their rules. */
export class FareTable {
  /** Whether some fare depends on the way between the gates, and not only on the gates. */
  readonly needsWay: boolean;
  /** Whether some rule names zones to be passed: if none does, nobody has to collect them. */
  readonly needsPassedZones: boolean;
  readonly #hasRouteBoundFares: boolean;
  readonly #namesOrigins: boolean;
  readonly #namesDestinations: boolean;
  readonly #rules = new Map<string, IndexedRule[]>();
  readonly #defaults: readonly FareClass[];
  readonly #order: ReadonlyMap<FareClass, number>;
  readonly #agencyOfRoute: ReadonlyMap<string, string>;
  readonly #hasSeveralAgencies: boolean;

  constructor(feed: Feed) {
    for (const fare of feed.fares) {
      for (const rule of fare.rules) {
        const key = ruleKey(rule.routeId, rule.originZoneId, rule.destinationZoneId);
        const known = this.#rules.get(key);
        if (known === undefined) this.#rules.set(key, [{ fare, rule }]);
        else known.push({ fare, rule });
      }
    }
    this.#defaults = feed.fares.filter((fare) => fare.rules.length === 0);
    this.#order = new Map(feed.fares.map((fare, index) => [fare, index]));
    this.#agencyOfRoute = new Map(feed.routes.map((route) => [route.id, route.agencyId]));
    this.#hasSeveralAgencies = feed.agencies.length > 1;
    const rules = feed.fares.flatMap((fare) => fare.rules);
    this.#hasRouteBoundFares = rules.some((rule) => rule.routeId !== undefined);
    this.#namesOrigins = rules.some((rule) => rule.originZoneId !== undefined);
    this.#namesDestinations = rules.some((rule) => rule.destinationZoneId !== undefined);
    this.needsPassedZones = rules.some((rule) => rule.containsZoneIds.length > 0);
    this.needsWay =
      this.#hasRouteBoundFares ||
      this.needsPassedZones ||
      (this.#hasSeveralAgencies && feed.fares.some((fare) => fare.agencyId !== undefined));
  }

  /** The cheapest fare with rules that covers the whole ride. */
  cheapestByRule(ride: Ride, agencyId: string | undefined): FareClass | undefined {
    const coverages = new Map<FareClass, Coverage>();
    for (const { fare, rule } of mostSpecific(this.#matching(ride))) {
      const coverage = coverages.get(fare) ?? { routeIds: new Set(), coversAnyRoute: false };
      coverages.set(fare, coverage);
      if (rule.routeId === undefined) coverage.coversAnyRoute = true;
      else coverage.routeIds.add(rule.routeId);
    }
    let cheapest: FareClass | undefined;
    for (const [fare, { routeIds, coversAnyRoute }] of coverages) {
      const coversRoutes = coversAnyRoute || ride.routeIds.every((id) => routeIds.has(id));
      const counts = ride.countsTransfers || !coversAnyRoute;
      if (!coversRoutes || (counts && !allowsChanges(fare, ride))) continue;
      if (!this.#isOfAgency(fare, ride, agencyId)) continue;
      cheapest = this.#cheaper(cheapest, fare);
    }
    return cheapest;
  }

  /** The cheapest fare that has no rules, and so applies everywhere. */
  cheapestDefault(ride: Ride, agencyId: string | undefined): FareClass | undefined {
    let cheapest: FareClass | undefined;
    for (const fare of this.#defaults) {
      if (ride.countsTransfers && !allowsChanges(fare, ride)) continue;
      if (this.#isOfAgency(fare, ride, agencyId)) cheapest = this.#cheaper(cheapest, fare);
    }
    return cheapest;
  }

  /** Whether a route of the ride has a fare of its own. */
  hasRouteBoundFare(ride: Ride, agencyId: string | undefined): boolean {
    if (!this.#hasRouteBoundFares) return false;
    return this.#matching(ride).some(
      ({ fare, rule }) => rule.routeId !== undefined && this.#isOfAgency(fare, ride, agencyId),
    );
  }

  #matching(ride: Ride): readonly IndexedRule[] {
    // A condition that no rule of the feed makes needs no looking up: most feeds make one kind only.
    const routes = this.#hasRouteBoundFares ? [undefined, ...new Set(ride.routeIds)] : ANY;
    const origins = this.#namesOrigins ? [undefined, ...ride.fromZoneIds] : ANY;
    const destinations = this.#namesDestinations ? [undefined, ...ride.toZoneIds] : ANY;
    const keys = routes.flatMap((route) =>
      origins.flatMap((from) => destinations.map((to) => ruleKey(route, from, to))),
    );
    const matching = keys.flatMap((key) => this.#rules.get(key) ?? []);
    if (!this.needsPassedZones) return matching;
    return matching.filter(({ rule }) =>
      rule.containsZoneIds.every((zone) => ride.passedZoneIds.has(zone)),
    );
  }

  /** Where agencies are several, a fare of one covers the routes of that one only. */
  #isOfAgency(fare: FareClass, ride: Ride, agencyId: string | undefined): boolean {
    if (fare.agencyId === undefined) return true;
    if (agencyId !== undefined && fare.agencyId !== agencyId) return false;
    if (!this.#hasSeveralAgencies) return true;
    return ride.routeIds.every((id) => this.#agencyOfRoute.get(id) === fare.agencyId);
  }

  #cheaper(left: FareClass | undefined, right: FareClass): FareClass {
    if (left === undefined || right.price < left.price) return right;
    const isEarlier = (this.#order.get(right) ?? 0) < (this.#order.get(left) ?? 0);
    return right.price === left.price && isEarlier ? right : left;
  }
}

const ANY: readonly undefined[] = [undefined];

const ruleKey = (route?: string, origin?: string, destination?: string): string =>
  `${route ?? ''}\u0000${origin ?? ''}\u0000${destination ?? ''}`;

/**
 * A fare for zones 1 and 2 and a fare for zone 1 both match a ride through 1 and 2, as the reference asks
 * only that all contains zones be passed. The one that says more of the ride is meant: a rule is put
 * aside where another names all its zones and more.
 */
function mostSpecific(matching: readonly IndexedRule[]): readonly IndexedRule[] {
  const sets = matching.map(({ rule }) => rule.containsZoneIds).filter((zones) => zones.length > 0);
  if (sets.length < 2) return matching;
  return matching.filter(({ rule: { containsZoneIds: zones } }) => {
    if (zones.length === 0) return true;
    return !sets.some(
      (other) => other.length > zones.length && zones.every((zone) => other.includes(zone)),
    );
  });
}

function allowsChanges(fare: FareClass, ride: Ride): boolean {
  const changes = ride.routeIds.length - 1;
  if (changes <= 0) return true;
  if (fare.transfersAllowed !== 'unlimited' && changes > fare.transfersAllowed) return false;
  return fare.transferSeconds === undefined || ride.secondsToLastChange <= fare.transferSeconds;
}
