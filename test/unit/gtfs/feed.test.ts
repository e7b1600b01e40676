import { describe, expect, it } from 'vitest';
import { readFeed } from '../../../src/gtfs/feed.ts';
import { feedFiles, smallFeed, stopTimes, SMALL_FEED } from './feed-builder.ts';

const PLATFORMS = `stop_id,stop_name,location_type,parent_station,zone_id,stop_lat,stop_lon
P1,,0,A,red,,
P2,,,A,blue,,
E1,,2,A,ignored,,
N1,,3,A,,,
BA,,4,P1,red,,
A,Alpha,1,,own,1.5,2.5
B,Beta,0,,1,1.6,2.6
`;

describe('readFeed', () => {
  it('reads stations, routes, hops, fares and the currency', () => {
    const feed = smallFeed();
    expect(
      feed.stations.map(({ id, name, latitude, longitude }) => [id, name, latitude, longitude]),
    ).toEqual([
      ['A', 'Alpha', 1.5, 2.5],
      ['B', 'Beta', 1.6, 2.6],
      ['C', 'Gamma', 1.7, 2.7],
    ]);
    expect(feed.stations.map((station) => station.departures)).toEqual([1, 2, 1]);
    expect(feed.hops).toEqual([
      { fromStationId: 'A', toStationId: 'B', routeId: 'R1', seconds: 120 },
      { fromStationId: 'B', toStationId: 'C', routeId: 'R1', seconds: 120 },
      { fromStationId: 'C', toStationId: 'B', routeId: 'R1', seconds: 120 },
      { fromStationId: 'B', toStationId: 'A', routeId: 'R1', seconds: 120 },
    ]);
    expect(feed.routes).toEqual([
      {
        id: 'R1',
        agencyId: 'T',
        shortName: 'One',
        longName: '',
        color: 'FFFFFF',
        textColor: '000000',
      },
    ]);
    expect(feed.agencies).toEqual([{ id: 'T', name: 'Transit', timezone: 'Asia/Kolkata' }]);
    expect(feed.fares).toEqual([
      {
        id: 'F',
        price: 1250,
        transfersAllowed: 0,
        transferSeconds: undefined,
        agencyId: undefined,
        rules: [],
      },
    ]);
    expect(feed.currency).toBe('INR');
    expect(feed.feedInfo).toBeUndefined();
  });

  it('gathers platforms, entrances, nodes and boarding areas under their station', () => {
    const feed = smallFeed({
      'stops.txt': PLATFORMS,
      'stop_times.txt': stopTimes({ out: 'P1 B', back: 'B P2' }),
    });
    expect(feed.stations).toHaveLength(2);
    expect(feed.stations[0]).toEqual({
      id: 'A',
      name: 'Alpha',
      latitude: 1.5,
      longitude: 2.5,
      zoneIds: ['red', 'blue'],
      stopIds: ['P1', 'P2', 'E1', 'N1', 'BA'],
      routeIds: ['R1'],
      departures: 1,
    });
  });

  it('takes the zone of the station row where no platform has one', () => {
    const stops = PLATFORMS.replace('P1,,0,A,red', 'P1,,0,A,').replace('P2,,,A,blue', 'P2,,,A,');
    const feed = smallFeed({
      'stops.txt': stops.replace('BA,,4,P1,red', 'BA,,4,P1,'),
      'stop_times.txt': stopTimes({ out: 'P1 B', back: 'B P2' }),
    });
    expect(feed.stations[0]?.zoneIds).toEqual(['own']);
  });

  it('freezes everything', () => {
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    visit(
      smallFeed({
        'fare_rules.txt': 'fare_id,contains_id\nF,1\nF,\n',
        'feed_info.txt': 'feed_publisher_name,feed_start_date\nP,20260101\n',
      }),
      'feed',
    );
    expect(thawed).toEqual([]);
  });

  it('reads a feed without fares', () => {
    const feed = smallFeed({ 'fare_attributes.txt': undefined });
    expect(feed.fares).toEqual([]);
    expect(feed.currency).toBeUndefined();
  });

  it('takes calendar_dates.txt in place of calendar.txt', () => {
    const feed = smallFeed({
      'calendar.txt': undefined,
      'calendar_dates.txt': 'service_id,date,exception_type\nW,20260101,1\n',
    });
    expect(feed.stations).toHaveLength(3);
  });

  it('reads feed_info.txt, colours and agencies without an id', () => {
    const feed = smallFeed({
      'agency.txt': 'agency_name,agency_url,agency_timezone\nOnly,https://o.example,UTC\n',
      'routes.txt':
        'route_id,route_long_name,route_color,route_text_color\nR1,Long,e31e24,ffffff\n',
      'feed_info.txt':
        'feed_publisher_name,feed_version,feed_start_date,feed_end_date\nPub,v7,20260101,20261231\n',
    });
    expect(feed.feedInfo).toEqual({
      publisherName: 'Pub',
      version: 'v7',
      startDate: '20260101',
      endDate: '20261231',
    });
    expect(feed.routes[0]).toMatchObject({ agencyId: '', color: 'E31E24', textColor: 'FFFFFF' });
  });
});

