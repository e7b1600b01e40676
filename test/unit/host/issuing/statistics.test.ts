// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { account } from '../../../../host/ledger/accounts.table.ts';
import type { StatisticsBy, StatisticsLine } from '../../../../host/issuing/statistics.ts';
import { amount } from '../../../../src/money/amount.ts';
import { TRANSACTION_TYPES } from '../../../../src/purse/transaction-types.table.ts';
import { record } from '../host-world.ts';
import {
  buy,
  CLERK,
  disposeWorlds,
  issuingWorld,
  load,
  METRO,
  OLD,
  STOCK,
  upload,
  type IssuingWorld,
} from './issuing-world.ts';

afterEach(disposeWorlds);

const [NEW] = STOCK;
const gate = {
  card: OLD,
  terminal: METRO,
  transactionType: TRANSACTION_TYPES.compositePurchase.code,
};

/**
 * Two cards: one loaded with 500 buys at the shop for 100 and 40, rides for 25, and shows a fork; the other,
 * of a lot, is loaded with 200 and buys for 30. 15 of the 40 are refunded.
 */
async function busyWorld(): Promise<IssuingWorld> {
  const world = await issuingWorld();
  await load(world, { card: OLD, amount: 500, before: 0, counter: 0, sequence: 1 });
  world.issuing.issue({ serial: NEW.serial, agent: 'KIOSK', holder: null }, CLERK);
  await load(world, { card: NEW, amount: 200, before: 0, counter: 0, sequence: 2 });
  const shop = [
    buy({ amount: 100, before: 500, counter: 0, sequence: 3, place: 'TILL 1' }),
    buy({ amount: 40, before: 400, counter: 1, sequence: 4, place: 'TILL 2' }),
    buy({ card: NEW, amount: 30, before: 200, counter: 0, sequence: 5, place: 'TILL 1' }),
  ];
  await upload(world.test, shop, 3);
  const rides = [
    record({ ...gate, amount: 0, before: 360, counter: 2, sequence: 1, place: 'EAST' }),
    record({ ...gate, amount: 25, before: 360, counter: 3, sequence: 2, place: 'EAST>WEST' }),
    // A second purchase under counter 1, later: held, nobody is paid.
    record({ ...gate, amount: 9, before: 400, counter: 1, sequence: 3, time: '130000' }),
  ];
  await upload(world.test, rides, 1, METRO);
  const refund = { reference: 'r1', serial: OLD.serial, counter: 1, note: '' };
  world.passDays(1);
  world.issuing.refundPurchase({ ...refund, amount: amount(15) }, CLERK);
  return world;
}

const by = (
  { issuing }: IssuingWorld,
  what: StatisticsBy,
  days: { from?: string; to?: string } = {},
): readonly string[] =>
  issuing.statistics({ by: what, from: days.from ?? null, to: days.to ?? null }).lines.map(shown);

const shown = ({ key, entries, purchases, loads, refunds }: StatisticsLine): string =>
  `${key}: ${entries} in, ${purchases.count} bought ${purchases.sum}, ${loads.count} loaded ${loads.sum}, ${refunds.count} refunded ${refunds.sum}`;

describe('statistics', () => {
  it('by merchant are what the ledger credited: purchases less refunds', async () => {
    const world = await busyWorld();
    expect(by(world, 'merchant')).toEqual([
      'METRO: 1 in, 1 bought 25, 0 loaded 0, 0 refunded 0',
      'SHOP: 0 in, 3 bought 170, 2 loaded 700, 1 refunded 15',
    ]);
    const { lines } = world.issuing.statistics({ by: 'merchant', from: null, to: null });
    for (const { key, purchases, refunds } of lines) {
      const credited = 0 - world.host.store.balance(account('2040', key));
      expect(`${key} ${purchases.sum - refunds.sum}`).toBe(`${key} ${credited}`);
    }
    expect(world.balance('2040', 'SHOP')).toBe(-155);
  });

  it('by day count a refund on its own day, and know first and last days', async () => {
    const world = await busyWorld();
    expect(by(world, 'day')).toEqual([
      '20260202: 0 in, 0 bought 0, 2 loaded 700, 0 refunded 0',
      '20260203: 1 in, 4 bought 195, 0 loaded 0, 1 refunded 15',
    ]);
    expect(by(world, 'day', { to: '20260202' })).toHaveLength(1);
    expect(by(world, 'merchant', { from: '20260203', to: '20260203' })).toEqual([
      'METRO: 1 in, 1 bought 25, 0 loaded 0, 0 refunded 0',
      'SHOP: 0 in, 3 bought 170, 0 loaded 0, 1 refunded 15',
    ]);
    expect(by(world, 'merchant', { from: '20260204' })).toEqual([]);
  });

  it('by station count rides where they end and entries where they begin', async () => {
    expect(by(await busyWorld(), 'station')).toEqual([
      '(none): 0 in, 0 bought 0, 2 loaded 700, 0 refunded 0',
      'EAST: 1 in, 0 bought 0, 0 loaded 0, 0 refunded 0',
      'TILL 1: 0 in, 2 bought 130, 0 loaded 0, 0 refunded 0',
      'TILL 2: 0 in, 1 bought 40, 0 loaded 0, 1 refunded 15',
      'WEST: 0 in, 1 bought 25, 0 loaded 0, 0 refunded 0',
    ]);
  });

  it('by lot add up to what its cards were loaded with and have spent', async () => {
    const world = await busyWorld();
    expect(by(world, 'lot')).toEqual([
      '2026A: 0 in, 1 bought 30, 1 loaded 200, 0 refunded 0',
      'default: 1 in, 3 bought 165, 1 loaded 500, 1 refunded 15',
    ]);
    expect(world.issuing.lots()).toEqual([
      { lot: '2026A', cards: 3, balance: 170, loaded: 200, spent: 30 },
      { lot: 'default', cards: 1, balance: 335, loaded: 500, spent: 165 },
    ]);
  });

  it('have the same total by everything', async () => {
    const world = await busyWorld();
    const totals = (['day', 'merchant', 'station', 'lot'] as const).map((what) =>
      shown(world.issuing.statistics({ by: what, from: null, to: null }).total),
    );
    expect(new Set(totals)).toEqual(
      new Set(['total: 1 in, 4 bought 195, 2 loaded 700, 1 refunded 15']),
    );
  });
});
