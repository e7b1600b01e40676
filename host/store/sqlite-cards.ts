// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { instant } from '../../src/time/instant.ts';
import {
  CHAIN_MODE,
  type CounterGap,
  type SettledPoint,
  type SharedNumber,
} from '../chain/model.ts';
import type {
  CardRow,
  DecisionRow,
  HostStore,
  LoadRow,
  OpenFinding,
  QuarantineRow,
  StoredRecord,
  TravelAlert,
} from './store.ts';

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

type EvidenceVerbs = Pick<
  HostStore,
  | 'allFindings'
  | 'decisions'
  | 'deleteFinding'
  | 'deleteGap'
  | 'deleteQuarantine'
  | 'findings'
  | 'gaps'
  | 'insertFinding'
  | 'insertGap'
  | 'insertLoad'
  | 'insertQuarantine'
  | 'insertUncertain'
  | 'loadAnswer'
  | 'loadCount'
  | 'loads'
  | 'loadsInFlight'
  | 'putDecision'
  | 'quarantine'
  | 'replaceGaps'
  | 'insertTravelAlert'
  | 'setLoadState'
  | 'sharedNumbers'
  | 'insertSharedNumber'
  | 'hasSharedNumber'
  | 'travelAlerts'
  | 'uncertain'
>;

/** Gaps, loads, uncertain taps, quarantine and findings: what is known of a card besides its records. */
export function evidenceVerbs(database: Database): EvidenceVerbs {
  return {
    ...gapVerbs(database),
    ...loadVerbs(database),
    ...heldVerbs(database),
    ...findingVerbs(database),
    ...decisionVerbs(database),
    ...sharedNumberVerbs(database),
    ...travelVerbs(database),
  };
}

/** The columns of a gap behind its card, in their order. */
type StoredGapValues = readonly [
  from: number,
  to: number | null,
  value: CounterGap['value'],
  high: CounterGap['high'],
  isClear: number,
  state: CounterGap['state'],
];

function gapOf(values: StoredGapValues): CounterGap {
  return {
    from: values[0],
    to: values[1],
    value: values[2],
    high: values[3],
    isClear: values[4] === 1,
    state: values[5],
  };
}

function gapVerbs(
  database: Database,
): Pick<EvidenceVerbs, 'deleteGap' | 'gaps' | 'insertGap' | 'replaceGaps'> {
  const select = database
    .prepare<[Uint8Array], StoredGapValues>(
      'SELECT from_counter, to_counter, value, high, is_clear, state FROM gaps WHERE serial = ? ORDER BY from_counter',
    )
    .raw();
  const removeAll = database.prepare('DELETE FROM gaps WHERE serial = ?');
  const remove = database.prepare('DELETE FROM gaps WHERE serial = ? AND from_counter = ?');
  const insert = database.prepare('INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?)');
  const insertGap = (serial: Uint8Array, gap: CounterGap): void => {
    insert.run(serial, gap.from, gap.to, gap.value, gap.high, gap.isClear ? 1 : 0, gap.state);
  };
  return {
    gaps: (serial) => select.all(serial).map(gapOf),
    insertGap,
    deleteGap: (serial, from) => void remove.run(serial, from),
    replaceGaps(serial, gaps) {
      removeAll.run(serial);
      for (const gap of gaps) insertGap(serial, gap);
    },
  };
}

function loadVerbs(
  database: Database,
): Pick<
  EvidenceVerbs,
  'insertLoad' | 'loadAnswer' | 'loadCount' | 'loads' | 'loadsInFlight' | 'setLoadState'