describe('the CSV of a feed', () => {
  const plain = smallFeed();
  const dialects: Readonly<Record<string, (text: string) => string>> = {
    'a byte order mark': (text) => `\ufeff${text}`,
    'CRLF line ends': (text) => text.replaceAll('\n', '\r\n'),
    'CR line ends': (text) => text.replaceAll('\n', '\r'),
    'no line end after the last row': (text) => text.trimEnd(),
    'every value in quotes': (text) => text.replaceAll(/[^,\n]+/g, '"$&"'),
    'blanks around values': (text) => text.replaceAll(',', ' ,\t').replaceAll('\n', '  \n'),
    'blank lines and lines of commas': (text) => text.replaceAll('\n', '\n\n  \n,,\n'),
    'empty values beyond the last column': (text) =>
      text.replaceAll('\n', ',\n').replace(',\n', '\n'),
    'columns in reverse order': (text) =>
      text.replaceAll(/[^\n]+/g, (line) => line.split(',').reverse().join()),
    'unknown columns': (text) => {
      const [header, ...rows] = text.trimEnd().split('\n');
      return [`x_first,${header ?? ''},x_last`, ...rows.map((row) => `"1,\n2",${row},9`)].join(
        '\n',
      );
    },
    'short rows': (text) => {
      const [header, ...rows] = text.trimEnd().split('\n');
      return [`${header ?? ''},stop_desc,route_desc`, ...rows].join('\n');
    },
  };
  it.each(Object.keys(dialects))('may have %s', (name) => {
    const files = [...feedFiles()].map(([file, text]) => [file, dialects[name]!(text)] as const);
    expect(readFeed(new Map(files))).toEqual(plain);
  });

  it('may have quotes, commas and line ends in a value', () => {
    const stops = SMALL_FEED['stops.txt'].replace('Alpha', '"Al ""pha"", East\nWing"');
    expect(smallFeed({ 'stops.txt': stops }).stations[0]?.name).toBe('Al "pha", East\nWing');
  });
});

describe('the timetable', () => {
  const withTimes = (rows: string): ReturnType<typeof smallFeed> =>
    smallFeed({
      'stop_times.txt': `trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n${rows}`,
    });

  it('takes rows in any order, and goes by stop_sequence', () => {
    const feed = withTimes(
      'out,6:06:00,6:06:00,C,30\nback,7:00:00,7:00:00,C,1\nout,6:00:00,6:01:00,A,2\nout,6:03:00,6:04:00,B,7\nback,7:09:00,7:09:00,A,2\n',
    );
    expect(feed.hops.map((hop) => [hop.fromStationId, hop.toStationId, hop.seconds])).toEqual([
      ['A', 'B', 120],
      ['B', 'C', 120],
      ['C', 'A', 540],
    ]);
  });

  it('keeps the shortest time of several trips', () => {
    const minutes = (first: number, second: number): string =>
      `out,6:00:00,6:00:00,A,1\nout,6:0${first}:00,,B,2\nback,7:00:00,7:00:00,A,1\nback,7:0${second}:00,,B,2\n`;
    const hop = { fromStationId: 'A', toStationId: 'B', routeId: 'R1', seconds: 180 };
    expect(withTimes(minutes(5, 3)).hops).toEqual([hop]);
    expect(withTimes(minutes(3, 5)).hops).toEqual([hop]);
  });

  it('shares the time evenly where times between are empty', () => {
    const feed = withTimes('out,6:00:00,6:00:00,A,1\nout,,,B,2\nout,6:05:00,6:05:00,C,3\n');
    expect(feed.hops.map((hop) => hop.seconds)).toEqual([150, 150]);
  });

  it('takes times past midnight of the service day', () => {
    const feed = withTimes('out,23:59:00,23:59:30,A,1\nout,24:00:30,,B,2\nout,,25:10:00,C,3\n');
    expect(feed.hops.map((hop) => hop.seconds)).toEqual([60, 4170]);
  });

  it('counts departures where one may board, and runs of frequencies.txt', () => {
    const rows =
      'out,6:00:00,6:00:00,A,1,0\nout,6:01:00,6:01:00,B,2,1\nout,6:02:00,6:02:00,C,3,0\n';
    expect(withTimes(rows).stations.map((station) => station.departures)).toEqual([1, 0, 0]);
    const often = smallFeed({
      'frequencies.txt':
        'trip_id,start_time,end_time,headway_secs\nout,06:00:00,07:00:00,600\nout,07:00:00,08:00:00,1200\n',
    });
    expect(often.stations.map((station) => station.departures)).toEqual([9, 10, 1]);
  });

  it('leaves out on-demand rows, which have no time or no stop', () => {
    const feed = smallFeed({
      'stop_times.txt': `trip_id,stop_id,stop_sequence,arrival_time,location_id,start_pickup_drop_off_window
out,A,1,6:00:00,,
out,,2,,area,
out,B,3,,,6:00:00
out,C,4,6:04:00,,
`,
    });
    expect(feed.hops).toEqual([
      { fromStationId: 'A', toStationId: 'C', routeId: 'R1', seconds: 240 },
    ]);
  });
});
