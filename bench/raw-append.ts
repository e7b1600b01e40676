// SPDX-License-Identifier: MIT
import Database from 'better-sqlite3';
import { RECORD_SIZE } from '../src/clearing/record.ts';

/**
 * The ceiling of clearing: seconds for plain appends of the same bytes, with the same pragmas and
 * as many rows to a transaction.
 */
export function rawAppendSeconds(path: string, rows: number, perTransaction: number): number {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)');
  const insert = database.prepare('INSERT INTO raw (bytes) VALUES (?)');
  const bytes = new Uint8Array(RECORD_SIZE).fill(0x5a);
  const append = database.transaction((count: number) => {
    for (let index = 0; index < count; index++) insert.run(bytes);
  });
  const start = performance.now();
  for (let left = rows; left > 0; left -= perTransaction) append(Math.min(left, perTransaction));
  const seconds = (performance.now() - start) / 1000;
  database.close();
  return seconds;
}
