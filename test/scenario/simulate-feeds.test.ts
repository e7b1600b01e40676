// SPDX-License-Identifier: MIT
/** Metros of other feeds: flat, by route, by zone, in other currencies, and feeds that are wrong. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedFiles, stopTimes } from '../unit/gtfs/feed-builder.ts';
import { json, openpurse, succeed, temporaryFolder, writeFeed } from './cli-runner.ts';

type Changes = Readonly<Record<string, string | undefined>>;

const fares = (...rows: readonly string[]): Changes => ({
  'fare_attributes.txt': ['fare_id,price,currency_type,payment_method,transfers', ...rows, ''].join(
    '\n',
  ),
});

const rules = (columns: string, ...rows: readonly string[]): Changes => ({
  'fare_rules.txt': [columns, ...rows, ''].join('\n'),
});

const stops = (...rows: readonly string[]): Changes => ({
  'stops.txt': ['stop_id,stop_name,stop_lat,stop_lon,zone_id', ...rows, ''].join('\n'),
});

const ZONE_PAIRS = {
  ...fares('NEAR,10,INR,1,0', 'FAR,20,INR,1,0'),
  ...rules('fare_id,origin_id,destination_id', 'NEAR,1,1', 'NEAR,2,2', 'FAR,1,2', 'FAR,2,1'),
};

const feedOf = (changes: Changes): string =>
  writeFeed(join(temporaryFolder(), 'feed'), feedFiles(changes));

const SIZE = ['--cards', '4', '--taps', '60', '--seed', '3'];

interface Metro {
  readonly currency: string;
  readonly approved: number;
  readonly declinedBy: object;
  readonly fareTotal: number;
  readonly merchantPayable: number;
  readonly conservation: { readonly difference: number };
}

describe('a metro of a feed', () => {
  const rows: readonly { name: string; changes: Changes; currency: string; unit: number }[] = [
    { name: 'with one flat fare', changes: {}, currency: 'INR', unit: 12_50 },
    {
      name: 'with a fare bound to its route',
      changes: rules('fare_id,route_id', 'F,R1'),
      currency: 'INR',
      unit: 12_50,
    },
    { name: 'with zones of several stops', changes: ZONE_PAIRS, currency: 'INR', unit: 10_00 },
    {
      name: 'whose zones are named like its stations',
      changes: {
        ...stops('A,Alpha,1,2,Alpha', 'B,Beta,1,2,Beta', 'C,Gamma,1,2,Gamma'),
        ...fares('F,10,INR,1,0'),
        ...rules(
          'fare_id,origin_id,destination_id',
          ...['F,Alpha,Beta', 'F,Beta,Alpha', 'F,Alpha,Gamma', 'F,Gamma,Alpha'],
          ...['F,Beta,Gamma', 'F,Gamma,Beta'],
        ),
      },
      currency: 'INR',
      unit: 10_00,
    },
    {
      name: 'in yen, which has no minor unit',
      changes: fares('F,230,JPY,1,0'),
      currency: 'JPY',
      unit: 230,
    },
    { name: 'in dollars', changes: fares('F,2.75,USD,1,0'), currency: 'USD', unit: 2_75 },
    { name: 'in dinars of 1000', changes: fares('F,0.250,KWD,1,0'), currency: 'KWD', unit: 250 },
    {
      name: 'that costs more than a usual load',
      changes: fares('F,900,INR,1,0'),
      currency: 'INR',
      unit: 900_00,
    },
    {
      name: 'with a single station',
      changes: { ...stops('A,Alpha,1,2,1'), 'stop_times.txt': stopTimes({ out: 'A', back: 'A' }) },
      currency: 'INR',
      unit: 12_50,
    },
    {
      name: 'whose stations have names of another script',
      changes: {
        ...stops('駅一,一,1,2,1', '駅二,ベータ駅,1,2,1'),
        'stop_times.txt': stopTimes({ out: '駅一 駅二', back: '駅二 駅一' }),
      },
      currency: 'INR',
      unit: 12_50,
    },
  ];

  it.each(rows)('$name carries people and conserves money', async ({ changes, currency, unit }) => {
    const args = ['simulate', 'transit', '--gtfs', feedOf(changes), '--tear-rate', '0', ...SIZE];
    const metro = await json<Metro>(...args);
    expect(metro).toMatchObject({ currency, declinedBy: {}, conservation: { difference: 0 } });
    expect(metro.fareTotal).toBeGreaterThan(0);
    expect(metro.fareTotal % unit).toBe(0);
    expect(metro.merchantPayable).toBe(metro.fareTotal);
  });
});

describe('a feed that is wrong', () => {
  const rows: readonly [string, Changes, RegExp][] = [
    [
      'no fares',
      { 'fare_attributes.txt': undefined },
      /"fare_attributes\.txt" expected at least one/,
    ],
    ['an empty tariff', fares(), /"fare_attributes\.txt" expected at least one fare/],
    [
      'fares that reach no station',
      rules('fare_id,origin_id', 'F,9'),
      /"fare_rules\.txt" expected a/,
    ],
    [
      'half a yen',
      fares('F,2.5,JPY,1,0'),
      /fare_attributes\.txt row 2 price" expected JPY.*"2\.5"/,
    ],
    ['two currencies', fares('F,1,INR,1,0', 'G,1,USD,1,0'), /row 3 currency_type" expected INR/],
    ['a negative fare', fares('F,-1,INR,1,0'), /row 2 price" expected INR.*"-1"/],
    ['no agency', { 'agency.txt': undefined }, /"agency\.txt" expected a file/],
    [
      'a call at an unknown stop',
      { 'stop_times.txt': stopTimes({ out: 'A Q C' }) },
      /"stop_times\.txt row 3 stop_id" expected a stop_id of stops\.txt, got "Q"/,
    ],
  ];

  it.each(rows)(
    'by %s is refused by simulate and gate with its place',
    async (_name, changes, said) => {
      const feed = feedOf(changes);
      const world = await openpurse('simulate', 'transit', '--gtfs', feed, ...SIZE);
      expect(world).toMatchObject({ code: 1, stdout: '' });
      expect(world.stderr).toMatch(/^openpurse: GTFS_INVALID: /);
      expect(world.stderr).toMatch(said);
    },
  );

  it.each([['/none'], [import.meta.filename]])('refuses %s, which is no folder', async (path) => {
    const ran = await openpurse('simulate', 'transit', '--gtfs', path);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('"--gtfs" expected a folder of GTFS files');
  });
});

describe('a gate of a feed', () => {
  it('in another currency than its folder names the file to change', async () => {
    const data = temporaryFolder();
    await succeed('card', 'create', 'alice', '--data', data);
    const ran = await openpurse(
      ...['gate', 'in', '--station', 'A', '--gtfs', feedOf(fares('F,230,JPY,1,0'))],
      ...['--data', data],
    );
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(`expected INR as in ${join(data, 'config.json')}, got JPY`);
  });

  it('finds stations of another script by id and by name', async () => {
    const data = temporaryFolder();
    const feed = feedOf({
      ...stops('駅一,一,1,2,1', '駅二,ベータ駅,1,2,1'),
      'stop_times.txt': stopTimes({ out: '駅一 駅二', back: '駅二 駅一' }),
    });
    const at = ['--gtfs', feed, '--data', data];
    await succeed('card', 'create', 'alice', '--data', data);
    await succeed('pos', 'load', '100', '--data', data);
    await succeed('gate', 'in', '--station', '駅一', ...at);
    expect(await succeed('gate', 'out', '--station', 'ベータ駅', ...at)).toContain(
      'exit of INR 12.50',
    );
    await succeed('batch', 'upload', '--data', data);
  });
});