> {
  const columns = 'serial, counter, number, id, amount, before, at, agent, state';
  const insertMessages = database.prepare(
    'INSERT INTO load_messages (request, answer) VALUES (?, ?)',
  );
  const insert = database.prepare(
    `INSERT INTO loads (${columns}, messages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // A card's loads are numbered as their counters grow.
  const select = database
    .prepare<[Uint8Array, number], StoredLoadValues>(
      `SELECT ${columns} FROM loads WHERE serial = ? AND counter >= ? ORDER BY counter, number`,
    )
    .raw();
  const selectLast = database
    .prepare<[Uint8Array], number>(
      'SELECT number FROM loads WHERE serial = ? ORDER BY counter DESC, number DESC LIMIT 1',
    )
    .pluck();
  const selectOpen = database
    .prepare<[], StoredLoadValues>(
      `SELECT ${columns} FROM loads WHERE state = 'inFlight' ORDER BY serial, counter, number`,
    )
    .raw();
  const ofLoad = 'serial = ? AND counter = ? AND number = ?';
  const selectAnswer = database
    .prepare<[Uint8Array, number, number], string>(
      `SELECT answer FROM loads JOIN load_messages ON load_messages.id = messages WHERE ${ofLoad}`,
    )
    .pluck();
  const update = database.prepare(`UPDATE loads SET state = ? WHERE ${ofLoad}`);
  return {
    insertLoad({ serial, counter, number, id, amount: value, before, ...load }) {
      const { lastInsertRowid } = insertMessages.run(load.request, load.answer);
      const what = [serial, counter, number, id, value, before];
      insert.run(...what, load.at, load.agent, load.state, lastInsertRowid);
    },
    loads: (serial, fromCounter = 0) => select.all(serial, fromCounter).map(loadOf),
    loadCount: (serial) => selectLast.get(serial) ?? 0,
    loadAnswer: (serial, { counter, number }) => selectAnswer.get(serial, counter, number),
    loadsInFlight: () => selectOpen.all().map(loadOf),
    setLoadState: (serial, { counter, number }, state) =>
      void update.run(state, serial, counter, number),
  };
}

/** The columns of a load, in their order. */
type StoredLoadValues = readonly [
  serial: Uint8Array,
  counter: number,
  number: number,
  id: string,
  amount: LoadRow['amount'],
  before: LoadRow['before'],
  at: string,
  agent: string,
  state: LoadRow['state'],
];

function loadOf(values: StoredLoadValues): LoadRow {
  return {
    serial: values[0],
    counter: values[1],
    number: values[2],
    id: values[3],
    amount: values[4],
    before: values[5],
    at: values[6],
    agent: values[7],
    state: values[8],
  };
}

function heldVerbs(
  database: Database,
): Pick<
  EvidenceVerbs,
  'deleteQuarantine' | 'insertQuarantine' | 'insertUncertain' | 'quarantine' | 'uncertain'
> {
  const insertUncertain = database.prepare(
    'INSERT INTO uncertain (digest, serial, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectUncertain = database.prepare<[Uint8Array], { id: number; bytes: Uint8Array }>(
    'SELECT id, bytes FROM uncertain WHERE serial = ? ORDER BY digest',
  );
  const insert = database.prepare(
    'INSERT INTO quarantine (digest, serial, rule, received_at, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database.prepare<[], Omit<QuarantineRow, 'receivedAt'> & { receivedAt: number }>(
    'SELECT digest, serial, rule, received_at AS receivedAt, bytes FROM quarantine ORDER BY digest',
  );
  const remove = database.prepare('DELETE FROM quarantine WHERE digest = ?');
  return {
    insertUncertain: (digest, serial, bytes) =>
      insertUncertain.run(digest, serial, bytes).changes > 0,
    uncertain: (serial) => selectUncertain.all(serial),
    insertQuarantine(row) {
      return insert.run(row.digest, row.serial, row.rule, row.receivedAt, row.bytes).changes > 0;
    },
    quarantine: () => select.all().map((row) => ({ ...row, receivedAt: instant(row.receivedAt) })),
    deleteQuarantine: (digest) => remove.run(digest).changes > 0,
  };
}

function sharedNumberVerbs(
  database: Database,
): Pick<EvidenceVerbs, 'hasSharedNumber' | 'insertSharedNumber' | 'sharedNumbers'> {
  const insert = database.prepare(
    'INSERT INTO shared_numbers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database.prepare<[Uint8Array], SharedNumber>(
    `SELECT terminal AS terminalId, counter AS terminalCounter, other AS otherCard
     FROM shared_numbers WHERE serial = ? ORDER BY terminal, counter, other`,
  );
  const any = database.prepare<[string]>('SELECT 1 FROM shared_numbers WHERE terminal = ? LIMIT 1');
  return {
    insertSharedNumber: (serial, { terminalId, terminalCounter, otherCard }) =>
      insert.run(serial, terminalId, terminalCounter, otherCard).changes > 0,
    sharedNumbers: (serial) => select.all(serial),
    hasSharedNumber: (terminal) => any.get(terminal) !== undefined,
  };
}

function decisionVerbs(database: Database): Pick<EvidenceVerbs, 'decisions' | 'putDecision'> {
  const select = database.prepare<[Uint8Array], DecisionRow>(
    'SELECT target, action, request, decided_at AS decidedAt FROM decisions WHERE serial = ? ORDER BY target',
  );
  const put = database.prepare('INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)');
  return {
    decisions: (serial) => select.all(serial),
    putDecision(serial, { target, action, request, decidedAt }) {
      put.run(serial, target, action, request, decidedAt);
    },
  };
}

function travelVerbs(
  database: Database,
): Pick<EvidenceVerbs, 'insertTravelAlert' | 'travelAlerts'> {
  const select = database.prepare<[], TravelAlert>(
    'SELECT record, other, seconds, found_at AS foundAt FROM travel_alerts ORDER BY record',
  );
  const insert = database.prepare('INSERT INTO travel_alerts VALUES (?, ?, ?, ?)');
  return {
    travelAlerts: () => select.all(),
    insertTravelAlert: ({ record, other, seconds, foundAt }) =>
      void insert.run(record, other, seconds, foundAt),
  };
}

/** The columns of a finding, in their order. */
type StoredFindingValues = readonly [
  serial: Uint8Array,
  key: string,
  rule: OpenFinding['rule'],
  counter: number,
  expected: string,
  found: string,
  atRisk: OpenFinding['atRisk'],
  recordId: number | null,
  openedAt: OpenFinding['openedAt'],
];

function findingOf(values: StoredFindingValues): OpenFinding {
  return {
    serial: values[0],
    key: values[1],
    rule: values[2],
    counter: values[3],
    expected: values[4],
    found: values[5],
    atRisk: values[6],
    recordId: values[7],
    openedAt: values[8],
  };
}

function findingVerbs(
  database: Database,
): Pick<EvidenceVerbs, 'allFindings' | 'deleteFinding' | 'findings' | 'insertFinding'> {
  const columns = 'serial, key, rule, counter, expected, found, at_risk, record, opened_at';
  const select = database
    .prepare<[Uint8Array], StoredFindingValues>(
      `SELECT ${columns} FROM findings WHERE serial = ? ORDER BY key`,
    )
    .raw();
  const selectAll = database
    .prepare<[], StoredFindingValues>(`SELECT ${columns} FROM findings ORDER BY serial, key`)
    .raw();
  const insert = database.prepare('INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM findings WHERE serial = ? AND key = ?');
  return {
    findings: (serial) => select.all(serial).map(findingOf),
    allFindings: () => selectAll.all().map(findingOf),
    insertFinding(serial, finding, openedAt) {
      const { key, rule, counter, expected, found, atRisk, recordId } = finding;
      insert.run(serial, key, rule, counter, expected, found, atRisk, recordId, openedAt);
    },
    deleteFinding: (serial, key) => void remove.run(serial, key),
  };
}
