// SPDX-License-Identifier: MIT
/**
 * Windows are closed at any moment while batches are taken, of dirty worlds: every cent of every merchant is
 * in just one window, and the books are right after each close.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../bench/clearing-world.ts';
import { checkBooks, merchantPosition } from '../../host/settlement/close-checks.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { confirmPayout, rejectPayout } from '../../host/settlement/payouts.ts';
import { setMerchant } from '../../host/settlement/merchants.ts';
import { setFees } from '../../host/settlement/schedules.ts';
import { ANY } from '../../host/settlement/fee-terms.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import type { HostStore } from '../../host/store/store.ts';
import { batch, type TestHost } from '../unit/host/host-world.ts';
import { ACCOUNT, ANN, TERMS } from '../unit/host/settlement/settlement-fixtures.ts';
import { amount } from '../../src/money/amount.ts';
import { commonDays, dirtyWorlds, makeWorld, type World } from './host-world-generator.ts';
import { openWorld } from './open-world.ts';
import { runs, SEED } from './seeded-runs.ts';

const RUNS = runs(30);
const MERCHANTS = ['SHOP', 'METRO'] as const;

async function opened(world: World): Promise<TestHost> {
  const test = await openWorld(world);
  const { host } = test;
  const terms = { account: ACCOUNT, reserveBasisPoints: 1000, reserveDays: 1 };
  setMerchant(host.settlement, 'SHOP', terms, ANN);
  setMerchant(host.settlement, 'METRO', { account: ACCOUNT, minimumPayout: amount(30) }, ANN);
  for (const [type, basis] of [
    [6, 'window'],
    [ANY, 'record'],
  ] as const) {
    const schedule = { merchant: ANY, type, terms: { ...TERMS, basis }, effectiveOn: null };
    setFees(host.settlement, { ...schedule, isUsual: true }, ANN);
  }
  return test;
}

/** Everything that a merchant was ever credited by records, by the windows and by the fold. */
function expectAllSettled(store: HostStore): void {
  for (const merchant of MERCHANTS) {
    const rows = store.windows().flatMap(({ id }) => store.settlement(id, merchant) ?? []);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const gross = sum(rows.flatMap(({ lines }) => lines.map((line) => line.gross)));
    const totals = store.windows().flatMap(({ id }) => store.windowTotals(id));
    const mine = totals.filter((total) => total.merchant === merchant);
    expect({ merchant, gross }).toEqual({ merchant, gross: sum(mine.map((row) => row.gross)) });
    const fees = sum(rows.flatMap(({ lines }) => lines.map((line) => line.fee)));
    const held = sum(rows.map((row) => row.reserveHeld - row.reserveReleased));
    const paid = sum(rows.map((row) => row.payout));
    const back = sum(rows.map((row) => row.adjustments));
    expect({ merchant, position: merchantPosition(store, merchant) }).toEqual({
      merchant,
      position: gross - fees - held - paid + back,
    });
    expect(0 - store.balance(account('2041', merchant))).toBe(held);
    const [payable, owed] = [account('2040', merchant), account('1050', merchant)];
    expect(store.balance(payable) === 0 || store.balance(owed) === 0).toBe(true);
  }
}

describe.each([
  ['dirty worlds', dirtyWorlds],
  ['common days', commonDays],
])('closing windows while batches of %s are taken', (_name, worlds) => {
  it(
    `conserves every cent of every merchant (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, fc.nat(), async (actions, seed) => {
          const world = makeWorld(actions);
          const test = await opened(world);
          const { store, settlement } = test.host;
          const random = xorshift(seed + 1);
          const work: Promise<unknown>[] = [];
          let day = 2;
          for (const [index, item] of world.records.entries()) {
            const bytes = batch(item.terminal, [item.bytes], { batchNumber: index + 1 });
            work.push(test.upload(bytes));
            if (random() % 4 === 0) {
              const businessDate = `2026-02-${(day += random() % 2).toString().padStart(2, '0')}`;
              work.push(closeWindow(settlement, { businessDate }, ANN));
            }
            if (random() % 3 === 0) await Promise.all(work.splice(0));
            const [payout] = store.payouts('instructed');
            if (payout === undefined || random() % 3 > 0) continue;
            if (random() % 2 === 0) confirmPayout(settlement, payout.id, 'B', ANN);
            else rejectPayout(settlement, payout.id, { bankReference: null, reason: 'r' }, ANN);
          }
          await Promise.all(work);
          await closeWindow(settlement, { businessDate: '2026-03-31' }, ANN);
          checkBooks(store);
          expectAllSettled(store);
          await test.dispose();
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1000,
  );
});

describe('a window of the same records in any order', () => {
  it(
    `settles alike, with payouts of the same ids (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(dirtyWorlds, fc.nat(), async (actions, seed) => {
          const world = makeWorld(actions);
          const random = xorshift(seed + 1);
          const shuffled = world.records
            .map((item) => ({ item, key: random() }))
            .sort((one, other) => one.key - other.key)
            .map(({ item }) => item);
          const outcomes = [];
          for (const records of [world.records, shuffled]) {
            const test = await opened(world);
            const { store, settlement } = test.host;
            for (const [index, { terminal, bytes }] of records.entries()) {
              await test.upload(batch(terminal, [bytes], { batchNumber: index + 1 }));
            }
            await closeWindow(settlement, {}, ANN);
            outcomes.push([store.merchantSettlements(1), store.payouts(), store.heldReserves()]);
            await test.dispose();
          }
          expect(outcomes[1]).toEqual(outcomes[0]);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1000,
  );
});
