// SPDX-License-Identifier: MIT
/**
 * The journal file: WAL, and `synchronous=FULL`, so that a commit has reached the disk when it returns.
 * better-sqlite3 is built with NORMAL for WAL, which would lose the last taps with the power.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Fault } from '../../src/errors/fault.ts';

const JOURNAL_SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5000;

const SCHEMA = `
CREATE TABLE tap (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  operation TEXT NOT NULL,
  serial TEXT NOT NULL,
  suite TEXT NOT NULL,
  key_version INTEGER NOT NULL,
  transaction_type INTEGER NOT NULL,
  counter_before INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  balance_before INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,
  terminal_counter INTEGER NOT NULL,
  date TEXT NOT NULL,
  time TEXT NOT NULL,
  place TEXT NOT NULL,
  hotlist_version INTEGER NOT NULL,
  trip BLOB,
  load_id TEXT,
  state TEXT NOT NULL,
  tac BLOB,
  is_recovered INTEGER NOT NULL DEFAULT 0,
  is_mac2_verified INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER,
  uncertain_sequence INTEGER
) STRICT;
CREATE UNIQUE INDEX tap_pending ON tap (serial) WHERE state = 'pending';
CREATE INDEX tap_suspicious ON tap (serial) WHERE state = 'suspicious';
CREATE INDEX tap_unreported ON tap (id)
  WHERE uncertain_sequence IS NULL AND state IN ('pending', 'suspicious', 'uncertain');
CREATE INDEX tap_declined ON tap (id) WHERE state = 'declined';

CREATE TABLE record (
  sequence INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  tap_id INTEGER NOT NULL REFERENCES tap (id),
  batch INTEGER REFERENCES batch (number)
) STRICT;
CREATE INDEX record_tap ON record (tap_id);
CREATE INDEX record_batch ON record (batch, sequence);

CREATE TABLE batch (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  record_count INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  closed_at_ms INTEGER NOT NULL,
  hotlist_version INTEGER NOT NULL,
  config_version INTEGER NOT NULL,
  digest TEXT,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE card_day (
  serial TEXT PRIMARY KEY,
  date TEXT NOT NULL,
  count INTEGER NOT NULL,
  amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hotlist (serial TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE terminal_state (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  next_sequence INTEGER NOT NULL,
  hotlist_version INTEGER NOT NULL,
  hotlist_count INTEGER NOT NULL,
  hotlist_received_at_ms INTEGER
) STRICT;
INSERT INTO terminal_state VALUES (1, 1, 0, 0, NULL);
`;

/** Runs `work` and gives an SQLite error its fault code. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const isCorrupt = error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB';
    const code = isCorrupt ? 'JOURNAL_CORRUPT' : 'STORE_UNUSABLE';
    const problem = `"${path}" expected a working journal, got ${error.code}: ${error.message}`;
    throw new Fault(code, problem, { cause: error });
  }
}

/**
 * Opens the journal at `path`, or makes it.
 * @throws STORE_UNUSABLE when it cannot be opened or is of another version; JOURNAL_CORRUPT.
 */
export function openJournalDatabase(path: string): Database.Database {
  return guarded(path, () => {
    const database = openFile(path);
    try {
      database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      createSchema(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

function openFile(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (error) {
    // better-sqlite3 has a TypeError for a directory that does not exist.
    if (!(error instanceof TypeError)) throw error;
    throw new Fault('STORE_UNUSABLE', `"${path}" expected a path in a directory that exists`, {
      cause: error,
    });
  }
}

function createSchema(database: Database.Database, path: string): void {
  const version = database.pragma('user_version', { simple: true });
  if (version === JOURNAL_SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new Fault(
      'STORE_UNUSABLE',
      `"${path}" expected journal version ${JOURNAL_SCHEMA_VERSION}, got ${String(version)}`,
    );
  }
  database
    .transaction(() => {
      // Two processes may have seen version 0; the second finds the tables made.
      if (database.pragma('user_version', { simple: true }) !== 0) return;
      database.exec(SCHEMA);
      database.pragma(`user_version = ${JOURNAL_SCHEMA_VERSION}`);
    })
    .immediate();
  if (path !== ':memory:') syncDirectory(dirname(path));
}

/** A new file is durable when the directory that names it is. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
