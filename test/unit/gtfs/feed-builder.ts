// SPDX-License-Identifier: MIT
/** A small feed: a line of stations A, B, C on route R1, every two minutes apart, in both directions. */
import { readFeed } from '../../../src/gtfs/feed.ts';
import type { Feed } from '../../../src/gtfs/model.ts';

export const SMALL_FEED = {
  'agency.txt':
    'agency_id,agency_name,agency_url,agency_timezone\nT,Transit,https://t.example,Asia/Kolkata\n',
  'stops.txt':
    'stop_id,stop_name,stop_lat,stop_lon,zone_id\nA,Alpha,1.5,2.5,1\nB,Beta,1.6,2.6,1\nC,Gamma,1.7,2.7,2\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR1,T,One,1\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,1,1,20260101,20261231\n',
  'trips.txt': 'route_id,service_id,trip_id\nR1,W,out\nR1,W,back\n',
  'stop_times.txt': stopTimes({ out: 'A B C', back: 'C B A' }),
  'fare_attributes.txt': 'fare_id,price,currency_type,payment_method,transfers\nF,12.50,INR,1,0\n',
} as const;

type FileTexts = Readonly<Record<string, string | undefined>>;

/** The small feed with other texts; `undefined` takes a file away. */
export function feedFiles(changes: FileTexts = {}): Map<string, string> {
  const texts: FileTexts = { ...SMALL_FEED, ...changes };
  const files = new Map<string, string>();
  for (const [name, text] of Object.entries(texts)) if (text !== undefined) files.set(name, text);
  return files;
}

export function smallFeed(changes: FileTexts = {}): Feed {
  return readFeed(feedFiles(changes));
}

/** Rows of `stop_times.txt`: trip id to the stops it calls at, two minutes apart from 06:00. */
export function stopTimes(trips: Readonly<Record<string, string>>): string {
  const rows = ['trip_id,arrival_time,departure_time,stop_id,stop_sequence'];
  for (const [trip, stops] of Object.entries(trips)) {
    for (const [index, stop] of stops.split(' ').entries()) {
      const time = `06:${(2 * index).toString().padStart(2, '0')}:00`;
      rows.push(`${trip},${time},${time},${stop},${index + 1}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

/** Two routes that cross: R1 over A, X, B and R2 over C, X, D, in both directions. */
export function crossFeed(changes: FileTexts = {}): Feed {
  return smallFeed({
    'stops.txt': `stop_id,stop_name,stop_lat,stop_lon,zone_id\n${'ABCDX'
      .split('')
      .map((id) => `${id},Stop ${id},1,2,z${id}`)
      .join('\n')}\n`,
    'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR1,T,One,1\nR2,T,Two,1\n',
    'trips.txt': 'route_id,service_id,trip_id\nR1,W,a\nR1,W,b\nR2,W,c\nR2,W,d\n',
    'stop_times.txt': stopTimes({ a: 'A X B', b: 'B X A', c: 'C X D', d: 'D X C' }),
    ...changes,
  });
}
