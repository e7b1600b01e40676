// SPDX-License-Identifier: MIT
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase, openSqliteStore } from '../../host/store/sqlite-store.ts';
import { hostStoreContract } from './host-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'openpurse-store-'));
let next = 0;
const freshPath = (): string => join(directory, `${++next}.db`);
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

hostStoreContract('a SQLite file', () => openSqliteStore(freshPath(), 'none'));
hostStoreContract('SQLite in memory', () => openSqliteStore(':memory:'));

describe('the SQLite store', () => {
  it.each([
    ['fsync', 2],
    ['none', 0],
  ] as const)('with durability %s has synchronous = %i', (durability, level) => {
    const database = openDatabase(freshPath(), durability);
    expect(database.pragma('synchronous', { simple: true })).toBe(level);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  it('keeps what was committed when it is opened again', () => {
    const path = freshPath();
    const first = openSqliteStore(path);
    first.setMeta('a', '1');
    first.close();
    const second = openSqliteStore(path);
    expect(second.meta('a')).toBe('1');
    second.close();
  });

  it('refuses a file that is no database, and one of another version', () => {
    const foreign = freshPath();
    writeFileSync(
      foreign,
      'not a database, but long enough to be read as the header of one'.repeat(9),
    );
    expect(() => openSqliteStore(foreign)).toThrow(
      expect.objectContaining({ code: 'STORE_UNUSABLE' }) as Error,
    );
    const newer = freshPath();
    const database = new Database(newer);
    database.pragma('user_version = 99');
    database.close();
    expect(() => openSqliteStore(newer)).toThrow(/expected schema version 5, got 99/);
    expect(() => openSqliteStore(join(directory, 'no', 'such', 'folder.db'))).toThrow(
      expect.objectContaining({ code: 'STORE_UNUSABLE' }) as Error,
    );
  });

  it('refuses the database of another program', () => {
    const path = freshPath();
    const database = new Database(path);
    database.exec('CREATE TABLE meta (x)');
    database.close();
    expect(() => openSqliteStore(path)).toThrow(
      expect.objectContaining({ code: 'STORE_UNUSABLE' }) as Error,
    );
  });
});
