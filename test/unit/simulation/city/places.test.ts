// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { bundledFeed, loadFeed } from '../../../../cli/data/feeds.ts';
import {
  busiestStations,
  MERCHANT_KINDS,
  merchantKind,
  TravelTimes,
} from '../../../../simulation/city/world/places.ts';
import type { Feed, Station } from '../../../../src/gtfs/model.ts';
import { TransitNetwork } from '../../../../terminal/transit/network.ts';
import { faultOf } from '../../errors/thrown.ts';
import { crossFeed, smallFeed, stopTimes } from '../../gtfs/feed-builder.ts';

const FEED = loadFeed(bundledFeed());
const TIMES = new TravelTimes(FEED);
const NETWORK = new TransitNetwork(FEED, 'INR');

function stationOf(feed: Feed, id: string): Station {
  const station = feed.stations.find((one) => one.id === id);
  if (station === undefined) throw new Error(`expected a station ${id}, got none`);
  return station;
}

function seconds(feed: Feed, from: string, to: string): number {
  return new TravelTimes(feed).between(stationOf(feed, from), stationOf(feed, to));
}

/** The slow and obvious way: hops are tried until none makes anything faster. */
function fromHere({ hops }: Feed, origin: string): ReadonlyMap<string, number> {
  const best = new Map([[origin, 0]]);
  for (let isBetter = true; isBetter;) {
    isBetter = false;
    for (const { fromStationId, toStationId, seconds: hop } of hops) {
      const there = (best.get(fromStationId) ?? Infinity) + hop;
      if (there >= (best.get(toStationId) ?? Infinity)) continue;
      best.set(toStationId, there);
      isBetter = true;
    }
  }
  return best;
}

describe('travel times', () => {
  it('add up along a line, and over a change of lines', () => {
    expect(seconds(smallFeed(), 'A', 'A')).toBe(0);
    expect(seconds(smallFeed(), 'A', 'C')).toBe(240);
    expect(seconds(crossFeed(), 'A', 'D')).toBe(240);
  });

  it('have a direction, and no end where there is no way', () => {
    const oneWay = smallFeed({
      'trips.txt': 'route_id,service_id,trip_id\nR1,W,out\n',
      'stop_times.txt': stopTimes({ out: 'A B C' }),
    });
    expect(seconds(oneWay, 'A', 'C')).toBe(240);
    expect(seconds(oneWay, 'C', 'A')).toBe(Infinity);
  });

  it('are those of the shortest way from every station of the bundled feed', () => {
    for (const from of FEED.stations) {
      const best = fromHere(FEED, from.id);
      for (const to of FEED.stations) {
        expect(TIMES.between(from, to), `${from.id} to ${to.id}`).toBe(best.get(to.id) ?? Infinity);
      }
    }
  });
});

describe('the busiest stations', () => {
  it('are so many, the busiest first, and more of them begin with the same', () => {
    const ten = busiestStations(FEED, NETWORK, TIMES, 10);
    expect(ten).toHaveLength(10);
    const departures = ten.map((station) => station.departures);
    expect(departures).toEqual([...departures].sort((left, right) => right - left));
    expect(departures[0]).toBe(Math.max(...FEED.stations.map((station) => station.departures)));
    expect(busiestStations(FEED, NETWORK, TIMES, 4)).toEqual(ten.slice(0, 4));
  });

  it('have a fare and a way to each other', () => {
    const all = busiestStations(FEED, NETWORK, TIMES, 0);
    expect(all.length).toBeGreaterThan(10);
    for (const from of all) {
      for (const to of all) {
        if (from === to) continue;
        expect(NETWORK.fare(from, to), `${from.id} to ${to.id}`).toBeDefined();
        expect(TIMES.between(from, to), `${from.id} to ${to.id}`).toBeLessThan(Infinity);
      }
    }
  });

  it('leave out those that nobody comes back from', () => {
    const feed = smallFeed({ 'stop_times.txt': stopTimes({ out: 'A B C', back: 'B A' }) });
    const chosen = busiestStations(feed, new TransitNetwork(feed, 'INR'), new TravelTimes(feed), 0);
    expect(chosen.map(({ id }) => id).sort()).toEqual(['A', 'B']);
  });

  it('are two at least', () => {
    const feed = smallFeed({
      'trips.txt': 'route_id,service_id,trip_id\nR1,W,out\n',
      'stop_times.txt': stopTimes({ out: 'A B C' }),
    });
    const fault = faultOf(() =>
      busiestStations(feed, new TransitNetwork(feed, 'INR'), new TravelTimes(feed), 0),
    );
    expect(fault.code).toBe('GTFS_INVALID');
    expect(fault.message).toBe('"stations" expected two with a fare between them');
  });
});

describe('kinds of merchants', () => {
  it('come in the shares of their table, in every ten', () => {
    const kinds = Array.from({ length: 30 }, (_, number) => merchantKind(number).kind);
    for (const { kind, ofTen } of MERCHANT_KINDS) {
      expect(
        kinds.filter((one) => one === kind),
        kind,
      ).toHaveLength(3 * ofTen);
    }
    expect(kinds.slice(10, 20)).toEqual(kinds.slice(0, 10));
  });
});
