// SPDX-License-Identifier: MIT
/**
 * The store on SQLite: WAL with `synchronous=FULL`, because a commit that was acknowledged must survive a
 * power cut (better-sqlite3 would default to NORMAL in WAL mode). Statements are prepared once.
 */
import Database from 'better-sqlite3';
import { Fault } from '../../src/errors/fault.ts';
import { bankVerbs } from './sqlite-bank.ts';
import { accessVerbs } from './sqlite-access.ts';
import { clockVerbs } from './sqlite-clocks.ts';
import { cardVerbs } from './sqlite-cards.ts';
import { evidenceVerbs } from './sqlite-evidence.ts';
import { loadVerbs } from './sqlite-loads.ts';
import { issuingVerbs } from './sqlite-issuing.ts';
import { deskVerbs } from './sqlite-desk.ts';
import { ledgerVerbs } from './sqlite-ledger.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { batchVerbs, terminalVerbs } from './sqlite-terminals.ts';
import { messageVerbs } from './sqlite-messages.ts';
import { operationsVerbs } from './sqlite-operations.ts';
import { settlementVerbs } from './sqlite-settlement.ts';
import type { HostStore } from './store.ts';

/** Page cache in KiB: bounds the memory of the host whatever the size of the database. */
const CACHE_KIB = 65_536;
/** Pages in the WAL before a checkpoint, 256 MiB: a card's page that many slices change is copied once. */
const CHECKPOINT_PAGES = 65_536;

/** Opens a database with the pragmas of the host, and its tables. @throws STORE_UNUSABLE */
export function openDatabase(
  path: string,
  durability: Durability,
  onStatement?: OnStatement,
): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { verbose: onStatement });
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

/** `fsync`: a commit survives a power cut. `none`: only for simulated worlds that are thrown away. */
export type Durability = 'fsync' | 'none';

/** Called before each statement that the database runs, BEGIN and COMMIT among them. */
export type OnStatement = (sql: unknown) => void;

/** Opens (and creates) the host's database. `:memory:` is for tests. @throws STORE_UNUSABLE */
export function openSqliteStore(
  path: string,
  durability: Durability = 'fsync',
  onStatement?: OnStatement,
): HostStore {
  const database = openDatabase(path, durability, onStatement);
  const selectMeta = database
    .prepare<[string], string>('SELECT value FROM meta WHERE name = ?')
    .pluck();
  const upsertMeta = database.prepare(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  // Made once: every other change is a transaction.
  const inTransaction = database.transaction((work: () => unknown) => work());
  return {
    transaction: (work) => inTransaction.immediate(work) as ReturnType<typeof work>,
    snapshot: (reads) => inTransaction.deferred(reads) as ReturnType<typeof reads>,
    close: () => void database.close(),
    meta: (name) => selectMeta.get(name),
    setMeta: (name, value) => void upsertMeta.run(name, value),
    ...terminalVerbs(database),
    ...batchVerbs(database),
    ...cardVerbs(database),
    ...loadVerbs(database),
    ...evidenceVerbs(database),
    ...ledgerVerbs(database),
    ...settlementVerbs(database),
    ...bankVerbs(database),
    ...messageVerbs(database),
    ...issuingVerbs(database),
    ...deskVerbs(database),
    ...accessVerbs(database),
    ...operationsVerbs(database),
    ...clockVerbs(database),
  };
}
