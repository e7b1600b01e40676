// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../src/errors/fault.ts';
import { instant } from '../../../src/time/instant.ts';
import { MemoryJournal } from '../../../terminal/journal/memory-journal.ts';
import { SqliteJournal } from '../../../terminal/journal/sqlite-journal.ts';
import { openJournalDatabase } from '../../../terminal/journal/sqlite-schema.ts';
import { journalContract, newTap } from './journal-contract.ts';
import { hotlist } from './world.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openpurse-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const path = (): string => join(directory, 'journal.db');

journalContract('in memory', () => new MemoryJournal());
journalContract('in SQLite', () => new SqliteJournal(path()));

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
  return undefined;
}

describe('the SQLite journal', () => {
  it('is the same after it was closed and opened', () => {
    const before = new SqliteJournal(path());
    const proven = before.begin(newTap(1));
    before.approve(proven.id, {
      tac: Uint8Array.of(1, 2, 3, 4),
      isRecovered: true,
      isMac2Verified: false,
    });
    const pending = before.begin(newTap(2, { trip: new Uint8Array(48) }));
    before.cutBatch({ closedAt: instant(5), hotlistVersion: 0, configVersion: 1, recordsMax: 1 });
    before.replaceHotlist(hotlist(7, '9'), instant(6));
    const seen = [before.taps(10), before.batches(), before.summary(), before.hotlist()];
    before.close();
    const after = new SqliteJournal(path());
    expect([after.taps(10), after.batches(), after.summary(), after.hotlist()]).toEqual(seen);
    expect(after.standing(pending.serial, pending.date).pending?.id).toBe(pending.id);
    after.close();
  });

  it('writes through to the disk: WAL with synchronous FULL', () => {
    const database = openJournalDatabase(path());
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    // 2 is FULL. Source: sqlite.org/pragma.html#pragma_synchronous.
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    database.close();
  });

  it('shows a committed tap to another connection at once', () => {
    const journal = new SqliteJournal(path());
    journal.begin(newTap(1));
    const reader = new Database(path(), { readonly: true });
    expect(reader.prepare('SELECT state FROM tap').all()).toEqual([{ state: 'pending' }]);
    reader.close();
    journal.close();
  });

  it('refuses a journal of another version', () => {
    const database = new Database(path());
    database.pragma('user_version = 99');
    database.close();
    expect(codeOf(() => new SqliteJournal(path()))).toBe('STORE_UNUSABLE');
  });

  it('refuses a file that is no database', () => {
    writeFileSync(path(), 'this is not a journal, whatever its name says'.repeat(100));
    expect(codeOf(() => new SqliteJournal(path()))).toBe('JOURNAL_CORRUPT');
  });

  it('refuses a directory that does not exist', () => {
    expect(codeOf(() => new SqliteJournal(join(directory, 'no', 'journal.db')))).toBe(
      'STORE_UNUSABLE',
    );
  });

  it('names the journal and the problem when the disk fails under it', () => {
    const journal = new SqliteJournal(path());
    const other = new Database(path());
    other.exec('DROP TABLE record');
    other.close();
    const tap = journal.begin(newTap(1));
    const approve = (): unknown =>
      journal.approve(tap.id, { tac: new Uint8Array(8), isRecovered: false, isMac2Verified: true });
    expect(codeOf(approve)).toBe('STORE_UNUSABLE');
    // The whole transaction is undone: the tap is pending still.
    expect(journal.standing(tap.serial, tap.date).pending?.state).toBe('pending');
    journal.close();
  });
});
