// SPDX-License-Identifier: MIT
/** Every statement of the journal, prepared once. */
import type Database from 'better-sqlite3';
import { INSERT_TAP, type BatchRow, type TapRow } from './sqlite-rows.ts';
import type { TapState } from './tap.ts';

type Query<P extends unknown[], R = unknown> = Database.Statement<P, R>;

interface RecordRow extends TapRow {
  readonly record_sequence: number;
  readonly kind: number;
}

interface StateRow {
  readonly next_sequence: number;
  readonly hotlist_version: number;
  readonly hotlist_count: number;
  readonly hotlist_received_at_ms: number | null;
}

interface ApproveValues {
  readonly id: number;
  readonly sequence: number;
  readonly tac: Uint8Array;
  readonly isRecovered: number;
  readonly isMac2Verified: number;
}

interface BatchValues {
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly closedAt: number;
  readonly hotlistVersion: number;
  readonly configVersion: number;
}

interface TapStatements {
  readonly insertTap: Query<unknown[]>;
  readonly approve: Query<[ApproveValues]>;
  readonly setAside: Query<[state: string, tac: Uint8Array | null, id: number]>;
  readonly report: Query<[sequence: number, id: number]>;
  readonly tap: Query<[id: number], TapRow>;
  readonly pending: Query<[serial: string], TapRow>;
  readonly suspicious: Query<[serial: string]>;
  readonly newestTaps: Query<[limit: number], TapRow>;
  readonly unreported: Query<[], { readonly id: number }>;
  readonly countTaps: Query<[], { readonly state: TapState; readonly count: number }>;
  readonly deleteSettledTap: Query<[id: number]>;
  readonly deleteDeclined: Query<[upTo: number]>;

  readonly countDay: Query<[serial: string, date: string, amount: number]>;
  readonly uncountDay: Query<[amount: number, serial: string, date: string]>;
  readonly day: Query<
    [serial: string, date: string],
    { readonly count: number; readonly amount: number }
  >;
}

interface ClearingStatements {
  readonly insertRecord: Query<[sequence: number, kind: number, tapId: number]>;
  readonly unsentRange: Query<
    [limit: number],
    { readonly count: number; readonly first: number; readonly last: number }
  >;
  readonly countUnsent: Query<[], { readonly count: number }>;
  readonly sequencesIn: Query<[from: number, to: number], { readonly sequence: number }>;
  readonly oldestRecord: Query<[], { readonly sequence: number | null }>;
  readonly assignBatch: Query<[batch: number | bigint, upTo: number]>;
  readonly recordPage: Query<[batch: number, after: number, limit: number], RecordRow>;
  readonly heldRecords: Query<
    [batch: number, from: number, to: number],
    { readonly sequence: number; readonly tap_id: number }
  >;
  readonly deleteRecord: Query<[sequence: number]>;
  readonly returnRecords: Query<[batch: number]>;
  readonly newestTapOfBatch: Query<[batch: number], { readonly id: number | null }>;

  readonly insertBatch: Query<[BatchValues]>;
  readonly sealBatch: Query<[digest: string, number: number]>;
  readonly markAcked: Query<[number: number]>;
  readonly batch: Query<[number: number], BatchRow>;
  readonly batches: Query<[], BatchRow>;

  readonly hotlisted: Query<[serial: string]>;
  readonly hotlistSerials: Query<[], { readonly serial: string }>;
  readonly countHotlisted: Query<[], { readonly count: number }>;
  readonly deleteHotlisted: Query<[serial: string]>;
  readonly clearHotlist: Query<[]>;
  readonly insertHotlisted: Query<[serial: string]>;
  readonly setHotlist: Query<[version: number, count: number, receivedAtMs: number]>;
  readonly setting: Query<[name: string], { readonly value: string }>;
  readonly storeSetting: Query<[name: string, value: string]>;
  readonly state: Query<[], StateRow>;
  readonly takeSequence: Query<[], { readonly sequence: number }>;
}

export interface Statements extends TapStatements, ClearingStatements {}

type Prepare = <P extends unknown[], R = unknown>(source: string) => Query<P, R>;

export function prepareStatements(database: Database.Database): Statements {
  // The type of each statement is the one that `Statements` declares beside its SQL's name.
  const sql: Prepare = (source) => database.prepare(source);
  return { ...prepareTaps(sql), ...prepareClearing(sql) };
}

