// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { HotlistRow, MessageStore } from './message-store.ts';

/** The hotlist. */
export function messageVerbs(database: Database): MessageStore {
  const select = database.prepare<[], HotlistRow>(
    'SELECT serial, version, reason FROM hotlist ORDER BY serial',
  );
  const selectOne = database.prepare<[string], HotlistRow>(
    'SELECT serial, version, reason FROM hotlist WHERE serial = ?',
  );
  const insert = database.prepare('INSERT INTO hotlist VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const remove = database.prepare('DELETE FROM hotlist WHERE serial = ?');
  return {
    hotlist: () => select.all(),
    listing: (serial) => selectOne.get(serial),
    insertHotlisted: (row) => void insert.run(row.serial, row.version, row.reason),
    deleteHotlisted: (serial) => remove.run(serial).changes > 0,
  };
}
