// SPDX-License-Identifier: MIT
/** A copy of the database while others use it, and what such a copy says of itself. */
import Database from 'better-sqlite3';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';

/** More than any database has: one step copies one state, whoever writes meanwhile. */
const ALL_PAGES = 0x7fff_ffff;

/** What a copy must agree on with what is written of it. */
export interface SnapshotSummary {
  readonly schemaVersion: number;
  readonly records: number;
  readonly journalEntries: number;
  /** Hash of the last journal entry, hexadecimal; empty in an empty ledger. */
  readonly journalHash: string;
  readonly auditRows: number;
  /** Names of the raw files, one for each batch row, in their order. */
  readonly rawFiles: readonly string[];
}

/** Copies the database at `from` to `to` in one state, as a single file. @throws FILE_UNREADABLE */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = open(from);
  try {
    await source.backup(to, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new Database(to);
  try {
    // Without it the copy would have a log beside it again.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Reads a copy. @throws FILE_UNREADABLE when it is no database of the host, or is damaged. */
export function readSnapshot(path: string): SnapshotSummary {
  const database = open(path);
  try {
    const one = (sql: string): unknown => database.prepare(sql).pluck().get();
    const check = database.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw unreadable(path, check);
    const hash = one('SELECT hash FROM journals ORDER BY id DESC LIMIT 1');
    return {
      schemaVersion: Number(database.pragma('user_version', { simple: true })),
      records: Number(one('SELECT COUNT(*) FROM records')),
      journalEntries: Number(one('SELECT COUNT(*) FROM journals')),
      journalHash: hash instanceof Uint8Array ? toHex(hash) : '',
      auditRows: Number(one('SELECT COUNT(*) FROM audit_log')),
      rawFiles: database
        .prepare<[], string>('SELECT raw_file FROM batches ORDER BY id')
        .pluck()
        .all(),
    };
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(path, cause);
  } finally {
    database.close();
  }
}

function open(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Fault {
  const got = cause instanceof Error ? cause.message : String(cause);
  return new Fault('FILE_UNREADABLE', `"${path}" expected a database of the host, got ${got}`, {
    cause,
  });
}
