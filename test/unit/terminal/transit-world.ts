// SPDX-License-Identifier: MIT
/** A line of three stations with zone fares, for tests at gates: A-B 10.00, A-C 30.00, B-C 20.00. */
import { readFeed } from '../../../src/gtfs/feed.ts';
import { TransitNetwork } from '../../../terminal/transit/network.ts';
import type { GatePlace } from '../../../terminal/terminal.ts';

export const TRANSIT_CONFIG = {
  city: '0755',
  institution: '0100000000000001',
  maximumMinutes: 120,
};

const STATIONS = ['A', 'B', 'C'];
const FARES: readonly (readonly [string, string, string, string])[] = [
  ['near', '10.00', 'zA', 'zB'],
  ['near', '10.00', 'zB', 'zA'],
  ['far', '30.00', 'zA', 'zC'],
  ['far', '30.00', 'zC', 'zA'],
  ['middle', '20.00', 'zB', 'zC'],
  ['middle', '20.00', 'zC', 'zB'],
];

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;

const FILES: ReadonlyMap<string, string> = new Map([
  [
    'agency.txt',
    lines(
      'agency_id,agency_name,agency_url,agency_timezone',
      'm,Metro,http://m.example,Asia/Kolkata',
    ),
  ],
  [
    'stops.txt',
    lines(
      'stop_id,stop_name,stop_lat,stop_lon,zone_id',
      ...STATIONS.map((id, index) => `${id},Station ${id},17.${index},78.${index},z${id}`),
    ),
  ],
  ['routes.txt', lines('route_id,agency_id,route_short_name,route_type', 'r,m,Red,1')],
  [
    'calendar.txt',
    lines(
      'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date',
      's,1,1,1,1,1,1,1,20250101,20301231',
    ),
  ],
  ['trips.txt', lines('route_id,service_id,trip_id', 'r,s,t1', 'r,s,t2')],
  [
    'stop_times.txt',
    lines(
      'trip_id,arrival_time,departure_time,stop_id,stop_sequence',
      ...STATIONS.map((id, index) => `t1,08:0${index}:00,08:0${index}:30,${id},${index}`),
      ...STATIONS.toReversed().map(
        (id, index) => `t2,09:0${index}:00,09:0${index}:30,${id},${index}`,
      ),
    ),
  ],
  [
    'fare_attributes.txt',
    lines(
      'fare_id,price,currency_type,payment_method,transfers',
      'near,10.00,INR,1,0',
      'middle,20.00,INR,1,0',
      'far,30.00,INR,1,0',
    ),
  ],
  [
    'fare_rules.txt',
    lines(
      'fare_id,origin_id,destination_id',
      ...FARES.map(([id, , from, to]) => `${id},${from},${to}`),
    ),
  ],
]);

export const NETWORK = new TransitNetwork(readFeed(FILES), 'INR');

export function gatePlace(station: string): GatePlace {
  return { network: NETWORK, station: NETWORK.station(station) };
}
