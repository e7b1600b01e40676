// SPDX-License-Identifier: MIT
/** Posts entries: double entry, immutable, one transaction with whatever caused them. */
import { invariant } from '../../src/errors/invariant.ts';
import { addSigned, sumSigned } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';
import { entryHash, GENESIS_HASH } from './entry-hash.ts';
import { accountRow, type AccountId } from './accounts.table.ts';
import { withExcess } from './excess.ts';
import type { JournalEntry } from './model.ts';

/**
 * Posts an entry inside the caller's transaction. An entry without legs is not posted. What would overdraw
 * an account of `excess.table.ts` stands on the account named there, in the same entry.
 * @throws Defect when the legs do not sum to zero (I1): we are about to make or lose money.
 */
export function post(store: HostStore, entry: JournalEntry, at: Instant): void {
  if (entry.postings.length === 0) return;
  const total = sumSigned(entry.postings.map((posting) => posting.amount));
  invariant(total === 0, `I1: entry "${entry.source}" expected legs that sum to 0, got ${total}`);
  const legs = withExcess(entry.postings, (id) => store.balance(id));
  const postings = [...legs].sort((left, right) => (left.account < right.account ? -1 : 1));
  const after = postings.map(({ account, amount }) => {
    const balance = addSigned(store.balance(account), amount);
    store.setBalance(account, balance);
    return balance;
  });
  const last = store.lastEntry();
  const { source, kind } = entry;
  const id = (last?.id ?? 0) + 1;
  const window = store.openWindow();
  const posted = { id, source, kind, postedAt: at, window, postings };
  const hash = entryHash(last?.hash ?? GENESIS_HASH, posted);
  store.insertEntry({ id, source, kind, postedAt: at, window, postings, hash }, after);
}

/** I9: no account stands on the wrong side of the chart: the excess belongs to another account. */
export function checkSides(store: HostStore, accounts: Iterable<AccountId>): void {
  for (const account of accounts) {
    const balance = store.balance(account);
    const isRight = accountRow(account).side === 'debit' ? balance >= 0 : balance <= 0;
    invariant(
      isRight,
      `I9: account ${account} expected a ${accountRow(account).side} balance, got ${balance}`,
    );
  }
}

/** I2: all balances sum to zero. */
export function checkTrialBalance(store: HostStore): void {
  const total = store.trialTotal();
  invariant(total === 0, `I2: the trial balance expected to sum to 0, got ${total}`);
}
