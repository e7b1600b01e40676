import { describe, expect, it } from 'vitest';
import { fareBetween, maximumFareFrom, minimumFare } from '../../../src/gtfs/fare.ts';
import type { Journey } from '../../../src/gtfs/fare.ts';
import type { Feed } from '../../../src/gtfs/model.ts';
import { crossFeed, smallFeed, stopTimes } from './feed-builder.ts';

const fares = (...rows: string[]): string =>
  [
    'fare_id,price,currency_type,payment_method,transfers,transfer_duration,agency_id',
    ...rows,
  ].join('\n');
const rules = (...rows: string[]): string =>
  ['fare_id,route_id,origin_id,destination_id,contains_id', ...rows].join('\n');

/** `fareId price`, or `none`. */
function fare(feed: Feed, pair: string, more: Partial<Journey> = {}): string {
  const [entryStationId = '', exitStationId = ''] = pair.split(' ');
  const outcome = fareBetween(feed, { entryStationId, exitStationId, ...more });
  return outcome.kind === 'fare' ? `${outcome.fareId} ${outcome.price}` : 'none';
}

describe('flat fares', () => {
  it('apply between all stations, and to an exit at the station of entry', () => {
    const feed = smallFeed();
    expect(fare(feed, 'A C')).toBe('F 1250');
    expect(fare(feed, 'C A')).toBe('F 1250');
    expect(fare(feed, 'B B')).toBe('F 1250');
    expect(minimumFare(feed, 'A')).toEqual(maximumFareFrom(feed, 'A'));
  });

  it('are the cheapest of several, and the earlier of two alike', () => {
    const feed = smallFeed({
      'fare_attributes.txt': fares('X,3,INR,0,,', 'Y,2,INR,0,,', 'Z,2.00,INR,0,,'),
    });
    expect(fare(feed, 'A B')).toBe('Y 200');
  });

  it('are charged once where the way between the gates has a change', () => {
    const feed = crossFeed();
    expect(fare(feed, 'A D')).toBe('F 1250');
  });

  it('are charged for each ride where the rider names several routes and no transfer is permitted', () => {
    expect(fare(crossFeed(), 'A D', { routeIds: ['R1', 'R2'] })).toBe('F+F 2500');
    const once = crossFeed({ 'fare_attributes.txt': fares('F,12.50,INR,1,1') });
    expect(fare(once, 'A D', { routeIds: ['R1', 'R2'] })).toBe('F 1250');
  });

  it.each([
    ['2', 200],
    ['2.', 200],
    ['.5', 50],
    ['0', 0],
    ['2.5000', 250],
  ])('may be written %s', (price, minor) => {
    const feed = smallFeed({ 'fare_attributes.txt': fares(`F,${price},EUR,0,`) });
    expect(fare(feed, 'A B')).toBe(`F ${minor}`);
  });

  it('follow the digits of their currency', () => {
    const feed = smallFeed({ 'fare_attributes.txt': fares('F,210,JPY,0,') });
    expect(fare(feed, 'A B')).toBe('F 210');
  });
});

