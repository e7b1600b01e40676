// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { amount, signedAmount } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import {
  account,
  accountRow,
  ACCOUNTS,
  type AccountId,
} from '../../../host/ledger/accounts.table.ts';
import { checkSides, checkTrialBalance, post } from '../../../host/ledger/ledger.ts';
import { NetPostings } from '../../../host/ledger/postings.ts';
import { trialBalance } from '../../../host/report/statements.ts';
import { ensureWindow } from '../../../host/settlement/windows.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { HostStore } from '../../../host/store/store.ts';

const AT = instant(0);
const FLOAT = account('2010');
const SHOP = account('2040', 'SHOP');

let store: HostStore;
beforeEach(() => {
  store = openSqliteStore(':memory:');
  ensureWindow(store, instant(0));
});
afterEach(() => {
  store.close();
});

describe('posting an entry', () => {
  it('adds every leg to its account', () => {
    const postings = new NetPostings().transfer(FLOAT, SHOP, amount(30)).net();
    post(store, { source: 'a', kind: 'purchase', postings }, AT);
    post(store, { source: 'b', kind: 'purchase', postings }, AT);
    expect([store.balance(FLOAT), store.balance(SHOP)]).toEqual([60, -60]);
    expect([...store.entries()]).toMatchObject([{ source: 'a' }, { source: 'b', postings }]);
  });

  it('without legs posts nothing', () => {
    post(store, { source: 'a', kind: 'purchase', postings: [] }, AT);
    expect(store.hasEntry('a')).toBe(false);
  });

  it('whose legs do not sum to zero is our defect, and nothing is posted', () => {
    const postings = [{ account: FLOAT, amount: signedAmount(1) }];
    expect(() => post(store, { source: 'a', kind: 'purchase', postings }, AT)).toThrow(/I1/);
    expect(store.balances()).toEqual([]);
  });

  it('with a source that was posted before fails', () => {
    const postings = new NetPostings().transfer(FLOAT, SHOP, amount(30)).net();
    const entry = { source: 'a', kind: 'purchase' as const, postings };
    post(store, entry, AT);
    const again = (): void => store.transaction(() => post(store, entry, AT));
    expect(again).toThrow();
    expect(store.balance(FLOAT)).toBe(30);
  });
});

describe('the hash of an entry', () => {
  const legs = new NetPostings()
    .transfer(FLOAT, account('2061'), amount(30))
    .transfer(account('1060'), account('2075'), amount(5))
    .net();
  const sha256 = (...parts: readonly (string | Uint8Array)[]): string =>
    parts
      .reduce((hash, part) => hash.update(part), createHash('sha256'))
      .digest('hex')
      .toUpperCase();

  it.each([
    ['in the order of their accounts', legs],
    ['in another order', [...legs].reverse()],
  ])('covers the hash before and all of the entry; legs %s', (_order, postings) => {
    post(store, { source: 'a', kind: 'purchase', postings }, AT);
    post(store, { source: 'b', kind: 'correction', postings }, instant(5));
    const [first, second] = [...store.entries()];
    const lines = '1060 5\n2010 30\n2061 -30\n2075 -5';
    const window = store.openWindow();
    expect(toHex(first!.hash)).toBe(
      sha256(new Uint8Array(32), `1 a purchase 0 ${window}\n${lines}`),
    );
    expect(toHex(second!.hash)).toBe(sha256(first!.hash, `2 b correction 5 ${window}\n${lines}`));
  });
});

