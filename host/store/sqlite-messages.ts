// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { HotlistRow, MessageStore } from './message-store.ts';

/** The hotlist. */
export function messageVerbs(database: Database): MessageStore {
  const select = database.prepare<[], HotlistRow>(
    'SELECT serial, version, reason, listed_at AS "at" FROM hotlist ORDER BY serial',
  );
  const selectOne = database.prepare<[string], HotlistRow>(
    'SELECT serial, version, reason, listed_at AS "at" FROM hotlist WHERE serial = ?',
  );
  const insert = database.prepare('INSERT INTO hotlist VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  return {
    hotlist: () => select.all(),
    listing: (serial) => selectOne.get(serial),
    insertHotlisted: (row) => void insert.run(row.serial, row.version, row.reason, row.at),
  };
}
