// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { CHAIN_MODE, type SettledPoint } from '../chain/model.ts';
import type { CardRow, HostStore, StoredRecord } from './store.ts';

type CardVerbs = Pick<
  HostStore,
  | 'appendNext'
  | 'appendRecord'
  | 'card'
  | 'cards'
  | 'insertCard'
  | 'lastRecordId'
  | 'record'
  | 'recordCount'
  | 'recordsAfter'
  | 'setListedVersion'
  | 'settleCard'
  | 'settledPoint'
  | 'updateCardHead'
>;

const CARD_COLUMNS =
  'serial, suite, key_version, next_offline, next_online, balance, last_record, mode, listed_version, valid_until';

/** The columns above. What is read for every record comes as an array: an object of the driver costs twice as much. */
type StoredCardValues = readonly [
  serial: Uint8Array,
  suite: CardRow['suite'],
  keyVersion: number,
  nextOffline: number,
  nextOnline: number,
  balance: CardRow['balance'],
  lastRecord: number,
  mode: CardRow['mode'],
  listedVersion: number | null,
  validUntil: number | null,
];

function cardOf(values: StoredCardValues): CardRow {
  const validUntil = values[9];
  return {
    serial: values[0],
    suite: values[1],
    keyVersion: values[2],
    nextOffline: values[3],
    nextOnline: values[4],
    balance: values[5],
    lastRecord: values[6],
    mode: values[7],
    listedVersion: values[8],
    validUntil: validUntil === null ? null : validUntil.toString(16),
  };
}

/** The last day of validity as it is compared with the dates of records. */
function validityOf({ validUntil }: Partial<Pick<CardRow, 'validUntil'>>): number | null {
  return typeof validUntil === 'string' ? Number.parseInt(validUntil, 16) : null;
}

/** Cards and their records: the hot path of the intake. Balances in the rows were made by `src/money`. */
export function cardVerbs(database: Database): CardVerbs {
  const insert = database.prepare(
    'INSERT INTO cards (serial, suite, key_version, issued_at, valid_until) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database
    .prepare<[Uint8Array], StoredCardValues>(`SELECT ${CARD_COLUMNS} FROM cards WHERE serial = ?`)
    .raw();
  const selectAll = database
    .prepare<[], StoredCardValues>(`SELECT ${CARD_COLUMNS} FROM cards ORDER BY serial`)
    .raw();
  const update = database.prepare(
    'UPDATE cards SET next_offline = ?, next_online = ?, balance = ?, last_record = ?, mode = ? WHERE serial = ?',
  );
  const appendIfNext = database.prepare(
    `INSERT INTO records (previous, is_judged, bytes) SELECT last_record, 0, ? FROM cards
     WHERE serial = ? AND next_offline = ? AND balance = ? AND suite = ? AND key_version = ?
     AND mode <> ${CHAIN_MODE.contested} AND (valid_until IS NULL OR valid_until >= ?)`,
  );
  const advance = database.prepare(
    `UPDATE cards SET next_offline = ?, balance = ?, last_record = ?,
     mode = ${CHAIN_MODE.endsWithPurchase} WHERE serial = ?`,
  );
  const settle = database.prepare('INSERT OR REPLACE INTO settled_points VALUES (?, ?, ?, ?, ?)');
  const selectPoint = database.prepare<[Uint8Array], SettledPoint>(
    'SELECT record, balance, next_offline AS nextOffline, next_online AS nextOnline FROM settled_points WHERE serial = ?',
  );
  const list = database.prepare('UPDATE cards SET listed_version = ?, mode = 1 WHERE serial = ?');
  return {
    insertCard: (card, issuedAt) =>
      void insert.run(card.serial, card.suite, card.keyVersion, issuedAt, validityOf(card)),
    card(serial) {
      const row = select.get(serial);
      return row === undefined ? undefined : cardOf(row);
    },
    *cards() {
      for (const row of selectAll.iterate()) yield cardOf(row);
    },
    appendNext({ serial, suite, keyVersion, counter, before, after, date }, bytes) {
      const appended = appendIfNext.run(bytes, serial, counter, before, suite, keyVersion, date);
      if (appended.changes === 0) return false;
      advance.run(counter + 1, after, appended.lastInsertRowid, serial);
      return true;
    },
    updateCardHead(serial, { nextOffline, nextOnline, balance, lastRecord, mode }) {
      update.run(nextOffline, nextOnline, balance, lastRecord, mode, serial);
    },
    settleCard: (serial, { balance, nextOffline, nextOnline, record }) =>
      void settle.run(serial, record, balance, nextOffline, nextOnline),
    settledPoint: (serial) => selectPoint.get(serial),
    setListedVersion: (serial, version) => void list.run(version, serial),
    ...recordVerbs(database),
  };
}

function recordVerbs(
  database: Database,
): Pick<CardVerbs, 'appendRecord' | 'lastRecordId' | 'record' | 'recordCount' | 'recordsAfter'> {
  const append = database.prepare(
    'INSERT INTO records (previous, is_judged, bytes) VALUES (?, 1, ?)',
  );
  const select = database
    .prepare<[number], [previous: number, bytes: Uint8Array]>(
      'SELECT previous, bytes FROM records WHERE id = ?',
    )
    .raw();
  const selectAfter = database.prepare<[number, number], StoredRecord>(
    'SELECT id, previous, bytes FROM records WHERE id > ? ORDER BY id LIMIT ?',
  );
  const last = database.prepare<[], number | null>('SELECT MAX(id) FROM records').pluck();
  const count = database.prepare<[], number>('SELECT COUNT(*) FROM records').pluck();
  return {
    appendRecord: (previous, bytes) => Number(append.run(previous, bytes).lastInsertRowid),
    record(id) {
      const row = select.get(id);
      return row === undefined ? undefined : { id, previous: row[0], bytes: row[1] };
    },
    recordCount: () => count.get() ?? 0,
    lastRecordId: () => last.get() ?? 0,
    recordsAfter: (after, limit) => selectAfter.all(after, limit),
  };
}
