import { describe, expect, it } from 'vitest';
import { findStation } from '../../../src/gtfs/station.ts';
import { smallFeed, stopTimes } from './feed-builder.ts';

const feed = smallFeed({
  'stops.txt': `stop_id,stop_name,location_type,parent_station,zone_id,stop_lat,stop_lon
CEN,Central  Station,1,,,1,1
CEN1,,0,CEN,middle,,
N1,Market,0,,edge,1,1
S1,MARKET,0,,edge,1,1
É2,École,0,,,1,1
`,
  'stop_times.txt': stopTimes({ out: 'CEN1 N1', back: 'S1 CEN1' }),
});

describe('findStation', () => {
  it.each([
    ['CEN', 'CEN'],
    ['CEN1', 'CEN'],
    ['central station', 'CEN'],
    ['  CENTRAL STATION ', 'CEN'],
    ['cen', 'CEN'],
    ['école', 'É2'],
    ['n1', 'N1'],
    ['middle', 'CEN'],
  ])('finds %j', (text, id) => {
    expect(findStation(feed, text).id).toBe(id);
  });

  it.each([
    [
      'market',
      '"station" expected the id of one of 2 stations that this may mean (N1 Market, S1 MARKET), got "market"',
    ],
    [
      'edge',
      '"station" expected the id of one of 2 stations that this may mean (N1 Market, S1 MARKET), got "edge"',
    ],
    ['ecole', '"station" expected a station id or name, such as É2 École,'],
    ['station', '"station" expected a station id or name, such as CEN Central  Station,'],
    ['', '"station" expected a station id or name, such as '],
  ])('refuses %j with what is near', (text, message) => {
    let caught: unknown;
    try {
      findStation(feed, text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: 'Fault', code: 'USAGE' });
    expect(String(caught)).toContain(message);
  });
});