describe('fares by zone', () => {
  const zoned = smallFeed({
    'fare_attributes.txt': fares('near,10,INR,1,2,3600', 'far,20,INR,1,', 'any1,15,INR,1,'),
    'fare_rules.txt': rules('near,,1,1,', 'far,,1,2,', 'far,,2,1,', 'any1,,2,,'),
  });

  it('go by the zones of entry and exit, the cheapest first', () => {
    expect(fare(zoned, 'A B')).toBe('near 1000');
    expect(fare(zoned, 'A C')).toBe('far 2000');
    expect(fare(zoned, 'C A')).toBe('any1 1500');
    expect(fare(zoned, 'C C')).toBe('any1 1500');
  });

  it('say how many transfers they allow, and for how long', () => {
    expect(fareBetween(zoned, { entryStationId: 'A', exitStationId: 'B' })).toEqual({
      kind: 'fare',
      fareId: 'near',
      price: 1000,
      currency: 'INR',
      transfersAllowed: 2,
      transferSeconds: 3600,
    });
  });

  it('may have the names of stations as zones', () => {
    const feed = smallFeed({
      'stops.txt':
        'stop_id,stop_name,stop_lat,stop_lon,zone_id\nA,Alpha,1,1,"Alpha, East"\nB,Beta,1,1,Beta\nC,Gamma,1,1,Gamma\n',
      'fare_rules.txt': rules('F,,"Alpha, East",Beta,'),
    });
    expect(fare(feed, 'A B')).toBe('F 1250');
    expect(fare(feed, 'B A')).toBe('none');
  });

  it('match any zone of the platforms of a station', () => {
    const feed = smallFeed({
      'stops.txt': `stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,zone_id
S,Alpha,1,1,1,,
A,,,,0,S,p1
A2,,,,0,S,p2
B,Beta,1,1,0,,q
C,Gamma,1,1,0,,r
`,
      'fare_attributes.txt': fares('one,10,INR,1,', 'two,8,INR,1,'),
      'fare_rules.txt': rules('one,,p1,q,', 'two,,p2,q,', 'one,,r,p2,'),
    });
    expect(fare(feed, 'S B')).toBe('two 800');
    expect(fare(feed, 'C S')).toBe('one 1000');
    expect(fare(feed, 'S S')).toBe('none');
  });

  it('give way to a fare without rules only where none of them covers the journey', () => {
    const feed = smallFeed({
      'fare_attributes.txt': fares('special,30,INR,1,', 'base,5,INR,1,'),
      'fare_rules.txt': rules('special,,1,2,'),
    });
    expect(fare(feed, 'A C')).toBe('special 3000');
    expect(fare(feed, 'A B')).toBe('base 500');
    expect(minimumFare(feed, 'A')).toMatchObject({ fareId: 'base' });
    expect(maximumFareFrom(feed, 'A')).toMatchObject({ fareId: 'special' });
  });

  it('are added up at a change where no fare covers the whole journey', () => {
    const feed = crossFeed({
      'fare_attributes.txt': fares('one,10,INR,1,', 'two,8,INR,1,'),
      'fare_rules.txt': rules('one,,zA,zX,', 'two,,zX,zD,'),
    });
    expect(fare(feed, 'A D')).toBe('one+two 1800');
    expect(fare(feed, 'A C')).toBe('none');
  });

  it('give as the least to enter with a fare to elsewhere, though leaving at once is cheaper', () => {
    const feed = smallFeed({
      'fare_attributes.txt': fares('back,1,INR,1,', 'on,20,INR,1,'),
      'fare_rules.txt': rules('back,,2,2,', 'on,,2,1,'),
    });
    expect(minimumFare(feed, 'C')).toMatchObject({ fareId: 'on' });
    expect(maximumFareFrom(feed, 'C')).toMatchObject({ fareId: 'on' });
    expect(minimumFare(feed, 'A')).toMatchObject({ kind: 'noFare' });
  });

  it('say what is missing where there is none', () => {
    expect(
      fareBetween(smallFeed({ 'fare_rules.txt': rules('F,,1,1,') }), {
        entryStationId: 'A',
        exitStationId: 'C',
      }),
    ).toEqual({
      kind: 'noFare',
      reason: 'the feed has no fare from Alpha (A, zone 1) to Gamma (C, zone 2)',
    });
  });
});

