// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { account, type AccountId } from '../../../../host/ledger/accounts.table.ts';
import { adjustMerchant } from '../../../../host/settlement/adjust.ts';
import { holdPayouts, releasePayouts } from '../../../../host/settlement/merchants.ts';
import { returnPayout } from '../../../../host/settlement/payouts.ts';
import { amount, signedAmount } from '../../../../src/money/amount.ts';
import { batch } from '../host-world.ts';
import { buy, disposeAll, loaded, other, terminal } from '../intake-fixtures.ts';
import { ACCOUNT, ANN, charge, DAY, openShop, type Shop, TERMS } from './settlement-fixtures.ts';

afterEach(disposeAll);

const balance = ({ test }: Shop, code: '1050' | '2041' | '2040', merchant = 'SHOP'): number =>
  test.host.store.balance(account(code, merchant));

describe('closing a window', () => {
  it('pays gross less fees to the merchant, and shares the fee', async () => {
    const shop = await openShop();
    charge(shop);
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    const { window, isNew } = await shop.close();
    expect(isNew).toBe(true);
    expect(window).toMatchObject({ id: 1, state: 'settled', businessDate: '2026-02-02' });
    expect(shop.last()).toMatchObject({
      opening: 0,
      lines: [{ count: 4, gross: 40, feeVersion: 1, fee: 1, net: 39 }],
      payout: 39,
      payoutId: '1-SHOP',
      closing: 0,
      holdReason: null,
    });
    const { store } = shop.test.host;
    expect(store.payouts()).toMatchObject([{ id: '1-SHOP', amount: 39, state: 'instructed' }]);
    expect(store.balance(account('2045', '1-SHOP'))).toBe(-39);
    expect([store.balance(account('4010')), balance(shop, '2040')]).toEqual([-1, 0]);
    expect(store.settlementEvents('window:1')).toMatchObject([{ actor: 'ann', action: 'closed' }]);
    shop.check();
  });

  it('settles nothing that came in later', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    await shop.close();
    await shop.test.upload(batch(terminal, [buy(4, 60)], { batchNumber: 2 }));
    expect(shop.last()).toMatchObject({ window: 1, payout: 40 });
    expect(shop.position()).toBe(10);
    shop.clock.nowMs += DAY;
    await shop.close();
    expect(shop.last()).toMatchObject({ window: 2, opening: 0, payout: 10 });
  });

  it('again on the same date changes nothing, and a new window settles only what is new', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    await shop.close();
    const entries = [...shop.test.host.store.entries()];
    const again = await shop.close();
    expect(again).toMatchObject({ isNew: false, window: { id: 1 } });
    expect([...shop.test.host.store.entries()]).toEqual(entries);
    expect(shop.test.host.store.windows()).toHaveLength(2);
    await shop.ride();
    expect(await shop.close()).toMatchObject({ isNew: true, window: { id: 2 } });
    expect(shop.last('METRO')).toMatchObject({ window: 2, lines: [{ gross: 7 }] });
  });

  it('refuses a date before the last one, and text that is no date', async () => {
    const shop = await openShop();
    await shop.close('2026-02-02');
    await expect(shop.close('2026-02-01')).rejects.toThrow(
      /"date" expected YYYY-MM-DD from 2026-02-02, .*, got "2026-02-01"/,
    );
    await expect(shop.close('2026-02-30')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    ['no account', {}, 'no bank account is known'],
    ['a suspension', { account: ACCOUNT, status: 'suspended' }, 'the merchant is suspended'],
    [
      'a minimum',
      { account: ACCOUNT, minimumPayout: amount(41) },
      'below the minimum payout of INR 0.41',
    ],
  ] as const)('carries over what %s keeps back, and says so', async (_name, terms, reason) => {
    const shop = await openShop();
    shop.set('SHOP', terms);
    await shop.sell();
    await shop.close();
    expect(shop.last()).toMatchObject({ payout: 0, closing: 40, holdReason: reason });
    expect(shop.test.host.store.payouts()).toEqual([]);
    shop.set('SHOP', { account: ACCOUNT, status: 'closed' });
    await shop.close();
    expect(shop.last()).toMatchObject({ window: 2, opening: 40, lines: [], payout: 40 });
  });

  it('pays a held merchant once it is released', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT });
    const { settlement, store } = shop.test.host;
    holdPayouts(settlement, 'SHOP', 'looks like a test', ANN);
    await shop.sell();
    await shop.close();
    expect(shop.last()).toMatchObject({ closing: 40, holdReason: 'held: looks like a test' });
    releasePayouts(settlement, 'SHOP', ANN);
    await shop.close();
    expect(shop.last()).toMatchObject({ payout: 40, closing: 0 });
    expect(store.settlementEvents('merchant:SHOP').map(({ detail }) => detail)).toEqual([
      JSON.stringify({ account: ACCOUNT }),
      '{"holdReason":"looks like a test"}',
      '{"holdReason":null}',
    ]);
  });

  it('keeps a reserve back and releases it on its day', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT, reserveBasisPoints: 1250, reserveDays: 2 });
    await shop.sell();
    await shop.close();
    expect(shop.last()).toMatchObject({ reserveHeld: 5, payout: 35 });
    expect(balance(shop, '2041')).toBe(-5);
    await shop.close('2026-02-03');
    expect(shop.last()).toMatchObject({ window: 1 });
    await shop.close('2026-02-04');
    expect(shop.last()).toMatchObject({ window: 3, reserveReleased: 5, reserveHeld: 0, payout: 5 });
    expect(balance(shop, '2041')).toBe(0);
    shop.check();
  });

  it('gives a payout that came back in the next window', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    await shop.close();
    const refusal = { bankReference: null, reason: 'account closed' };
    returnPayout(shop.test.host.settlement, '1-SHOP', refusal, ANN);
    expect(shop.position()).toBe(40);
    await shop.close();
    expect(shop.last()).toMatchObject({ window: 2, lines: [], adjustments: 40, payout: 40 });
    shop.check();
  });
});

