// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { instant } from '../../src/time/instant.ts';
import type { CounterGap, SharedNumber } from '../chain/model.ts';
import type { DecisionRow, HostStore, OpenFinding, QuarantineRow, TravelAlert } from './store.ts';

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
  | 'insertQuarantine'
  | 'insertUncertain'
  | 'putDecision'
  | 'quarantine'
  | 'replaceGaps'
  | 'insertTravelAlert'
  | 'sharedNumbers'
  | 'insertSharedNumber'
  | 'hasSharedNumber'
  | 'travelAlerts'
  | 'uncertain'
>;

/** Gaps, uncertain taps, quarantine, findings and decisions: what is known of a card besides its records and loads. */
export function evidenceVerbs(database: Database): EvidenceVerbs {
  return {
    ...gapVerbs(database),
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
