// SPDX-License-Identifier: MIT
/** Compares what follows from the evidence in two databases of hosts, row by row, in constant memory. */
import type { Database } from 'better-sqlite3';
import { toHex } from '../../../src/bytes/hex.ts';
import { SETTLING_SQL } from '../entry-kinds.ts';
import type { AuditParts } from '../model.ts';

/** A part of the state. `sql` gives first the key, in its order, then values; `amount` is one of them. */
interface StatePart {
  readonly what: string;
  readonly sql: string;
  /** Columns that make the key. */
  readonly keys: number;
  /** Column of the money at stake; none where there is none. */
  readonly amount: number | null;
}

/** No row number, no time of receipt, no journal: nothing that order or a crash may change. */
const STATE: readonly StatePart[] = [
  {
    what: 'card',
    sql: 'SELECT serial, balance, next_offline, next_online, listed_version FROM cards ORDER BY 1',
    keys: 1,
    amount: 1,
  },
  {
    what: 'gap of card',
    sql: 'SELECT serial, from_counter, value, to_counter, state FROM gaps ORDER BY 1, 2',
    keys: 2,
    amount: 2,
  },
  {
    what: 'load',
    sql: 'SELECT id, amount, serial, counter, state FROM loads ORDER BY 1',
    keys: 1,
    amount: 1,
  },
  {
    what: 'finding of card',
    // How much a card overspent in all depends on what was paid to its holder, which is not replayed.
    sql: "SELECT serial, key, at_risk, expected, found FROM findings WHERE rule <> 'overspendLimit' ORDER BY 1, 2",
    keys: 2,
    amount: 2,
  },
  {
    what: 'tap without outcome',
    sql: 'SELECT digest, serial FROM uncertain ORDER BY 1',
    keys: 1,
    amount: null,
  },
  {
    what: 'record in quarantine',
    sql: 'SELECT digest, rule FROM quarantine ORDER BY 1',
    keys: 1,
    amount: null,
  },
  {
    what: 'terminal',
    sql: 'SELECT id, merchant, head_sequence FROM terminals ORDER BY 1',
    keys: 1,
    amount: null,
  },
  {
    what: 'missing from terminal',
    sql: 'SELECT terminal, from_sequence, to_sequence FROM terminal_gaps ORDER BY 1, 2',
    keys: 2,
    amount: null,
  },
  {
    what: 'account',
    // Of accounts that take each other's excess only all together follow from the evidence.
    sql: `SELECT CASE substr(account, 1, 4) WHEN '1050' THEN '2040' || substr(account, 5)
      WHEN '1060' THEN '4040' WHEN '2090' THEN '4040' WHEN '2095' THEN '4040' ELSE account END AS key, SUM(amount) FROM postings JOIN journals ON journals.id = journal
      WHERE kind NOT IN (${SETTLING_SQL}) GROUP BY 1 HAVING SUM(amount) <> 0 ORDER BY 1`,
    keys: 1,
    amount: 1,
  },
];

interface StateRow {
  readonly key: string;
  readonly text: string;
  readonly amount: number;
}

const ABSENT: StateRow = { key: '', text: 'none', amount: 0 };

/** Says of I14 where the state of the host differs from that of the replay. */
export function compareStates({ ledger, findings }: AuditParts, replayed: Database): void {
  const sink = findings.of('I14');
  for (const part of STATE) {
    const rows = pairs(rowsOf(replayed, part), rowsOf(ledger, part));
    for (const { key, expected, found } of rows) {
      sink.checked++;
      if (expected.text === found.text) continue;
      sink.state({
        subject: `${part.what} ${key}`,
        expected: `${expected.text}, by the raw batches`,
        found: found.text,
        amount: found.amount - expected.amount,
      });
    }
  }
}

function* rowsOf(database: Database, part: StatePart): Generator<StateRow, void> {
  const rows = database.prepare<[], (Uint8Array | number | string | null)[]>(part.sql).raw();
  for (const row of rows.iterate()) {
    const values = row.map((value) => (value instanceof Uint8Array ? toHex(value) : value));
    // Numbers in a key are padded, so that text sorts as they do.
    const key = values
      .slice(0, part.keys)
      .map((value) => (typeof value === 'number' ? `${value}`.padStart(10) : value));
    const amount = part.amount === null ? 0 : Number(row[part.amount]);
    yield { key: key.join(' '), text: values.slice(part.keys).join(' '), amount };
  }
}

interface Pair {
  readonly key: string;
  readonly expected: StateRow;
  readonly found: StateRow;
}

/** The rows of two lists by their keys, in which both ascend. */
function* pairs(
  expectedRows: Iterator<StateRow, void>,
  foundRows: Iterator<StateRow, void>,
): Generator<Pair, void> {
  const next = (rows: Iterator<StateRow, void>): StateRow | undefined =>
    rows.next().value ?? undefined;
  let left = next(expectedRows);
  let right = next(foundRows);
  for (;;) {
    const order = compareKeys(left?.key, right?.key);
    const expected = order <= 0 ? left : undefined;
    const found = order >= 0 ? right : undefined;
    const either = expected ?? found;
    if (either === undefined) return;
    yield { key: either.key, expected: expected ?? ABSENT, found: found ?? ABSENT };
    if (order <= 0) left = next(expectedRows);
    if (order >= 0) right = next(foundRows);
  }
}

/** A list that has ended comes after every key. */
function compareKeys(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return 1;
  return right === undefined || left < right ? -1 : 1;
}
