// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { account } from '../../host/ledger/accounts.table.ts';
import type { HostStore } from '../../host/store/store.ts';
import { signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';

const AT = instant(1_770_000_000_000);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Accounts and entries. */
export function booksContract(store: () => HostStore): void {
  const postings = [
    { account: account('2010'), amount: signedAmount(5) },
    { account: account('2040', 'M'), amount: signedAmount(-5) },
  ];

  it('gives the balance of an account, zero before the first posting', () => {
    const shop = account('2040', 'M');
    expect(store().balance(shop)).toBe(0);
    store().setBalance(shop, signedAmount(-5));
    store().setBalance(shop, signedAmount(-9));
    store().setBalance(account('2010'), signedAmount(Number.MAX_SAFE_INTEGER));
    expect(store().balances()).toEqual([
      { account: '2010', balance: Number.MAX_SAFE_INTEGER },
      { account: '2040:M', balance: -9 },
    ]);
  });

  it('keeps entries with their legs, one for each source', () => {
    const entry = {
      id: 1,
      source: 's1',
      kind: 'purchase',
      postings,
      postedAt: AT,
      window: 3,
      hash: bytes(1, 2),
    } as const;
    const after = postings.map((posting) => posting.amount);
    expect(store().lastEntry()).toBeUndefined();
    store().insertEntry(entry, after);
    expect([store().hasEntry('s1'), store().hasEntry('s2')]).toEqual([true, false]);
    expect([...store().entries()]).toEqual([entry]);
    expect(store().lastEntry()).toEqual({ id: 1, hash: entry.hash });
    expect(() => store().insertEntry({ ...entry, id: 2 }, after)).toThrow();
  });
}
