// SPDX-License-Identifier: MIT
/** Acquirers, banks and agents are paid like merchants: host/settlement/shares.ts. */
import { afterEach, describe, expect, it } from 'vitest';
import { account, type AccountId } from '../../../../host/ledger/accounts.table.ts';
import { post } from '../../../../host/ledger/ledger.ts';
import { NetPostings } from '../../../../host/ledger/postings.ts';
import { addMerchant } from '../../../../host/settlement/merchants.ts';
import { partyShares, payShares } from '../../../../host/settlement/shares.ts';
import { amount } from '../../../../src/money/amount.ts';
import { disposeAll, terminal } from '../intake-fixtures.ts';
import { ACCOUNT, ANN, charge, DAY, openShop, TERMS, type Shop } from './settlement-fixtures.ts';

afterEach(disposeAll);

/** A shop that has sold and was settled, of whose fee 20 went to the acquirer. */
async function settled(): Promise<Shop> {
  const shop = await openShop();
  charge(shop, { ...TERMS, minimum: amount(27) });
  await shop.sell();
  await shop.close();
  return shop;
}

function owed(shop: Shop, party: AccountId, value: number): void {
  const { store } = shop.test.host;
  const postings = new NetPostings().transfer(account('1030', 'T'), party, amount(value)).net();
  post(
    store,
    { source: `test:${party}`, kind: 'settlement', postings },
    shop.test.host.clock.now(),
  );
}

describe('shares', () => {
  it('wait while nobody of that name is registered', async () => {
    const shop = await settled();
    const { settlement, store } = shop.test.host;
    const waiting = [{ party: 'acquirer', name: 'ACQ', amount: 6, payee: null }];
    expect(partyShares(store)).toEqual(waiting);
    expect(payShares(settlement, ANN)).toEqual(waiting);
    expect(store.balance(account('2050', 'ACQ'))).toBe(-6);
  });

  it('are paid out with the next close, once', async () => {
    const shop = await settled();
    const { settlement, store } = shop.test.host;
    addMerchant(settlement, 'ACQ', ANN);
    shop.set('ACQ', { account: ACCOUNT });
    expect(payShares(settlement, ANN)).toMatchObject([{ name: 'ACQ', amount: 6, payee: 'ACQ' }]);
    expect(payShares(settlement, ANN)).toEqual([]);
    expect(shop.position('ACQ')).toBe(6);
    shop.clock.nowMs += DAY;
    await shop.close();
    expect(shop.last('ACQ')).toMatchObject({ adjustments: 6, payout: 6, payoutId: '2-ACQ' });
    expect(store.balance(account('2050', 'ACQ'))).toBe(0);
    shop.check();
  });

  it('of an agent that is a terminal go to its merchant, and what is owed later goes later', async () => {
    const shop = await openShop();
    const { settlement, store } = shop.test.host;
    owed(shop, account('2052', terminal.id), 11);
    owed(shop, account('2051', 'BANK'), 5);
    expect(payShares(settlement, ANN)).toEqual([
      { party: 'bank', name: 'BANK', amount: 5, payee: null },
      { party: 'agent', name: terminal.id, amount: 11, payee: 'SHOP' },
    ]);
    addMerchant(settlement, 'BANK', ANN);
    expect(payShares(settlement, ANN)).toMatchObject([{ party: 'bank', payee: 'BANK' }]);
    expect([shop.position('SHOP'), shop.position('BANK')]).toEqual([11, 5]);
    expect(partyShares(store)).toEqual([]);
    shop.check();
  });
});

describe('somebody who is paid without a terminal', () => {
  it.each([
    ['A B', /"merchant" expected 1 to 32 letters, digits, \. _ -, got "A B"/],
    ['SHOP', /"merchant" expected a new name, got "SHOP", which is registered/],
  ])('is not %j', async (name, message) => {
    const { test } = await openShop();
    expect(() => addMerchant(test.host.settlement, name, ANN)).toThrow(message);
  });
});
