// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { account } from '../../../../host/ledger/accounts.table.ts';
import {
  confirmPayout,
  endToEndId,
  rejectPayout,
  returnPayout,
  sendPayout,
} from '../../../../host/settlement/payouts.ts';
import { disposeAll } from '../intake-fixtures.ts';
import { ACCOUNT, ANN, openShop, type Shop } from './settlement-fixtures.ts';

afterEach(disposeAll);

const ID = '1-SHOP';
const REFUSAL = { bankReference: 'B9', reason: 'closed' };

const EVENTS = {
  send: ({ test }: Shop) => sendPayout(test.host.settlement, ID, ANN),
  confirm: ({ test }: Shop) => confirmPayout(test.host.settlement, ID, 'B1', ANN),
  reject: ({ test }: Shop) => rejectPayout(test.host.settlement, ID, REFUSAL, ANN),
  return: ({ test }: Shop) => returnPayout(test.host.settlement, ID, REFUSAL, ANN),
} as const;
type EventName = keyof typeof EVENTS;

/** What stands on payout, bank and merchant: what is owed is positive. */
const standing = ({ test, position }: Shop): readonly number[] => [
  0 - test.host.store.balance(account('2045', ID)),
  0 - test.host.store.balance(account('1010', 'main')),
  position(),
];

async function paid(...events: readonly EventName[]): Promise<Shop> {
  const shop = await openShop();
  shop.set('SHOP', { account: ACCOUNT });
  await shop.sell();
  await shop.close();
  for (const event of events) EVENTS[event](shop);
  return shop;
}

/** Money on its way, paid by the bank, or owed to the merchant again. */
const WAY = [40, 0, 0];
const PAID = [0, 40, 0];
const OWED = [0, 0, 40];

describe('a payout', () => {
  it.each<[readonly EventName[], string, readonly number[]]>([
    [[], 'instructed', WAY],
    [['send'], 'sent', WAY],
    [['send', 'send'], 'sent', WAY],
    [['confirm'], 'confirmed', PAID],
    [['reject'], 'rejected', OWED],
    [['return'], 'returned', OWED],
    [['send', 'confirm'], 'confirmed', PAID],
    [['send', 'reject'], 'rejected', OWED],
    [['send', 'return'], 'returned', OWED],
    [['confirm', 'confirm'], 'confirmed', PAID],
    [['confirm', 'return'], 'returned', OWED],
    [['reject', 'reject'], 'rejected', OWED],
    [['confirm', 'return', 'return'], 'returned', OWED],
  ])('after %j is %s, and its money is in one place', async (events, state, money) => {
    const shop = await paid(...events);
    expect(shop.test.host.store.payout(ID)?.state).toBe(state);
    expect(standing(shop)).toEqual(money);
    shop.check();
  });

  it.each<[readonly EventName[], EventName, string]>([
    [['confirm'], 'send', 'confirmed'],
    [['confirm'], 'reject', 'confirmed'],
    [['reject'], 'send', 'rejected'],
    [['reject'], 'confirm', 'rejected'],
    [['reject'], 'return', 'rejected'],
    [['return'], 'send', 'returned'],
    [['return'], 'confirm', 'returned'],
    [['return'], 'reject', 'returned'],
  ])('after %j refuses to %s and moves nothing', async (events, event, state) => {
    const shop = await paid(...events);
    const before = standing(shop);
    expect(() => EVENTS[event](shop)).toThrow(
      `"payout" expected one that can ${event}, got ${ID}, which is ${state}`,
    );
    expect(standing(shop)).toEqual(before);
  });

  it('keeps the reference of the bank, and who told what', async () => {
    const shop = await paid('send', 'confirm');
    const { store } = shop.test.host;
    expect(store.payout(ID)?.bankReference).toBe('B1');
    expect(store.settlementEvents(`payout:${ID}`)).toMatchObject([
      { actor: 'ann', action: 'sent' },
      { actor: 'ann', action: 'confirmed', detail: 'B1' },
    ]);
  });
});

describe('an end-to-end id', () => {
  it('is the id of the payout where banks carry it, else one as unique', () => {
    expect(endToEndId(12, 'SHOP.1')).toBe('12-SHOP.1');
    const long = endToEndId(12_345, 'A'.repeat(32));
    expect(long).toMatch(/^12345-H[0-9A-F]{16}$/);
    expect(endToEndId(1, 'A_B')).not.toBe(endToEndId(1, 'A-B'));
    expect(endToEndId(1, 'A_B')).toMatch(/^1-H/);
  });
});