describe('fares by zones passed', () => {
  const three = (rows: string[]): Feed =>
    smallFeed({
      'stops.txt':
        'stop_id,stop_name,stop_lat,stop_lon,zone_id\nA,Alpha,1,1,5\nB,Beta,1,1,6\nC,Gamma,1,1,7\nD,Delta,1,1,8\n',
      'stop_times.txt': stopTimes({ out: 'A B C D', back: 'D C B A' }),
      // A fare that no rule names would apply everywhere.
      'fare_attributes.txt': fares(
        ...['c,12,INR,1,', 'd,9,INR,1,', 'e,7,INR,1,'].filter((each) =>
          rows.some((row) => row.startsWith(each.slice(0, 2))),
        ),
      ),
      'fare_rules.txt': rules(...rows),
    });

  it('apply only where every contains zone is passed, stations between included', () => {
    const feed = three(['c,R1,,,5', 'c,R1,,,6', 'c,R1,,,7']);
    expect(fare(feed, 'A C')).toBe('c 1200');
    expect(fare(feed, 'C A')).toBe('c 1200');
    expect(fare(feed, 'A B')).toBe('none');
    expect(fare(feed, 'A D')).toBe('c 1200');
  });

  it('are those that name most of the zones passed, though another is cheaper', () => {
    const feed = three(['e,,,,5', 'd,,,,5', 'd,,,,6', 'c,,,,5', 'c,,,,6', 'c,,,,7']);
    expect(fare(feed, 'A A')).toBe('e 700');
    expect(fare(feed, 'A B')).toBe('d 900');
    expect(fare(feed, 'A C')).toBe('c 1200');
  });

  it('form sets by route, origin and destination', () => {
    const feed = three(['c,,5,,6', 'c,,5,,7', 'd,,6,,7']);
    expect(fare(feed, 'A B')).toBe('none');
    expect(fare(feed, 'A C')).toBe('c 1200');
    expect(fare(feed, 'B C')).toBe('d 900');
  });
});

describe('fares bound to routes', () => {
  const bound = (rows: string[], ...ruleRows: string[]): Feed =>
    crossFeed({ 'fare_attributes.txt': fares(...rows), 'fare_rules.txt': rules(...ruleRows) });

  it('go by the route of the quickest way', () => {
    const feed = bound(['one,10,INR,1,0', 'two,8,INR,1,0'], 'one,R1,,,', 'two,R2,,,');
    expect(fare(feed, 'A B')).toBe('one 1000');
    expect(fare(feed, 'C X')).toBe('two 800');
    expect(fare(feed, 'X X')).toBe('two 800');
    expect(fare(feed, 'A A')).toBe('one 1000');
  });

  it('are added up where the way has several routes', () => {
    const feed = bound(['one,10,INR,1,0', 'two,8,INR,1,0'], 'one,R1,,,', 'two,R2,,,');
    expect(fare(feed, 'A D')).toBe('one+two 1800');
    expect(fare(feed, 'D A')).toBe('two+one 1800');
    expect(maximumFareFrom(feed, 'A')).toMatchObject({ price: 1800 });
    expect(minimumFare(feed, 'A')).toMatchObject({ price: 1000 });
  });

  it('cover several routes where one fare is bound to all of them and transfers allow it', () => {
    const both = ['both,R1,,,', 'both,R2,,,'];
    expect(fare(bound(['both,10,INR,1,'], ...both), 'A D')).toBe('both 1000');
    expect(fare(bound(['both,10,INR,1,1'], ...both), 'A D')).toBe('both 1000');
    expect(fare(bound(['both,10,INR,1,0'], ...both), 'A D')).toBe('both+both 2000');
    expect(fare(bound(['both,10,INR,1,1,120'], ...both), 'A D')).toBe('both 1000');
    expect(fare(bound(['both,10,INR,1,1,119'], ...both), 'A D')).toBe('both+both 2000');
  });

  it('keep a cheaper fare without rules off their routes', () => {
    const feed = bound(['base,2,INR,1,', 'express,9,INR,1,'], 'express,R2,,,');
    expect(fare(feed, 'A B')).toBe('base 200');
    expect(fare(feed, 'C D')).toBe('express 900');
    expect(fare(feed, 'A D')).toBe('base+express 1100');
    expect(fare(feed, 'X X')).toBe('base 200');
  });

  it('go by the routes that the rider names', () => {
    const feed = crossFeed({
      'stop_times.txt': stopTimes({ a: 'A X B', b: 'B X A', c: 'A C X D B', d: 'D X C' }),
      'fare_attributes.txt': fares('one,10,INR,1,0', 'two,8,INR,1,0'),
      'fare_rules.txt': rules('one,R1,,,', 'two,R2,,,'),
    });
    expect(fare(feed, 'A B')).toBe('one 1000');
    expect(fare(feed, 'A B', { routeIds: ['R2'] })).toBe('two 800');
    expect(fare(feed, 'B A', { routeIds: ['R2'] })).toBe('two 800');
    expect(fare(feed, 'A B', { routeIds: ['R1', 'R2'] })).toBe('one+two 1800');
  });

  it('do not stand in the way of zone fares where no way is known', () => {
    const feed = crossFeed({
      'stop_times.txt': stopTimes({ a: 'A X B', c: 'C D' }),
      'fare_attributes.txt': fares('one,10,INR,1,', 'zone,8,INR,1,'),
      'fare_rules.txt': rules('one,R1,,,', 'zone,,zA,zD,'),
    });
    expect(fare(feed, 'A D')).toBe('zone 800');
    expect(fare(feed, 'D A')).toBe('none');
  });

  it('take a detour on one route over a quicker way with a change', () => {
    const feed = crossFeed({
      'stop_times.txt': stopTimes({ a: 'A X', c: 'X D', b: 'A C B D', d: 'D X C' }),
      'fare_attributes.txt': fares('one,10,INR,1,', 'two,8,INR,1,'),
      'fare_rules.txt': rules('one,R1,,,', 'two,R2,,,'),
    });
    // Over X: 240 s and a change of 300 s; direct on R1: 360 s.
    expect(fare(feed, 'A D')).toBe('one 1000');
  });
});

