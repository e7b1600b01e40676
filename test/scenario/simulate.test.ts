// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedFiles } from '../unit/gtfs/feed-builder.ts';
import { json, openpurse, succeed, temporaryFolder, writeFeed } from './cli-runner.ts';

interface World {
  readonly seed: number;
  readonly cards: number;
  readonly taps: number;
  readonly approved: number;
  readonly declined: number;
  readonly declinedBy: Readonly<Record<string, number>>;
  readonly uncertain: number;
  readonly recovered: number;
  readonly records: number;
  readonly posted: number;
  readonly exceptions: number;
  readonly exceptionsByRule: Readonly<Record<string, number>>;
  readonly conservation: {
    readonly cardBalances: number;
    readonly inFlight: number;
    readonly float: number;
    readonly difference: number;
  };
  readonly fareTotal: number;
  readonly merchantPayable: number;
  readonly loads: number;
  readonly stateHash: string;
  readonly wallMs: number;
}

const simulate = (world: string, ...args: readonly string[]): Promise<World> =>
  json<World>('simulate', world, ...args);

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** What must be true of every world, however it was torn. */
function expectSums(world: World): void {
  expect(world.approved + world.declined + world.uncertain).toBe(world.taps);
  expect(sumOf(world.declinedBy)).toBe(world.declined);
  expect(sumOf(world.exceptionsByRule)).toBe(world.exceptions);
  expect(world.posted).toBeLessThanOrEqual(world.records);
  const { cardBalances, inFlight, float, difference } = world.conservation;
  expect(difference).toBe(0);
  expect(cardBalances + inFlight).toBe(float);
  // Merchants are owed what cards proved, no more; what is unproven stays unpresented at the host.
  expect(world.merchantPayable).toBe(world.fareTotal);
  expect(world.stateHash).toMatch(/^[0-9A-F]{64}$/);
  expect(Number.isInteger(world.wallMs)).toBe(true);
}

const withoutTime = (world: World): object => ({ ...world, wallMs: 0 });

describe('a simulated metro', () => {
  it('of one seed has one end, and its sums agree', async () => {
    // Three stations: a round of batches of the bundled feed's 57 takes most of its time to write.
    const feed = writeFeed(join(temporaryFolder(), 'feed'), feedFiles());
    const args = ['--gtfs', feed, '--cards', '100', '--taps', '2000', '--seed', '7'];
    const first = await simulate('transit', ...args, '--tear-rate', '0.02');
    expect(first).toMatchObject({ seed: 7, cards: 100, taps: 2000 });
    expectSums(first);
    expect(first.fareTotal).toBeGreaterThan(0);
    expect(first.recovered).toBeGreaterThan(0);
    const again = await simulate('transit', ...args, '--tear-rate', '0.02');
    expect(withoutTime(again)).toEqual(withoutTime(first));
  });

  it('of Hyderabad runs from the bundled feed', async () => {
    const metro = await simulate('transit', '--cards', '5', '--taps', '20');
    expectSums(metro);
    expect(metro).toMatchObject({ currency: 'INR', cards: 5, taps: 20 });
  });
});

describe('a simulated street of shops', () => {
  const SMALL = ['--cards', '10', '--taps', '150'];

  it('of another seed has another end', async () => {
    const seven = await simulate('shop', ...SMALL, '--seed', '7');
    const again = await simulate('shop', ...SMALL, '--seed', '7');
    const eight = await simulate('shop', ...SMALL, '--seed', '8');
    expect(withoutTime(again)).toEqual(withoutTime(seven));
    expect(eight.stateHash).not.toBe(seven.stateHash);
    expectSums(seven);
    expectSums(eight);
  });

  const extremes: readonly [string, readonly string[]][] = [
    ['one card and one tap', ['--cards', '1', '--taps', '1']],
    ['more cards than taps', ['--cards', '30', '--taps', '3']],
    ['one shop, one card', ['--shops', '1', '--cards', '1', '--taps', '100']],
    ['every commit torn', ['--cards', '5', '--taps', '120', '--tear-rate', '1']],
    ['half of the commits torn', ['--cards', '5', '--taps', '120', '--tear-rate', '0.5']],
    ['yen', ['--cards', '5', '--taps', '50', '--currency', 'JPY']],
  ];

  it.each(extremes)('with %s comes to its end and conserves money', async (_name, args) => {
    expectSums(await simulate('shop', ...args, '--seed', '3'));
  });

  it('without tears has no uncertain tap and no exception', async () => {
    const world = await simulate('shop', ...SMALL, '--tear-rate', '0');
    expectSums(world);
    expect(world).toMatchObject({ uncertain: 0, recovered: 0, exceptions: 0 });
    expect(world.records).toBe(world.approved + world.loads);
  });

  it('keeps its host in a new folder, for the reports', async () => {
    const data = join(temporaryFolder(), 'world');
    const world = await simulate('shop', ...SMALL, '--currency', 'JPY', '--data', data);
    const report = await json<{ merchants: readonly { payable: number }[] }>(
      ...['host', 'report', '--data', data],
    );
    const payable = report.merchants.reduce((total, merchant) => total + merchant.payable, 0);
    expect(payable).toBe(world.merchantPayable);
    expect(report).toMatchObject({ currency: 'JPY', records: world.posted });
    expect((await openpurse('simulate', 'shop', '--data', data)).code).toBe(2);
  });

  it('says the same to people as to programs', async () => {
    const world = await simulate('shop', ...SMALL);
    const text = await succeed('simulate', 'shop', ...SMALL);
    expect(text).toContain('150 taps of 10 cards, seed 1, ');
    expect(text).toContain(`approved ${world.approved}, declined ${world.declined}`);
    expect(text).toMatch(/^ {2}difference {4}INR 0\.00$/m);
    expect(text).toContain(`state ${world.stateHash}`);
  });
});

describe('the benchmarks', () => {
  it('print ratios with the machine they were measured on', async () => {
    const tap = await json<{ suites: readonly { ratioToCeiling: number }[] }>(
      ...['bench', 'tap', '--purchases', '100'],
    );
    expect(tap).toMatchObject({
      machine: { node: process.version },
      suites: [{ suite: 'aes' }, { suite: 'tdes' }],
    });
    for (const suite of tap.suites) expect(suite.ratioToCeiling).toBeGreaterThan(0);
    const args = ['--records', '1000', '--preload', '500', '--batch', '300', '--workers', '0'];
    expect(await json('bench', 'clearing', ...args)).toMatchObject({
      records: 1000,
      preloaded: 500,
      invariantsHold: true,
    });
  });
});
