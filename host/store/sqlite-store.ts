// SPDX-License-Identifier: MIT
/**
 * The store on SQLite: WAL with `synchronous=FULL`, because a commit that was acknowledged must survive a
 * power cut (better-sqlite3 would default to NORMAL in WAL mode). Statements are prepared once.
 */
import Database from 'better-sqlite3';
import { Fault } from '../../src/errors/fault.ts';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { AccountId } from '../ledger/accounts.table.ts';
import type { EntryKind } from '../ledger/model.ts';
import { cardVerbs, evidenceVerbs } from './sqlite-cards.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { batchVerbs, terminalVerbs } from './sqlite-terminals.ts';
import type { HostStore, HotlistRow, PostedEntry } from './store.ts';

/** Page cache in KiB: bounds the memory of the host whatever the size of the database. */
const CACHE_KIB = 65_536;
/** Pages in the WAL before a checkpoint: long enough that a slice is not interrupted by several. */
const CHECKPOINT_PAGES = 16_384;

/** Opens a database with the pragmas of the host, and its tables. @throws STORE_UNUSABLE */
export function openDatabase(path: string, durability: Durability): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${durability === 'fsync' ? 'FULL' : 'OFF'}`);
    database.pragma('foreign_keys = ON');
    database.pragma('busy_timeout = 5000');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    migrate(database, path);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof Fault) throw cause;
    throw new Fault('STORE_UNUSABLE', `"${path}" expected a database of the host`, { cause });
  }
}

function migrate(database: Database.Database, path: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new Fault(
      'STORE_UNUSABLE',
      `"${path}" expected schema version ${SCHEMA_VERSION}, got ${version}`,
    );
  }
  database.transaction(() => {
    database.exec(SCHEMA);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

type LedgerVerbs = Pick<
  HostStore,
  'balance' | 'balances' | 'controlSums' | 'entries' | 'hasEntry' | 'insertEntry' | 'setBalance'
>;

function ledgerVerbs(database: Database.Database): LedgerVerbs {
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
    *entries(): IterableIterator<PostedEntry> {
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
        yield {
          id: row.id,
          source: row.source,
          kind: row.kind,
          postedAt: instant(row.posted_at),
          postings,
        };
      }
    },
    controlSums: () => ({
      cardBalances: amount(cardSum()),
      gaps: amount(gapSum()),
      loadsInFlight: amount(loadSum()),
    }),
  };
}

/** `fsync`: a commit survives a power cut. `none`: only for simulated worlds that are thrown away. */
export type Durability = 'fsync' | 'none';

/** Opens (and creates) the host's database. `:memory:` is for tests. @throws STORE_UNUSABLE */
export function openSqliteStore(path: string, durability: Durability = 'fsync'): HostStore {
  const database = openDatabase(path, durability);
  const selectMeta = database
    .prepare<[string], string>('SELECT value FROM meta WHERE name = ?')
    .pluck();
  const upsertMeta = database.prepare(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const selectHotlist = database.prepare<[], HotlistRow>(
    'SELECT serial, version, reason FROM hotlist ORDER BY serial',
  );
  const insertHotlisted = database.prepare(
    'INSERT INTO hotlist VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    transaction: (work) => database.transaction(work).immediate(),
    close: () => void database.close(),
    meta: (name) => selectMeta.get(name),
    setMeta: (name, value) => void upsertMeta.run(name, value),
    hotlist: () => selectHotlist.all(),
    insertHotlisted: (row) => void insertHotlisted.run(row.serial, row.version, row.reason),
    ...terminalVerbs(database),
    ...batchVerbs(database),
    ...cardVerbs(database),
    ...evidenceVerbs(database),
    ...ledgerVerbs(database),
  };
}