describe('fares of several agencies', () => {
  const feed = crossFeed({
    'agency.txt':
      'agency_id,agency_name,agency_url,agency_timezone\nT,Transit,u,UTC\nU,Union,u,UTC\n',
    'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR1,T,One,1\nR2,U,Two,1\n',
    'fare_attributes.txt': fares('t,10,INR,1,,,T', 'u,8,INR,1,,,U'),
  });

  it('cover the routes of their agency, and are added up', () => {
    expect(fare(feed, 'A B')).toBe('t 1000');
    expect(fare(feed, 'C D')).toBe('u 800');
    expect(fare(feed, 'A D')).toBe('t+u 1800');
  });

  it('are only those of the agency that is asked for', () => {
    expect(fare(feed, 'A B', { agencyId: 'T' })).toBe('t 1000');
    expect(fare(feed, 'C D', { agencyId: 'U' })).toBe('u 800');
    expect(fare(feed, 'X X', { agencyId: 'T' })).toBe('t 1000');
  });
});

describe('a question that is refused', () => {
  const asked = (feed: Feed, journey: Journey): unknown => {
    try {
      return fareBetween(feed, journey);
    } catch (error) {
      return error;
    }
  };
  const ends = { entryStationId: 'A', exitStationId: 'B' };

  it('is for a fare of a feed without fares', () => {
    const feed = smallFeed({ 'fare_attributes.txt': undefined });
    expect(asked(feed, ends)).toMatchObject({
      code: 'GTFS_INVALID',
      message:
        '"fare_attributes.txt" expected a file with fares, as a fare is asked for, got nothing',
    });
    expect(() => maximumFareFrom(feed, 'A')).toThrow('"fare_attributes.txt" expected');
  });

  it.each<[Partial<Journey>, string]>([
    [{ entryStationId: 'Z' }, '"entryStationId" expected the id of a station of the feed, got "Z"'],
    [{ exitStationId: '' }, '"exitStationId" expected the id of a station of the feed, got ""'],
    [{ routeIds: ['R9'] }, '"routeIds" expected routes of the feed, got "R9"'],
    [{ routeIds: [] }, '"routeIds" expected at least one route, got none'],
    [{ agencyId: 'V' }, '"agencyId" expected an agency of the feed, got "V"'],
  ])('has %j', (change, message) => {
    expect(asked(smallFeed(), { ...ends, ...change })).toMatchObject({ code: 'USAGE', message });
  });
});