describe('what would overdraw', () => {
  let posted = 0;
  /** Posts a transfer and says what then stands on the accounts. */
  function transfer(
    [debit, credit, value]: readonly [AccountId, AccountId, number],
    ...accounts: readonly AccountId[]
  ): readonly number[] {
    const postings = new NetPostings().transfer(debit, credit, amount(value)).net();
    post(store, { source: `t${++posted}`, kind: 'correction', postings }, AT);
    return accounts.map((id) => store.balance(id));
  }

  it('what a merchant is owed is owed by that merchant, and paid first by what comes in', () => {
    const owes = account('1050', 'SHOP');
    transfer([FLOAT, account('2040', 'OTHER'), 100]);
    expect(transfer([FLOAT, SHOP, 30], SHOP, owes)).toEqual([-30, 0]);
    expect(transfer([SHOP, FLOAT, 50], SHOP, owes)).toEqual([0, 20]);
    expect(transfer([FLOAT, SHOP, 15], SHOP, owes)).toEqual([0, 5]);
    expect(transfer([FLOAT, SHOP, 15], SHOP, owes)).toEqual([-10, 0]);
    expect(store.balance(account('2040', 'OTHER'))).toBe(-100);
    expect(() => checkTrialBalance(store)).not.toThrow();
  });

  it.each(['2090', '2095'] as const)('%s comes out of income, which is not paid again', (code) => {
    const owed = account(code);
    const income = account('4040');
    expect(transfer([FLOAT, owed, 10], owed, income)).toEqual([-10, 0]);
    expect(transfer([owed, FLOAT, 25], owed, income)).toEqual([0, 15]);
    expect(transfer([FLOAT, owed, 7], owed, income)).toEqual([-7, 15]);
  });
});

describe('the checks', () => {
  it('find a credit account on the debit side and the other way round', () => {
    store.setBalance(FLOAT, signedAmount(1));
    expect(() => checkSides(store, [FLOAT])).toThrow(/I9: account 2010 expected a credit balance/);
    store.setBalance(account('1060'), signedAmount(-1));
    expect(() => checkSides(store, [account('1060')])).toThrow(/I9: account 1060 expected a debit/);
    store.setBalance(account('1060'), signedAmount(1));
    expect(() => checkSides(store, [SHOP, account('1060'), account('5010')])).not.toThrow();
  });

  it('find a trial balance that is not zero', () => {
    store.setBalance(FLOAT, signedAmount(-5));
    expect(() => checkTrialBalance(store)).toThrow(/I2/);
    store.setBalance(account('1060'), signedAmount(5));
    expect(() => checkTrialBalance(store)).not.toThrow();
  });

  it('show the trial balance with every account on its side', () => {
    const postings = new NetPostings().transfer(account('1030', 'T1'), FLOAT, amount(7)).net();
    post(store, { source: 'a', kind: 'loadProven', postings }, AT);
    expect(trialBalance(store)).toEqual({
      lines: [
        { account: '1030:T1', name: 'Load receivable', debit: 7, credit: 0 },
        { account: '2010', name: 'Purse float', debit: 0, credit: 7 },
      ],
      debit: 7,
      credit: 7,
    });
  });
});

describe('net postings', () => {
  it('cancel what goes back and forth, in the order of the accounts', () => {
    const net = new NetPostings()
      .transfer(SHOP, FLOAT, amount(5))
      .transfer(FLOAT, SHOP, amount(5))
      .transfer(account('9010'), account('1060'), amount(2))
      .transfer(FLOAT, SHOP, amount(0));
    expect(net.net()).toEqual([
      { account: '1060', amount: -2 },
      { account: '9010', amount: 2 },
    ]);
    expect([net.of(SHOP), net.of(account('2095'))]).toEqual([0, 0]);
  });

  it('take in the legs of others', () => {
    const legs = new NetPostings().transfer(FLOAT, SHOP, amount(5)).net();
    expect(new NetPostings().addAll(legs).addAll(legs).of(FLOAT)).toBe(10);
  });
});

describe('the chart of accounts', () => {
  it('is in numeric order, and every id leads back to its row', () => {
    const codes = Object.keys(ACCOUNTS) as (keyof typeof ACCOUNTS)[];
    expect(codes).toEqual([...codes].sort());
    for (const code of codes) {
      expect(accountRow(account(code, 'KEY'))).toBe(ACCOUNTS[code]);
      expect(accountRow(account(code))).toBe(ACCOUNTS[code]);
    }
  });
});
