// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { MessageStore, TerminalAlert } from './message-store.ts';

type AlertVerbs = Pick<MessageStore, 'alerts' | 'insertAlert' | 'settleAlert'>;

interface RawAlert extends Omit<TerminalAlert, 'amount' | 'at' | 'range' | 'settledAt'> {
  readonly amount: number;
  readonly at: number;
  readonly settledAt: number | null;
  readonly from: number | null;
  readonly to: number | null;
}

const COLUMNS =
  'id, rule, terminal, batch, shade, expected, found, amount, from_sequence AS "from", to_sequence AS "to", at, settled_at AS settledAt';

/** Alerts about terminals and their batches. */
export function alertVerbs(database: Database): AlertVerbs {
  const insert = database.prepare(
    'INSERT INTO terminal_alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const settle = database.prepare(
    'UPDATE terminal_alerts SET settled_at = ? WHERE id = ? AND settled_at IS NULL',
  );
  const selectAll = database.prepare<[], RawAlert>(
    `SELECT ${COLUMNS} FROM terminal_alerts ORDER BY rule, at, id`,
  );
  const select = database.prepare<[string], RawAlert>(
    `SELECT ${COLUMNS} FROM terminal_alerts WHERE terminal = ? ORDER BY rule, at, id`,
  );
  return {
    insertAlert(alert) {
      const { id, rule, terminal, batch, shade, expected, found, range } = alert;
      const text = [id, rule, terminal, batch, shade, expected, found];
      const place = [alert.amount, range?.from ?? null, range?.to ?? null];
      return insert.run(...text, ...place, alert.at, alert.settledAt).changes > 0;
    },
    settleAlert: (id, at) => void settle.run(at, id),
    alerts: (terminal) =>
      (terminal === undefined ? selectAll.all() : select.all(terminal)).map(alertOf),
  };
}

function alertOf({ from, to, ...row }: RawAlert): TerminalAlert {
  return {
    ...row,
    amount: amount(row.amount),
    range: from === null || to === null ? null : { from, to },
    at: instant(row.at),
    settledAt: row.settledAt === null ? null : instant(row.settledAt),
  };
}
