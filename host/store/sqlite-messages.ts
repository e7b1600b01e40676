// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { ParameterLimits } from '../../src/clearing/parameters.ts';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type {
  ActionRow,
  CounterRun,
  HotlistChangeRow,
  HotlistRow,
  HotlistVersionRow,
  MessageStore,
  ParameterRow,
  TerminalContact,
  TerminalNotice,
} from './message-store.ts';
import { alertVerbs } from './sqlite-alerts.ts';

/** A row as the driver gives it: brands are put on by `read`. */
type Raw<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] };

/** Messages in both directions. */
export function messageVerbs(database: Database): MessageStore {
  return {
    ...hotlistVerbs(database),
    ...actionVerbs(database),
    ...parameterVerbs(database),
    ...contactVerbs(database),
    ...alertVerbs(database),
    ...counterVerbs(database),
  };
}

type HotlistVerbs = Pick<
  MessageStore,
  | 'changeHotlist'
  | 'hotlist'
  | 'hotlistChanges'
  | 'hotlistChangesOf'
  | 'hotlistVersion'
  | 'insertHotlistVersion'
  | 'listing'
  | 'newestHotlist'
>;

function hotlistVerbs(database: Database): HotlistVerbs {
  const select = database.prepare<[], HotlistRow>(
    'SELECT serial, version, reason FROM hotlist ORDER BY serial',
  );
  const selectOne = database.prepare<[string], HotlistRow>(
    'SELECT serial, version, reason FROM hotlist WHERE serial = ?',
  );
  const insert = database.prepare('INSERT INTO hotlist VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const remove = database.prepare('DELETE FROM hotlist WHERE serial = ?');
  const columns = 'version, serial, op, reason, actor, at';
  const insertChange = database.prepare(
    `INSERT INTO hotlist_changes (${columns}) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const changesAfter = database.prepare<[number], Raw<HotlistChangeRow>>(
    `SELECT ${columns} FROM hotlist_changes WHERE version > ? ORDER BY version, serial`,
  );
  const changesOf = database.prepare<[string], Raw<HotlistChangeRow>>(
    `SELECT ${columns} FROM hotlist_changes WHERE serial = ? ORDER BY version`,
  );
  const version = 'SELECT version, issued_at AS issuedAt, digest FROM hotlist_versions';
  const newest = database.prepare<[], Raw<HotlistVersionRow>>(
    `${version} ORDER BY version DESC LIMIT 1`,
  );
  const ofVersion = database.prepare<[number], Raw<HotlistVersionRow>>(
    `${version} WHERE version = ?`,
  );
  const insertVersion = database.prepare('INSERT INTO hotlist_versions VALUES (?, ?, ?)');
  const changeRow = (row: Raw<HotlistChangeRow>): HotlistChangeRow => ({
    ...row,
    at: instant(row.at),
  });
  const versionRow = (row: Raw<HotlistVersionRow> | undefined): HotlistVersionRow | undefined =>
    row === undefined ? undefined : { ...row, issuedAt: instant(row.issuedAt) };
  return {
    hotlist: () => select.all(),
    listing: (serial) => selectOne.get(serial),
    newestHotlist: () => versionRow(newest.get()),
    hotlistVersion: (number) => versionRow(ofVersion.get(number)),
    hotlistChanges: (after) => changesAfter.all(after).map(changeRow),
    hotlistChangesOf: (serial) => changesOf.all(serial).map(changeRow),
    changeHotlist({ version: at, serial, op, reason, actor, at: when }) {
      insertChange.run(at, serial, op, reason, actor, when);
      if (op === 'add') insert.run(serial, at, reason);
      else remove.run(serial);
    },
    insertHotlistVersion: (row) => void insertVersion.run(row.version, row.issuedAt, row.digest),
  };
}

type ActionVerbs = Pick<
  MessageStore,
  'action' | 'actionCount' | 'actions' | 'insertAction' | 'updateAction'
>;

function actionVerbs(database: Database): ActionVerbs {
  const columns =
    'id, number, kind, serial, amount, text, state, load, terminal, detail, actor, created_at AS createdAt, changed_at AS changedAt';
  const select = database.prepare<[string], Raw<ActionRow>>(
    `SELECT ${columns} FROM actions WHERE id = ?`,
  );
  const selectAll = database.prepare<[], Raw<ActionRow>>(
    `SELECT ${columns} FROM actions ORDER BY number`,
  );
  const selectState = database.prepare<[string], Raw<ActionRow>>(
    `SELECT ${columns} FROM actions WHERE state = ? ORDER BY number`,
  );
  const insert = database.prepare(
    `INSERT INTO actions (id, number, kind, serial, amount, text, state, load, terminal, detail, actor, created_at, changed_at)
     VALUES (@id, @number, @kind, @serial, @amount, @text, @state, @load, @terminal, @detail, @actor, @createdAt, @changedAt)`,
  );
  const update = database.prepare(
    `UPDATE actions SET state = @state, load = @load, terminal = @terminal, detail = @detail,
     changed_at = @changedAt WHERE id = @id`,
  );
  const count = database.prepare<[], number>('SELECT COUNT(*) FROM actions').pluck();
  const read = (row: Raw<ActionRow>): ActionRow => ({
    ...row,
    amount: amount(row.amount),
    createdAt: instant(row.createdAt),
    changedAt: instant(row.changedAt),
  });
  return {
    action(id) {
      const row = select.get(id);
      return row === undefined ? undefined : read(row);
    },
    actions: (state) => (state === undefined ? selectAll.all() : selectState.all(state)).map(read),
    insertAction: (row) => void insert.run(row),
    updateAction: (row) => void update.run(row),
    actionCount: () => count.get() ?? 0,
  };
}

type ParameterVerbs = Pick<MessageStore, 'insertParameters' | 'parametersCount' | 'parametersFor'>;

function parameterVerbs(database: Database): ParameterVerbs {
  const insert = database.prepare('INSERT INTO parameters VALUES (?, ?, ?, ?, ?)');
  const select = database.prepare<
    [string],
    Omit<ParameterRow, 'issuedAt' | 'limits'> & { limits: string; issuedAt: number }
  >(
    `SELECT version, terminal, limits, actor, issued_at AS issuedAt FROM parameters
     WHERE terminal IN (?, '') ORDER BY terminal = '', version DESC LIMIT 1`,
  );
  const count = database.prepare<[], number>('SELECT COUNT(*) FROM parameters').pluck();
  return {
    insertParameters(row) {
      const { version, terminal, limits, actor, issuedAt } = row;
      insert.run(version, terminal, JSON.stringify(limits), actor, issuedAt);
    },
    parametersFor(terminal) {
      const row = select.get(terminal);
      if (row === undefined) return undefined;
      // The text was written by `insertParameters`.
      const limits = JSON.parse(row.limits) as ParameterLimits;
      return { ...row, limits, issuedAt: instant(row.issuedAt) };
    },
    parametersCount: () => count.get() ?? 0,
  };
}

type ContactVerbs = Pick<
  MessageStore,
  'contact' | 'goneRanges' | 'insertGone' | 'insertNotice' | 'notices' | 'saveContact'
>;

function contactVerbs(database: Database): ContactVerbs {
  const insertNotice = database.prepare(
    'INSERT INTO terminal_notices (terminal, standing, reason, actor, at) VALUES (?, ?, ?, ?, ?)',
  );
  const notices = database.prepare<[string], Raw<TerminalNotice>>(
    'SELECT terminal, standing, reason, actor, at FROM terminal_notices WHERE terminal = ? ORDER BY id',
  );
  const contact = database.prepare<[string], Omit<TerminalContact, 'at'> & { at: number }>(
    `SELECT terminal, number, at, hotlist_version AS hotlistVersion, hotlist_digest AS hotlistDigest,
     parameters, actions, last_sequence AS lastSequence, unsent_records AS unsentRecords,
     clock_offset AS clockOffset FROM terminal_contacts WHERE terminal = ?`,
  );
  const save = database.prepare(
    `INSERT INTO terminal_contacts VALUES (@terminal, @number, @at, @hotlistVersion, @hotlistDigest,
     @parameters, @actions, @lastSequence, @unsentRecords, @clockOffset)
     ON CONFLICT (terminal) DO UPDATE SET number = excluded.number, at = excluded.at,
     hotlist_version = excluded.hotlist_version, hotlist_digest = excluded.hotlist_digest,
     parameters = excluded.parameters, actions = excluded.actions,
     last_sequence = excluded.last_sequence, unsent_records = excluded.unsent_records,
     clock_offset = excluded.clock_offset`,
  );
  const gone = database.prepare<[string], { readonly from: number; readonly to: number }>(
    'SELECT from_sequence AS "from", to_sequence AS "to" FROM terminal_gone WHERE terminal = ? ORDER BY from_sequence',
  );
  const insertGone = database.prepare(
    `INSERT INTO terminal_gone VALUES (?, ?, ?, ?) ON CONFLICT (terminal, from_sequence)
     DO UPDATE SET to_sequence = max(to_sequence, excluded.to_sequence)`,
  );
  return {
    insertNotice: (row) =>
      void insertNotice.run(row.terminal, row.standing, row.reason, row.actor, row.at),
    notices: (terminal) => notices.all(terminal).map((row) => ({ ...row, at: instant(row.at) })),
    contact(terminal) {
      const row = contact.get(terminal);
      return row === undefined ? undefined : { ...row, at: instant(row.at) };
    },
    saveContact: (row) => void save.run(row),
    goneRanges: (terminal) => gone.all(terminal),
    insertGone: (terminal, { from, to }, at) => void insertGone.run(terminal, from, to, at),
  };
}

type CounterVerbs = Pick<MessageStore, 'counterRuns' | 'insertCounterRun' | 'recordsBetween'>;

function counterVerbs(database: Database): CounterVerbs {
  const insert = database.prepare(
    'INSERT INTO counter_runs VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database.prepare<[string, number, number], CounterRun>(
    `SELECT from_counter AS "from", to_counter AS "to", first_record AS firstRecord,
     last_record AS lastRecord FROM counter_runs
     WHERE terminal = ? AND from_counter <= ? AND to_counter >= ? ORDER BY from_counter, first_record`,
  );
  const between = database.prepare<
    [number, number],
    { readonly id: number; readonly bytes: Uint8Array }
  >('SELECT id, bytes FROM records WHERE id BETWEEN ? AND ? ORDER BY id');
  return {
    insertCounterRun: (terminal, { from, to, firstRecord, lastRecord }) =>
      void insert.run(terminal, from, to, firstRecord, lastRecord),
    counterRuns: (terminal, from, to) => select.all(terminal, to, from),
    recordsBetween: (first, until) => between.iterate(first, until),
  };
}
