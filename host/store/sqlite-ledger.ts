// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { AccountId } from '../ledger/accounts.table.ts';
import type { EntryKind } from '../ledger/model.ts';
import type { HostStore, PostedEntry } from './store.ts';

type LedgerVerbs = Pick<
  HostStore,
  | 'balance'
  | 'balances'
  | 'controlSums'
  | 'entries'
  | 'entriesBetween'
  | 'hasEntry'
  | 'insertEntry'
  | 'lastEntry'
  | 'setBalance'
  | 'trialTotal'
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
    'INSERT INTO journals (id, source, kind, posted_at, window, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const selectLast = database.prepare<[], { id: number; hash: Uint8Array }>(
    'SELECT id, hash FROM journals ORDER BY id DESC LIMIT 1',
  );
  const insertPosting = database.prepare('INSERT INTO postings VALUES (?, ?, ?, ?)');
  const findJournal = database
    .prepare<[string], number>('SELECT id FROM journals WHERE source = ?')
    .pluck();
  const sum = (sql: string): (() => number) => {
    const statement = database.prepare<[], number | null>(sql).pluck();
    return () => statement.get() ?? 0;
  };
  const trialSum = sum('SELECT SUM(balance) FROM accounts WHERE balance <> 0');
  const cardSum = sum('SELECT SUM(balance) FROM cards');
  const gapSum = sum("SELECT SUM(value) FROM gaps WHERE state = 'open'");
  const loadSum = sum("SELECT SUM(amount) FROM loads WHERE state = 'inFlight'");
  return {
    balance: (id) => signedAmount(selectBalance.get(id) ?? 0),
    setBalance: (id, balance) => void upsert.run(id, balance),
    trialTotal: () => signedAmount(trialSum()),
    balances: () =>
      database
        .prepare<[], { id: string; balance: number }>(
          'SELECT id, balance FROM accounts ORDER BY id',
        )
        .all()
        // Account ids in the table were built by `account`.
        .map((row) => ({ account: row.id as AccountId, balance: signedAmount(row.balance) })),
    lastEntry() {
      const last = selectLast.get();
      return last === undefined ? undefined : { id: last.id, hash: Uint8Array.from(last.hash) };
    },
    insertEntry({ id, source, kind, postedAt, window, hash, postings }, balancesAfter) {
      insertJournal.run(id, source, kind, postedAt, window, hash);
      for (const [index, posting] of postings.entries()) {
        insertPosting.run(id, posting.account, posting.amount, balancesAfter[index] ?? 0);
      }
    },
    hasEntry: (source) => findJournal.get(source) !== undefined,
    entries: () => entriesOf(database, 0, Number.MAX_SAFE_INTEGER),
    entriesBetween: (after, last) => entriesOf(database, after, last),
    controlSums: () => ({
      cardBalances: amount(cardSum()),
      gaps: amount(gapSum()),
      loadsInFlight: amount(loadSum()),
    }),
  };
}

interface EntryRow {
  readonly id: number;
  readonly source: string;
  readonly kind: EntryKind;
  readonly posted_at: number;
  readonly window: number;
  readonly hash: Uint8Array;
}

/** A stretch of entries with their legs, oldest first; pages of it, so that the memory does not grow with the ledger. */
function* entriesOf(
  database: Database,
  start: number,
  last: number,
): IterableIterator<PostedEntry> {
  const journals = database.prepare<[number, number], EntryRow>(
    'SELECT id, source, kind, posted_at, window, hash FROM journals WHERE id > ? AND id <= ? ORDER BY id LIMIT 1000',
  );
  const legs = database.prepare<[number], { account: AccountId; amount: number }>(
    'SELECT account, amount FROM postings WHERE journal = ? ORDER BY account',
  );
  for (
    let after = start, rows;
    (rows = journals.all(after, last)).length > 0;
    after = rows.at(-1)?.id ?? last
  ) {
    for (const { id, source, kind, posted_at, window, hash } of rows) {
      const postings = legs
        .all(id)
        .map((leg) => ({ account: leg.account, amount: signedAmount(leg.amount) }));
      const postedAt = instant(posted_at);
      yield { id, source, kind, postedAt, window, hash: Uint8Array.from(hash), postings };
    }
  }
}