describe('a correction of what was paid out', () => {
  /** Another debit under counter 3 that is earlier: it counts, and the one that was paid falls. */
  const fork = buy(3, 70, { terminal: other, sequence: 1, amount: 9, time: '110000' });

  it('is owed by the merchant, and taken from what it earns next', async () => {
    const shop = await openShop();
    charge(shop);
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    await shop.close();
    await shop.test.upload(batch(other, [fork]));
    expect([balance(shop, '2040'), balance(shop, '1050'), shop.position()]).toEqual([0, 10, -10]);
    shop.clock.nowMs += DAY;
    await shop.close();
    expect(shop.last()).toMatchObject({
      window: 2,
      lines: [{ count: -1, gross: -10, fee: 0 }],
      clawback: -10,
      owed: 10,
      payout: 0,
      closing: 0,
    });
    const { settlement } = shop.test.host;
    const credit = { merchant: 'SHOP', against: account('5050'), source: 'x', reason: 'goodwill' };
    adjustMerchant(settlement, { ...credit, amount: signedAmount(25) }, ANN);
    expect([balance(shop, '2040'), balance(shop, '1050')]).toEqual([-15, 0]);
    shop.clock.nowMs += DAY;
    await shop.close();
    expect(shop.last()).toMatchObject({ adjustments: 25, clawback: 10, owed: 0, payout: 15 });
    shop.check();
  });

  it('leaves the same balances whether it comes before or after other sales', async () => {
    const sale = buy(4, 60, { terminal, sequence: 7, amount: 4 });
    const results = [];
    for (const order of [
      [() => batch(other, [fork]), () => batch(terminal, [sale], { batchNumber: 2 })],
      [() => batch(terminal, [sale], { batchNumber: 2 }), () => batch(other, [fork])],
    ]) {
      const shop = await openShop();
      shop.set('SHOP', { account: ACCOUNT });
      await shop.sell();
      await shop.close();
      for (const make of order) await shop.test.upload(make());
      results.push([balance(shop, '2040'), balance(shop, '1050'), shop.position()]);
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.[2]).toBeLessThan(0);
  });
});

describe('books that are wrong', () => {
  it.each([
    ['a control account', '2010', /BOOKS|2010 purse float/],
    ['what is owed to a merchant', '2040:SHOP', /"2040:SHOP" expected 40, got 39/],
    ['a reserve', '2041:SHOP', /"2041:SHOP" expected 0, got -1/],
    ['a payout', '2045:9-SHOP', /"2045:9-SHOP" expected 0, got -1/],
  ])('are not closed when %s is off', async (_name, id, message) => {
    const shop = await openShop();
    await shop.sell();
    const { store } = shop.test.host;
    // An account as the table names it.
    const damaged = id as AccountId;
    // Two accounts, so that the trial balance is right.
    for (const [each, by] of [
      [damaged, 1],
      [account('1020'), -1],
    ] as const) {
      store.setBalance(each, signedAmount(store.balance(each) + by));
    }
    await expect(shop.close()).rejects.toMatchObject({
      code: 'BOOKS_WRONG',
      message: expect.stringMatching(message) as string,
    });
    expect(store.windows()).toMatchObject([{ id: 1, state: 'open' }]);
  });

  it('are not closed when a record of a batch has no verdict', async () => {
    const shop = await openShop();
    await shop.sell();
    const { store } = shop.test.host;
    const [row] = store.batches();
    const ack = '{"records":[{"from":1,"to":4}]}';
    store.insertBatch({ ...row!, digest: 'other', ack });
    await expect(shop.close()).rejects.toThrow(/"records of batch 2" expected 5, got 4/);
  });
});

describe('an adjustment', () => {
  it('is posted once for its source, and refused for an amount of 0', async () => {
    const shop = await openShop();
    const { settlement } = shop.test.host;
    const debit = {
      merchant: 'SHOP',
      amount: signedAmount(-5),
      against: account('4010'),
      source: 'adjustment:1',
      reason: 'fee of a terminal',
    };
    expect(adjustMerchant(settlement, debit, ANN)).toBe(true);
    expect(adjustMerchant(settlement, debit, ANN)).toBe(false);
    expect(shop.position()).toBe(-5);
    const none = { ...debit, amount: signedAmount(0), source: 'y' };
    expect(() => adjustMerchant(settlement, none, ANN)).toThrow(/other than 0/);
  });
});

describe('fees by record', () => {
  it('round each record by itself, and are those of the records of the window', async () => {
    const shop = await openShop();
    charge(shop, {
      ...TERMS,
      basis: 'record',
      tiers: [{ from: amount(0), basisPoints: [1500, 500] }],
    });
    await shop.test.upload(batch(terminal, [loaded, buy(0, 100), buy(2, 80), buy(3, 70)]));
    await shop.test.upload(batch(terminal, [buy(1, 90)], { batchNumber: 2 }));
    await shop.close();
    // Of each record of 10 the operator gets 1 and what is left of the fee of 2.
    expect(shop.last()?.lines).toMatchObject([
      {
        gross: 40,
        fee: 8,
        shares: [
          { party: 'operator', amount: 8 },
          { party: 'acquirer', name: 'ACQ', amount: 0 },
        ],
        net: 32,
      },
    ]);
  });
});
