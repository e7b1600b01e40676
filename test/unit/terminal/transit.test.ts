// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { readFeed } from '../../../src/gtfs/feed.ts';
import type { Station } from '../../../src/gtfs/model.ts';
import { TransitNetwork } from '../../../terminal/transit/network.ts';
import {
  STATION_CODE_SIZE,
  stationCode,
  StationCodes,
} from '../../../terminal/transit/station-code.ts';
import { NETWORK } from './transit-world.ts';

const station = (id: string): Station => ({
  id,
  name: id,
  latitude: 0,
  longitude: 0,
  zoneIds: [],
  stopIds: [id],
  routeIds: [],
  departures: 0,
});

describe('a station code', () => {
  it.each([
    ['A', '41000000000000'],
    ['AME1-2x', '414D45312D3278'],
    // FF and the first 6 bytes of: printf Ameerpet | sha256sum
    ['Ameerpet', 'FF159EC08C2C8E'],
  ])('of %s is %s', (id, code) => {
    expect(toHex(stationCode(id))).toBe(code);
    expect(stationCode(id)).toHaveLength(STATION_CODE_SIZE);
  });

  it('of a long or foreign id begins with FF and is its own', () => {
    const codes = ['Ameerpet', 'Ameerpet2', 'MGB 1', 'दिल्ली', ''].map((id) =>
      toHex(stationCode(id)),
    );
    expect(codes.every((code) => code.startsWith('FF'))).toBe(true);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('leads back to the station', () => {
    const stations = ['A', 'Ameerpet', 'MGB 1'].map(station);
    const codes = new StationCodes(stations);
    for (const one of stations) expect(codes.stationOf(stationCode(one.id))).toBe(one);
    expect(codes.stationOf(stationCode('elsewhere'))).toBeUndefined();
  });

  it('that two stations would share is refused', () => {
    expect(() => new StationCodes([station('A'), station('A')])).toThrow('codes of their own');
  });
});

describe('a network', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((id) => NETWORK.station(id)) as [Station, Station, Station];

  it('knows fares, their bounds, and where there is none', () => {
    expect([NETWORK.fare(a, c), NETWORK.fare(c, b), NETWORK.fare(a, a)]).toEqual([
      3_000,
      2_000,
      undefined,
    ]);
    expect([a, b, c].map((from) => NETWORK.highestFareFrom(from))).toEqual([3_000, 2_000, 3_000]);
    expect([a, b, c].map((from) => NETWORK.lowestFareFrom(from))).toEqual([1_000, 1_000, 2_000]);
    expect([a, b, c].map((to) => NETWORK.highestFareTo(to))).toEqual([3_000, 2_000, 3_000]);
  });

  it('refuses fares in another currency, and a feed without fares', () => {
    const files = new Map([
      ['agency.txt', 'agency_name,agency_timezone\nM,Asia/Kolkata\n'],
      ['stops.txt', 'stop_id,stop_name,stop_lat,stop_lon\nA,A,1,1\n'],
      ['routes.txt', 'route_id,route_short_name\nr,r\n'],
      ['calendar.txt', 'service_id,start_date,end_date\ns,20250101,20301231\n'],
      ['trips.txt', 'route_id,service_id,trip_id\n'],
      ['stop_times.txt', 'trip_id,arrival_time,departure_time,stop_id,stop_sequence\n'],
    ]);
    expect(() => new TransitNetwork(readFeed(files), 'INR')).toThrow('got no fares');
    files.set(
      'fare_attributes.txt',
      'fare_id,price,currency_type,payment_method,transfers\nf,1,INR,1,0\n',
    );
    expect(() => new TransitNetwork(readFeed(files), 'CNY')).toThrow('expected CNY, got INR');
    expect(new TransitNetwork(readFeed(files), 'INR').station('A').id).toBe('A');
  });
});
