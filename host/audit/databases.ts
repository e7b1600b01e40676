// SPDX-License-Identifier: MIT
/**
 * The two databases of the auditor: the host's, opened read-only and read in one snapshot, so that it may
 * serve meanwhile; and its own, in which it remembers how far it has come.
 */
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import { SCHEMA_VERSION } from '../store/schema.ts';

/** Changed with the tables below: an older memory is forgotten, and the audit starts over. */
const MEMORY_VERSION = 2;

/**
 * `evidence` has a row for each different record, keyed by terminal, terminal counter and a digest; flags
 * are those of `checks/i08-batch-completeness.ts`. `card_marks` tells whether a card has changed.
 */
const MEMORY = `
CREATE TABLE progress (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE findings (
  invariant TEXT NOT NULL, subject TEXT NOT NULL, expected TEXT NOT NULL, found TEXT NOT NULL,
  amount INTEGER NOT NULL
) STRICT;
CREATE INDEX findings_of_invariant ON findings (invariant);
CREATE TABLE finding_counts (invariant TEXT PRIMARY KEY, count INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE account_sums (account TEXT PRIMARY KEY, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE evidence (
  key BLOB PRIMARY KEY, flags INTEGER NOT NULL, amount INTEGER NOT NULL, record INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_open ON evidence (flags) WHERE flags & 3 <> 3;
CREATE TABLE unread_batches (
  terminal TEXT NOT NULL, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE credits (
  record INTEGER PRIMARY KEY, amount INTEGER NOT NULL,
  -- The part that the card did not pay: a claim that was held and then paid all the same.
  unpaid INTEGER NOT NULL
) STRICT;
CREATE TABLE sam_conflicts (number BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE sam_value (
  terminal TEXT PRIMARY KEY, claimed INTEGER NOT NULL, attested INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE window_sums (
  window INTEGER NOT NULL, merchant TEXT NOT NULL, type INTEGER NOT NULL,
  count INTEGER NOT NULL, gross INTEGER NOT NULL,
  PRIMARY KEY (window, merchant, type)
) STRICT, WITHOUT ROWID;
CREATE TABLE card_marks (
  serial BLOB PRIMARY KEY, mark TEXT NOT NULL, length INTEGER NOT NULL, spent INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Opens the host's database in one read transaction. @throws STORE_UNUSABLE */
export function openLedger(path: string): Database.Database {
  let ledger: Database.Database | undefined;
  try {
    ledger = new Database(path, { readonly: true, fileMustExist: true });
    ledger.pragma('query_only = ON');
    const version = Number(ledger.pragma('user_version', { simple: true }));
    if (version !== SCHEMA_VERSION) {
      throw new Fault(
        'STORE_UNUSABLE',
        `"${path}" expected schema version ${SCHEMA_VERSION}, got ${version}`,
      );
    }
    ledger.exec('BEGIN');
    // The snapshot is taken by the first statement that reads.
    ledger.prepare('SELECT COUNT(*) FROM meta').get();
    return ledger;
  } catch (cause) {
    ledger?.close();
    if (cause instanceof Fault) throw cause;
    throw new Fault('STORE_UNUSABLE', `"${path}" expected a database of the host`, { cause });
  }
}

/**
 * Opens the auditor's database, made when it is not there, in one write transaction: what a run has found
 * out is kept when it ends, or not at all. @throws STORE_UNUSABLE, also while another audit runs
 */
export function openMemory(path: string): Database.Database {
  let memory: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    memory = new Database(path);
    memory.pragma('busy_timeout = 0');
    memory.exec('BEGIN IMMEDIATE');
    if (Number(memory.pragma('user_version', { simple: true })) !== MEMORY_VERSION) forget(memory);
    return memory;
  } catch (cause) {
    memory?.close();
    throw new Fault(
      'STORE_UNUSABLE',
      `"${path}" expected the auditor's own database, and no other audit that runs`,
      { cause },
    );
  }
}

/** Empties the auditor's database: the next run starts over. */
export function forget(memory: Database.Database): void {
  const tables = memory
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .pluck()
    .all();
  for (const table of tables) memory.exec(`DROP TABLE "${table}"`);
  memory.exec(MEMORY);
  memory.pragma(`user_version = ${MEMORY_VERSION}`);
}
