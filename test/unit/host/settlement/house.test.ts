// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { account, type AccountId } from '../../../../host/ledger/accounts.table.ts';
import { post } from '../../../../host/ledger/ledger.ts';
import { NetPostings } from '../../../../host/ledger/postings.ts';
import { releaseDormant, sweepCommission } from '../../../../host/settlement/house.ts';
import { amount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';
import { disposeAll } from '../intake-fixtures.ts';
import { ANN, charge, DAY, openShop, TERMS, type Shop } from './settlement-fixtures.ts';

afterEach(disposeAll);

let next = 0;
function move(shop: Shop, debit: AccountId, credit: AccountId, value: number): void {
  const postings = new NetPostings().transfer(debit, credit, amount(value)).net();
  const entry = { source: `test:${++next}`, kind: 'decision', postings } as const;
  post(shop.test.host.store, entry, instant(shop.clock.nowMs));
}

describe('a sweep', () => {
  it('moves what was earned once, as far as the bank account holds it', async () => {
    const shop = await openShop();
    const { settlement, store } = shop.test.host;
    charge(shop, { ...TERMS, minimum: amount(9) });
    await shop.sell();
    await shop.close();
    const earned = 0 - store.balance(account('4010'));
    expect(earned).toBeGreaterThan(5);
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: 0, left: earned });
    move(shop, account('1010', 'main'), account('1030', 'T'), 5);
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: 5, left: earned - 5 });
    move(shop, account('1010', 'main'), account('1030', 'T'), 100);
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: earned - 5, left: 0 });
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: 0, left: 0 });
    expect(store.balance(account('1020'))).toBe(earned);
  });

  it('leaves what others can only be paid from, because a merchant owes it', async () => {
    const shop = await openShop();
    const { settlement, store } = shop.test.host;
    charge(shop, { ...TERMS, minimum: amount(9) });
    await shop.sell();
    await shop.close();
    const earned = 0 - store.balance(account('4010'));
    move(shop, account('1010', 'main'), account('1030', 'T'), 100);
    move(shop, account('1050', 'SHOP'), account('1010', 'main'), earned - 2);
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: 2, left: earned - 2 });
    move(shop, account('1010', 'main'), account('1050', 'SHOP'), earned - 2);
    expect(sweepCommission(settlement, ANN)).toEqual({ swept: earned - 2, left: 0 });
  });
});

describe('dormant money', () => {
  const DORMANT = account('2090');
  const SOURCE = account('1030', 'T');

  it.each([
    ['income', account('4040')],
    ['state', account('2099')],
  ] as const)('goes to the %s after its clock, oldest credits first', async (to, destination) => {
    const shop = await openShop();
    const { settlement, store } = shop.test.host;
    move(shop, SOURCE, DORMANT, 30);
    shop.clock.nowMs += 1000 * DAY;
    move(shop, SOURCE, DORMANT, 50);
    move(shop, SOURCE, account('2095'), 4);
    move(shop, DORMANT, SOURCE, 8);
    expect(releaseDormant(settlement, to, ANN)).toBe(0);
    shop.clock.nowMs += 825 * DAY;
    expect(releaseDormant(settlement, to, ANN)).toBe(22);
    expect(releaseDormant(settlement, to, ANN)).toBe(0);
    expect(store.balance(destination)).toBe(-22);
    shop.clock.nowMs += 1000 * DAY;
    expect(releaseDormant(settlement, to, ANN)).toBe(54);
    expect([store.balance(DORMANT), store.balance(destination)]).toEqual([0, -76]);
  });

  it('that is claimed after it became income takes the income back', async () => {
    const shop = await openShop();
    move(shop, SOURCE, DORMANT, 30);
    shop.clock.nowMs += 1825 * DAY;
    releaseDormant(shop.test.host.settlement, 'income', ANN);
    move(shop, DORMANT, SOURCE, 30);
    const { store } = shop.test.host;
    expect([store.balance(DORMANT), store.balance(account('4040'))]).toEqual([0, 0]);
  });
});
