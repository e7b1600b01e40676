// SPDX-License-Identifier: MIT
/** Reads the host's rows for the checks: what was added since the last run, and the state with every card. */
import { basename, join } from 'node:path';
import type {
  AuditCheck,
  AuditedCard,
  AuditedEntry,
  AuditedItem,
  AuditedLeg,
  AuditedRecord,
  AuditParts,
  AuditProgress,
  BatchFields,
} from './model.ts';
import { findingsSql, OVERSPEND_SQL, WITHHELD } from './rule-kinds.ts';
import { readRaw } from './raw-files.ts';

/** Shows what was added since the last run to the checks and returns how far it went. */
export function showHistory(parts: AuditParts, checks: readonly AuditCheck[]): AuditProgress {
  const { from } = parts;
  const journal = showRows(from.journal, entries(parts), (entry) => {
    for (const check of checks) check.entry?.(entry);
  });
  const record = showRows(from.record, records(parts), (row) => {
    for (const check of checks) check.record?.(row);
  });
  const item = showRows(from.item, items(parts), (row) => {
    for (const check of checks) check.item?.(row);
  });
  const batch = showRows(from.batch, batches(parts), (row) => {
    // The name of the file alone: the folder may have moved.
    const raw = readRaw(join(parts.directory, 'raw', basename(row.rawFile)));
    for (const check of checks) check.batch?.({ row, ...raw });
  });
  for (const check of checks) check.keep?.();
  return { ...from, journal, record, item, batch };
}

/** Shows what is there now to the checks and returns the last window that they have seen. */
export function showState(parts: AuditParts, checks: readonly AuditCheck[]): number {
  for (const card of cards(parts)) {
    for (const check of checks) check.card?.(card);
  }
  for (const check of checks) check.finish?.();
  return lastSettled(parts);
}

/** Shows rows in their order and returns the id of the last one, or where it began. */
function showRows<T extends { readonly id: number }>(
  from: number,
  rows: Iterable<T>,
  show: (row: T) => void,
): number {
  let last = from;
  for (const row of rows) {
    show(row);
    last = row.id;
  }
  return last;
}

interface LegRow extends Omit<AuditedEntry, 'legs'> {
  readonly account: string | null;
  readonly amount: number;
  readonly balanceAfter: number;
}

function* entries({ ledger, from }: AuditParts): Generator<AuditedEntry, void> {
  const rows = ledger.prepare<[number], LegRow>(
    `SELECT id, source, kind, posted_at AS postedAt, window, hash, account, amount,
     balance_after AS balanceAfter
     FROM journals LEFT JOIN postings ON postings.journal = journals.id
     WHERE id > ? ORDER BY id, account`,
  );
  let legs: AuditedLeg[] = [];
  let entry: AuditedEntry | undefined;
  for (const { account, amount, balanceAfter, ...head } of rows.iterate(from.journal)) {
    if (entry?.id !== head.id) {
      if (entry !== undefined) yield entry;
      legs = [];
      entry = { ...head, legs };
    }
    if (account !== null) legs.push({ account, amount, balanceAfter });
  }
  if (entry !== undefined) yield entry;
}

function records({ ledger, from }: AuditParts): IterableIterator<AuditedRecord> {
  return ledger
    .prepare<[number], AuditedRecord>(
      'SELECT id, is_judged AS isJudged, bytes FROM records WHERE id > ? ORDER BY id',
    )
    .iterate(from.record);
}

function items({ ledger, from }: AuditParts): IterableIterator<AuditedItem> {
  return ledger
    .prepare<[number], AuditedItem>(
      'SELECT id, window, merchant, type, record, amount, cause FROM merchant_items WHERE id > ? ORDER BY id',
    )
    .iterate(from.item);
}

function batches({ ledger, from }: AuditParts): IterableIterator<BatchFields> {
  return ledger
    .prepare<[number], BatchFields>(
      `SELECT id, terminal, number, digest, first_sequence AS firstSequence,
       last_sequence AS lastSequence, record_count AS recordCount, raw_file AS rawFile, ack
       FROM batches WHERE id > ? ORDER BY id`,
    )
    .iterate(from.batch);
}

function cards({ ledger }: AuditParts): IterableIterator<AuditedCard> {
  const of = (what: string, table: string, where = ''): string =>
    `(SELECT ${what} FROM ${table} WHERE ${table}.serial = cards.serial ${where})`;
  return ledger
    .prepare<[], AuditedCard>(
      `SELECT serial, balance, last_record AS lastRecord, next_offline AS nextOffline,
       next_online AS nextOnline, mode, listed_version AS listed,
       ${of('COUNT(*)', 'loads')} AS orders,
       ${of('COALESCE(SUM(amount), 0)', 'loads', "AND state = 'proven'")} AS proven,
       ${of('COALESCE(SUM(value), 0)', 'gaps')} AS gaps,
       ${of('COALESCE(SUM(at_risk), 0)', 'findings', `AND ${OVERSPEND_SQL}`)} AS overspend,
       ${of('COALESCE(SUM(at_risk), 0)', 'findings', `AND ${findingsSql(WITHHELD)}`)} AS withheld,
       ${of('COUNT(*)', 'uncertain')} AS taps,
       ${of('COUNT(*)', 'decisions')} AS decisions
       FROM cards ORDER BY serial`,
    )
    .iterate();
}

function lastSettled({ ledger }: AuditParts): number {
  return (
    ledger
      .prepare<[], number | null>("SELECT MAX(id) FROM windows WHERE state = 'settled'")
      .pluck()
      .get() ?? 0
  );
}
