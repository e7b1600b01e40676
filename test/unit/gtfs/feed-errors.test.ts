import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/errors/fault.ts';
import { readFeed } from '../../../src/gtfs/feed.ts';
import { GTFS_LIMITS } from '../../../src/gtfs/limits.table.ts';
import { feedFiles, SMALL_FEED } from './feed-builder.ts';

type FileName = keyof typeof SMALL_FEED;

function faultOf(files: ReadonlyMap<string, string>): Fault {
  try {
    readFeed(files);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('the feed was read');
}

/** The fault after one replacement in one file of the small feed, which must be there to be replaced. */
function faultAfter(file: FileName, from: string, to: string): string {
  expect(SMALL_FEED[file]).toContain(from);
  const fault = faultOf(feedFiles({ [file]: SMALL_FEED[file].replace(from, to) }));
  expect(fault.code).toBe('GTFS_INVALID');
  return fault.message;
}

describe('a feed that is refused', () => {
  it.each(['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt'])(
    'lacks %s',
    (file) => {
      const fault = faultOf(feedFiles({ [file]: undefined }));
      expect(fault.code).toBe('GTFS_INVALID');
      expect(fault.message).toBe(`"${file}" expected a file of that name, got nothing`);
    },
  );

  it('lacks both calendars', () => {
    expect(faultOf(feedFiles({ 'calendar.txt': undefined })).message).toBe(
      '"calendar.txt" expected a file of that name, or calendar_dates.txt, got nothing',
    );
  });

  it.each([
    ['agency.txt', 'agency_name'],
    ['agency.txt', 'agency_timezone'],
    ['stops.txt', 'stop_id'],
    ['routes.txt', 'route_id'],
    ['calendar.txt', 'service_id'],
    ['calendar.txt', 'end_date'],
    ['trips.txt', 'route_id'],
    ['trips.txt', 'service_id'],
    ['trips.txt', 'trip_id'],
    ['stop_times.txt', 'trip_id'],
    ['stop_times.txt', 'stop_id'],
    ['stop_times.txt', 'stop_sequence'],
    ['fare_attributes.txt', 'fare_id'],
    ['fare_attributes.txt', 'price'],
    ['fare_attributes.txt', 'currency_type'],
    ['fare_attributes.txt', 'transfers'],
  ] as const)('lacks in %s the column %s', (file, column) => {
    expect(faultAfter(file, column, 'other')).toContain(
      `"${file} row 1 ${column}" expected a column of that name, got "`,
    );
  });

  it.each<[FileName, string, string, string]>([
    ['stops.txt', 'B,Beta', ',Beta', '"stops.txt row 3 stop_id" expected a value, got nothing'],
    [
      'stops.txt',
      'B,Beta',
      'A,Beta',
      '"stops.txt row 3 stop_id" expected an id that no earlier row has, got "A"',
    ],
    ['stops.txt', 'Beta', '', '"stops.txt row 3 stop_name" expected a value, got nothing'],
    ['stops.txt', '1.6', '', '"stops.txt row 3 stop_lat" expected a value, got nothing'],
    [
      'stops.txt',
      '1.6',
      '91',
      '"stops.txt row 3 stop_lat" expected a decimal number from -90 to 90, got "91"',
    ],
    [
      'stops.txt',
      '2.6',
      '2_6',
      '"stops.txt row 3 stop_lon" expected a decimal number from -180 to 180, got "2_6"',
    ],
    [
      'stops.txt',
      'A,Alpha',
      '"A\n",Alpha,,,,,',
      '"stops.txt row 2" expected 5 values at most, got "1.5"',
    ],
    [
      'stops.txt',
      'Alpha',
      '"Al"pha',
      '"stops.txt row 2" expected quotes as in RFC 4180, got "Invalid Closing Quote',
    ],
    [
      'stops.txt',
      'stop_name',
      'stop_id',
      '"stops.txt row 1 stop_id" expected one such column, got "two"',
    ],
    ['routes.txt', 'R1,', ',', '"routes.txt row 2 route_id" expected a value, got nothing'],
    [
      'routes.txt',
      'R1,T',
      'R1,U',
      '"routes.txt row 2 agency_id" expected an agency_id of agency.txt, got "U"',
    ],
    [
      'routes.txt',
      'One',
      '',
      '"routes.txt row 2 route_short_name" expected a value, as route_long_name has none, got nothing',
    ],
    [
      'calendar.txt',
      '20261231',
      '20260231',
      '"calendar.txt row 2 end_date" expected a day written YYYYMMDD, got "20260231"',
    ],
    [
      'trips.txt',
      'R1,W,back',
      'R2,W,back',
      '"trips.txt row 3 route_id" expected a route_id of routes.txt, got "R2"',
    ],
    [
      'trips.txt',
      'R1,W,back',
      'R1,V,back',
      '"trips.txt row 3 service_id" expected a service_id of calendar.txt or calendar_dates.txt, got "V"',
    ],
    [
      'trips.txt',
      'R1,W,back',
      'R1,W,out',
      '"trips.txt row 3 trip_id" expected an id that no earlier row has, got "out"',
    ],
    [
      'stop_times.txt',
      'out,06:02',
      'off,06:02',
      '"stop_times.txt row 3 trip_id" expected a trip_id of trips.txt, got "off"',
    ],
    [
      'stop_times.txt',
      '06:02:00,B,2',
      '06:02:00,Z,2',
      '"stop_times.txt row 3 stop_id" expected a stop_id of stops.txt, got "Z"',
    ],
    [
      'stop_times.txt',
      '06:02:00,B,2',
      '06:02:00,B,-2',
      '"stop_times.txt row 3 stop_sequence" expected a whole number from 0 to 2147483647, got "-2"',
    ],
    [
      'stop_times.txt',
      '06:02:00,B,2',
      '06:02:00,B,1',
      '"stop_times.txt row 3 stop_sequence" expected a number that row 2 of the trip does not have, got "1"',
    ],
    [
      'stop_times.txt',
      '06:02:00,06',
      '06:62:00,06',
      '"stop_times.txt row 3 arrival_time" expected a time such as 25:30:00, got "06:62:00"',
    ],
    [
      'stop_times.txt',
      '06:02:00,06:02:00',
      '06:02:00,06:01:00',
      '"stop_times.txt row 3 departure_time" expected a time not before arrival_time 06:02:00, got "06:01:00"',
    ],
    [
      'stop_times.txt',
      '06:02:00,06:02:00',
      '05:59:00,06:02:00',
      '"stop_times.txt row 3 arrival_time" expected a time not before the departure in row 2, got "60 s earlier"',
    ],
    [
      'stop_times.txt',
      '06:00:00,06:00:00',
      ',',
      '"stop_times.txt row 2 arrival_time" expected a time at the first and the last stop of a trip, got nothing',
    ],
    [
      'fare_attributes.txt',
      '12.50',
      '12,50',
      '"fare_attributes.txt row 2" expected 5 values at most, got "0"',
    ],
    [
      'fare_attributes.txt',
      '12.50',
      '-12.50',
      '"fare_attributes.txt row 2 price" expected INR such as 12.50, got "-12.50"',
    ],
    [
      'fare_attributes.txt',
      '12.50',
      '12.505',
      '"fare_attributes.txt row 2 price" expected INR such as 12.50, got "12.505"',
    ],
    [
      'fare_attributes.txt',
      '12.50',
      '',
      '"fare_attributes.txt row 2 price" expected a value, got nothing',
    ],
    [
      'fare_attributes.txt',
      '12.50',
      '42949672.96',
      '"fare_attributes.txt row 2 price" expected at most 42949672.95 INR',
    ],
    [
      'fare_attributes.txt',
      'INR',
      'inr',
      '"fare_attributes.txt row 2 currency_type" expected one of AED, ARS',
    ],
    [
      'fare_attributes.txt',
      'INR,1,0',
      'INR,1,many',
      '"fare_attributes.txt row 2 transfers" expected a whole number from 0 to 255, got "many"',
    ],
    [
      'fare_attributes.txt',
      '1,0\n',
      '1,0\nF,1,INR,1,0\n',
      '"fare_attributes.txt row 3 fare_id" expected an id that no earlier row has, got "F"',
    ],
    [
      'fare_attributes.txt',
      '1,0\n',
      '1,0\nG,1,EUR,1,0\n',
      '"fare_attributes.txt row 3 currency_type" expected INR as in the rows before, got "EUR"',
    ],
  ])('has in %s in place of %j %j', (file, from, to, message) => {
    expect(faultAfter(file, from, to)).toContain(message);
  });

  const TYPES = 'stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n';
  it.each([
    [
      'A,Alpha,1,1,1,B\n',
      '"stops.txt row 2 parent_station" expected nothing for a station (location_type 1), got "B"',
    ],
    ['A,Alpha,1,1,2,\n', '"stops.txt row 2 parent_station" expected a value, got nothing'],
    [
      'A,Alpha,1,1,5,\n',
      '"stops.txt row 2 location_type" expected a whole number from 0 to 4, got "5"',
    ],
    [
      'A,Alpha,1,1,0,B\n',
      '"stops.txt row 2 parent_station" expected a stop_id of stops.txt, got "B"',
    ],
    [
      'A,Alpha,1,1,0,A\n',
      '"stops.txt row 2 parent_station" expected a location of location_type 1, got "A of location_type 0"',
    ],
    [
      'A,Alpha,1,1,,\nB,Beta,1,1,,A\n',
      '"stops.txt row 3 parent_station" expected a location of location_type 1, got "A of location_type 0"',
    ],
    [
      'A,Alpha,1,1,1,\nB,Beta,1,1,4,A\n',
      '"stops.txt row 3 parent_station" expected a location of location_type 0, got "A of location_type 1"',
    ],
  ])('has the stops %j', (rows, message) => {
    expect(faultOf(feedFiles({ 'stops.txt': TYPES + rows })).message).toBe(message);
  });

  it('has trips that call at a station and not at its platform', () => {
    const stops = `${TYPES}A,Alpha,1,1,1,\nP,,,,0,A\nB,Beta,1,1,0,\nC,Gamma,1,1,0,\n`;
    expect(faultOf(feedFiles({ 'stops.txt': stops })).message).toBe(
      '"stop_times.txt row 2 stop_id" expected a stop or platform (location_type 0), got "A"',
    );
  });

  it.each([
    ['F2,R1', '"fare_rules.txt row 3 fare_id" expected a fare_id of fare_attributes.txt, got "F2"'],
    ['F,R9', '"fare_rules.txt row 3 route_id" expected a route_id of routes.txt, got "R9"'],
  ])('has the fare rule %s', (row, message) => {
    const files = feedFiles({ 'fare_rules.txt': `fare_id,route_id\nF,R1\n${row}\n` });
    expect(faultOf(files).message).toBe(message);
  });

  it('has an empty file, or agencies of which one has no id', () => {
    expect(faultOf(feedFiles({ 'routes.txt': '' })).message).toBe(
      '"routes.txt row 1" expected a line of column names, got nothing',
    );
    const agencies = 'agency_id,agency_name,agency_timezone\n,One,UTC\nT,Two,UTC\n';
    expect(faultOf(feedFiles({ 'agency.txt': agencies })).message).toBe(
      '"agency.txt row 2 agency_id" expected a value, as agencies are several, got nothing',
    );
  });

  it('counts the lines that quoted values and blank lines take', () => {
    const stops = SMALL_FEED['stops.txt']
      .replace('Alpha', '"Al\npha"')
      .replace('\nB', '\n\nB')
      .replace('2.7', '"2.7\n\n"');
    expect(faultOf(feedFiles({ 'stops.txt': stops })).message).toBe(
      '"stops.txt row 6 stop_lon" expected a decimal number from -180 to 180, got "2.7\\n\\n"',
    );
  });

  it.each(['', '"'])('is long, and still names the row%s', (quote) => {
    const blank = '\n'.repeat(3);
    const rows = Array.from({ length: 40_000 }, (_, index) => `S${index},Stop,1,${quote}2${quote}`);
    rows[39_998] = 'S,Stop,1,x';
    const text = ['stop_id,stop_name,stop_lat,stop_lon', ...rows].join('\n') + blank;
    expect(text.length).toBeGreaterThan(2 * 256 * 1024);
    expect(faultOf(feedFiles({ 'stops.txt': blank + text })).message).toContain(
      '"stops.txt row 40003 stop_lon" expected a decimal',
    );
  });

  it('is above a limit', () => {
    const columns = Array.from({ length: GTFS_LIMITS.columns.max + 1 }, (_, index) => `c${index}`);
    const wide = faultOf(feedFiles({ 'routes.txt': columns.join() }));
    expect(wide.code).toBe('LIMIT_EXCEEDED');
    expect(wide.message).toBe(
      '"routes.txt" expected at most 500 (Columns in one file of a feed), got 501',
    );
    const long = faultOf(
      feedFiles({ 'routes.txt': ' '.repeat(GTFS_LIMITS.fileCharacters.max + 1) }),
    );
    expect(long.code).toBe('LIMIT_EXCEEDED');
  });
});