function prepareTaps(sql: Prepare): TapStatements {
  return {
    insertTap: sql(INSERT_TAP),
    approve: sql(`UPDATE tap SET state = 'approved', tac = @tac, sequence = @sequence,
      is_recovered = @isRecovered, is_mac2_verified = @isMac2Verified WHERE id = @id`),
    setAside: sql('UPDATE tap SET state = ?, tac = ? WHERE id = ?'),
    report: sql('UPDATE tap SET uncertain_sequence = ? WHERE id = ?'),
    tap: sql('SELECT * FROM tap WHERE id = ?'),
    pending: sql("SELECT * FROM tap WHERE serial = ? AND state = 'pending'"),
    suspicious: sql("SELECT 1 FROM tap WHERE serial = ? AND state = 'suspicious' LIMIT 1"),
    newestTaps: sql('SELECT * FROM tap ORDER BY id DESC LIMIT ?'),
    unreported: sql(`SELECT id FROM tap WHERE uncertain_sequence IS NULL
      AND state IN ('pending', 'suspicious', 'uncertain') ORDER BY id`),
    countTaps: sql('SELECT state, count(*) AS count FROM tap GROUP BY state'),
    deleteSettledTap: sql(`DELETE FROM tap WHERE id = ?
      AND state IN ('approved', 'declined', 'uncertain')
      AND NOT EXISTS (SELECT 1 FROM record WHERE record.tap_id = tap.id)`),
    deleteDeclined: sql(`DELETE FROM tap WHERE id <= ? AND state = 'declined'
      AND NOT EXISTS (SELECT 1 FROM record WHERE record.tap_id = tap.id)`),

    countDay: sql(`INSERT INTO card_day (serial, date, count, amount) VALUES (?, ?, 1, ?)
      ON CONFLICT (serial) DO UPDATE SET date = excluded.date,
      count = CASE WHEN date = excluded.date THEN count + 1 ELSE 1 END,
      amount = CASE WHEN date = excluded.date THEN amount ELSE 0 END + excluded.amount`),
    uncountDay: sql(`UPDATE card_day SET count = count - 1, amount = amount - ?
      WHERE serial = ? AND date = ?`),
    day: sql('SELECT count, amount FROM card_day WHERE serial = ? AND date = ?'),
  };
}

function prepareClearing(sql: Prepare): ClearingStatements {
  return {
    insertRecord: sql('INSERT INTO record (sequence, kind, tap_id) VALUES (?, ?, ?)'),
    unsentRange: sql(`SELECT count(*) AS count, min(sequence) AS first, max(sequence) AS last
      FROM (SELECT sequence FROM record WHERE batch IS NULL ORDER BY sequence LIMIT ?)`),
    countUnsent: sql('SELECT count(*) AS count FROM record WHERE batch IS NULL'),
    sequencesIn: sql(
      'SELECT sequence FROM record WHERE sequence BETWEEN ? AND ? ORDER BY sequence',
    ),
    oldestRecord: sql('SELECT min(sequence) AS sequence FROM record'),
    assignBatch: sql('UPDATE record SET batch = ? WHERE batch IS NULL AND sequence <= ?'),
    recordPage: sql(`SELECT tap.*, record.sequence AS record_sequence, record.kind AS kind
      FROM record JOIN tap ON tap.id = record.tap_id
      WHERE record.batch = ? AND record.sequence > ? ORDER BY record.sequence LIMIT ?`),
    heldRecords: sql(`SELECT sequence, tap_id FROM record
      WHERE batch = ? AND sequence BETWEEN ? AND ?`),
    deleteRecord: sql('DELETE FROM record WHERE sequence = ?'),
    returnRecords: sql('UPDATE record SET batch = NULL WHERE batch = ?'),
    newestTapOfBatch: sql('SELECT max(tap_id) AS id FROM record WHERE batch = ?'),

    insertBatch: sql(`INSERT INTO batch (record_count, first_sequence, last_sequence, closed_at_ms,
      hotlist_version, config_version, state)
      VALUES (@count, @first, @last, @closedAt, @hotlistVersion, @configVersion, 'closed')`),
    sealBatch: sql('UPDATE batch SET digest = ? WHERE number = ?'),
    markAcked: sql("UPDATE batch SET state = 'acked' WHERE number = ?"),
    batch: sql('SELECT * FROM batch WHERE number = ?'),
    batches: sql('SELECT * FROM batch ORDER BY number'),

    hotlisted: sql('SELECT 1 FROM hotlist WHERE serial = ?'),
    hotlistSerials: sql('SELECT serial FROM hotlist ORDER BY serial'),
    countHotlisted: sql('SELECT count(*) AS count FROM hotlist'),
    deleteHotlisted: sql('DELETE FROM hotlist WHERE serial = ?'),
    clearHotlist: sql('DELETE FROM hotlist'),
    insertHotlisted: sql('INSERT OR IGNORE INTO hotlist (serial) VALUES (?)'),
    setHotlist: sql(`UPDATE terminal_state SET hotlist_version = ?, hotlist_count = ?,
      hotlist_received_at_ms = ?`),
    setting: sql('SELECT value FROM setting WHERE name = ?'),
    storeSetting: sql(`INSERT INTO setting (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`),
    state: sql('SELECT * FROM terminal_state'),
    takeSequence: sql(`UPDATE terminal_state SET next_sequence = next_sequence + 1
      RETURNING next_sequence - 1 AS sequence`),
  };
}
