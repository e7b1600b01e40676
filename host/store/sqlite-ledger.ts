// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { AccountId } from '../ledger/accounts.table.ts';
import type { EntryKind } from '../ledger/model.ts';
import type { HostStore, PostedEntry } from './store.ts';

type LedgerVerbs = Pick<
  HostStore,
  'balance' | 'balances' | 'controlSums' | 'entries' | 'hasEntry' | 'insertEntry' | 'setBalance'
>;

/** Accounts, journals and the control sums. */
export function ledgerVerbs(database: Database): LedgerVerbs {
  const selectBalance = database
    .prepare<[string], number>('SELECT balance FROM accounts WHERE id = ?')
    .pluck();
  const upsert = database.prepare(
    'INSERT INTO accounts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance',
  );
  const insertJournal = database.prepare(
    'INSERT INTO journals (source, kind, posted_at) VALUES (?, ?, ?)',
  );
  const insertPosting = database.prepare('INSERT INTO postings VALUES (?, ?, ?, ?)');
  const findJournal = database
    .prepare<[string], number>('SELECT id FROM journals WHERE source = ?')
    .pluck();
  const sum = (sql: string): (() => number) => {
    const statement = database.prepare<[], number | null>(sql).pluck();
    return () => statement.get() ?? 0;
  };
  const cardSum = sum('SELECT SUM(balance) FROM cards');
  const gapSum = sum('SELECT SUM(value) FROM gaps');
  const loadSum = sum("SELECT SUM(amount) FROM loads WHERE state = 'inFlight'");
  return {
    balance: (id) => signedAmount(selectBalance.get(id) ?? 0),
    setBalance: (id, balance) => void upsert.run(id, balance),
    balances: () =>
      database
        .prepare<[], { id: string; balance: number }>(
          'SELECT id, balance FROM accounts ORDER BY id',
        )
        .all()
        // Account ids in the table were built by `account`.
        .map((row) => ({ account: row.id as AccountId, balance: signedAmount(row.balance) })),
    insertEntry(entry, balancesAfter, postedAt) {
      const journal = Number(insertJournal.run(entry.source, entry.kind, postedAt).lastInsertRowid);
      for (const [index, posting] of entry.postings.entries()) {
        insertPosting.run(journal, posting.account, posting.amount, balancesAfter[index] ?? 0);
      }
      return journal;
    },
    hasEntry: (source) => findJournal.get(source) !== undefined,
    entries: () => entriesOf(database),
    controlSums: () => ({
      cardBalances: amount(cardSum()),
      gaps: amount(gapSum()),
      loadsInFlight: amount(loadSum()),
    }),
  };
}

/** Every entry with its legs, oldest first. */
function* entriesOf(database: Database): IterableIterator<PostedEntry> {
  const journals = database.prepare<
    [],
    { id: number; source: string; kind: EntryKind; posted_at: number }
  >('SELECT * FROM journals ORDER BY id');
  const legs = database.prepare<[number], { account: AccountId; amount: number }>(
    'SELECT account, amount FROM postings WHERE journal = ? ORDER BY account',
  );
  for (const row of journals.all()) {
    const postings = legs
      .all(row.id)
      .map((leg) => ({ account: leg.account, amount: signedAmount(leg.amount) }));
    const { id, source, kind } = row;
    yield { id, source, kind, postedAt: instant(row.posted_at), postings };
  }
}
