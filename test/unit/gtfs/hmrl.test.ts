import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fareBetween, maximumFareFrom, minimumFare } from '../../../src/gtfs/fare.ts';
import { readFeed } from '../../../src/gtfs/feed.ts';
import { findStation } from '../../../src/gtfs/station.ts';

const FOLDER = new URL('../../../data/gtfs/hmrl/', import.meta.url);

const texts = new Map(
  readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]),
);
const started = performance.now();
const feed = readFeed(texts);
const readMs = performance.now() - started;

const priceFrom = (entryStationId: string, exitStationId: string): number | string => {
  const outcome = fareBetween(feed, { entryStationId, exitStationId });
  return outcome.kind === 'fare' ? outcome.price : outcome.reason;
};

describe('the Hyderabad Metro feed', () => {
  it('has 57 stations on three lines', () => {
    expect(feed.stations).toHaveLength(57);
    expect(feed.routes.map((route) => [route.id, route.color])).toEqual([
      ['RED', 'E31E24'],
      ['GREEN', '009846'],
      ['BLUE', '007ABB'],
    ]);
    expect(feed.agencies).toEqual([
      { id: 'HMRL', name: 'Hyderabad Metro Rail', timezone: 'Asia/Kolkata' },
    ]);
    expect(feed.currency).toBe('INR');
    expect(findStation(feed, 'ameerpet')).toMatchObject({
      id: 'AME',
      zoneIds: ['AME_R', 'AME_B'],
      routeIds: ['RED', 'BLUE'],
    });
    const departures = feed.stations.map((station) => station.departures);
    expect(Math.min(...departures)).toBeGreaterThan(0);
    // Every row of stop_times.txt but the last of each of the 2,810 trips.
    expect(departures.reduce((sum, count) => sum + count, 0)).toBe(61_037 - 2810);
  });

  // Computed from the files by plain text handling, on another way than the reader's.
  const rows = (name: string): Record<string, string>[] => {
    const [header, ...lines] = texts.get(name)!.trim().split('\n');
    const names = header!.split(',');
    return lines.map((line) =>
      Object.fromEntries(line.split(',').map((value, index) => [names[index]!, value])),
    );
  };
  const prices = new Map(
    rows('fare_attributes.txt').map((row) => [row['fare_id'], Number(row['price']) * 100]),
  );

  it('charges each of the 3,249 pairs of zones what its rule says', () => {
    const wrong = rows('fare_rules.txt').filter((rule) => {
      const [from, to] = [rule['origin_id']!, rule['destination_id']!];
      return (
        priceFrom(findStation(feed, from).id, findStation(feed, to).id) !==
        prices.get(rule['fare_id'])
      );
    });
    expect(rows('fare_rules.txt')).toHaveLength(3249);
    expect(wrong).toEqual([]);
  });

  it('has a fare for every pair of stations but those with JBS, for whose zone the feed has no rule', () => {
    const without = new Set<string>();
    for (const from of feed.stations) {
      for (const to of feed.stations) {
        const outcome = fareBetween(feed, { entryStationId: from.id, exitStationId: to.id });
        if (outcome.kind === 'noFare')
          without.add([from.id, to.id].includes('JBS') ? 'JBS' : from.id);
      }
    }
    expect([...without]).toEqual(['JBS']);
    expect(priceFrom('JBS', 'MGB')).toBe(
      'the feed has no fare from JBS Parade Ground (JBS, zone JBS) to Mahatma Gandhi Bus Station (MGB, zone MGB_R or MGB_G)',
    );
  });

  it('has the fares that a rider of Nagole knows', () => {
    expect(fareBetween(feed, { entryStationId: 'NAG', exitStationId: 'NAG' })).toEqual({
      kind: 'fare',
      fareId: 'F_12',
      price: 1200,
      currency: 'INR',
      transfersAllowed: 'unlimited',
      transferSeconds: undefined,
    });
    expect(priceFrom('NAG', 'STD')).toBe(1800);
    expect(minimumFare(feed, 'NAG')).toMatchObject({ fareId: 'F_12' });
    const highest = Math.max(
      ...rows('fare_rules.txt')
        .filter((rule) => rule['origin_id'] === 'NAG')
        .map((rule) => prices.get(rule['fare_id'])!),
    );
    expect(maximumFareFrom(feed, 'NAG')).toMatchObject({ price: highest });
  });

  it('is read in seconds, not minutes, on a busy machine', () => {
    expect(readMs).toBeLessThan(5000);
  });
});
