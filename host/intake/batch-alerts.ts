// SPDX-License-Identifier: MIT
/**
 * What is odd about a batch as a whole, though its records were taken one by one: totals that are not those
 * of its records (rule 4), a batch that was there before in another shape (rule 3), a clock that is ahead
 * (rule 23). Nothing here moves money; every alert is kept with the batch, in its transaction.
 */
import { readUint } from '../../src/bytes/integer.ts';
import { UTC_OFFSET_BIAS } from '../../src/clearing/batch-layout.ts';
import type { ReadBatch } from '../../src/clearing/batch-reader.ts';
import type { AckRange, BatchAck, SequenceRange } from '../../src/clearing/messages.ts';
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { amount } from '../../src/money/amount.ts';
import { civilTime } from '../../src/time/civil.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';
import { CLOCKS } from '../clocks/clocks.table.ts';
import type { TerminalAlert } from '../store/message-store.ts';
import type { BatchRow, HostStore } from '../store/store.ts';
import { without } from './sequence-ranges.ts';

/** Batches that a new one is compared with: so many with one number are one matter already. */
const COMPARED_MAX = 10;

/** The last local second at which a record may be dated that is received at a certain time. */
export interface DatedUntil {
  /** BCD as a number, like the bytes of a record. */
  readonly date: number;
  readonly time: number;
}

/** Records that are dated after their receipt. */
export interface Skew {
  readonly count: number;
  readonly latest: DatedUntil;
}

/** The latest date of a batch that is received at `at`: the tolerance of rule 23 is in it. */
export function datedUntil({ header }: Pick<ReadBatch, 'header'>, at: Instant): DatedUntil {
  const { date, time } = civilTime(
    plusMs(at, CLOCKS.clockSkew.value * 60_000),
    header.utcOffsetBiased - UTC_OFFSET_BIAS,
  );
  return { date: Number.parseInt(date, 16), time: Number.parseInt(time, 16) };
}

/** The skew with one more record, where it is dated after `until`. */
export function addSkew(
  skew: Skew | undefined,
  record: { readonly bytes: Uint8Array; readonly offset: number },
  until: DatedUntil,
): Skew | undefined {
  const date = readUint(record.bytes, record.offset + RECORD_OFFSET.date, 4);
  if (date < until.date) return skew;
  const time = readUint(record.bytes, record.offset + RECORD_OFFSET.time, 3);
  if (!isAfter({ date, time }, until)) return skew;
  const latest = skew === undefined || isAfter({ date, time }, skew.latest);
  return {
    count: (skew?.count ?? 0) + 1,
    latest: latest ? { date, time } : skew.latest,
  };
}

const isAfter = (left: DatedUntil, right: DatedUntil): boolean =>
  left.date > right.date || (left.date === right.date && left.time > right.time);

const formatDated = ({ date, time }: DatedUntil): string =>
  `${date.toString(16)} ${time.toString(16).padStart(6, '0')}`;

/** A batch that was taken, before its row is written. */
export interface TakenBatch {
  readonly row: BatchRow;
  readonly batch: Pick<ReadBatch, 'counted' | 'header' | 'imbalance'>;
  readonly ranges: readonly AckRange[];
  readonly skew: Skew | undefined;
  /** Dates above this one are skewed. */
  readonly until: DatedUntil;
}

/** Keeps an alert for everything that is odd, and settles those that the batch makes good. */
export function watchBatch(store: HostStore, taken: TakenBatch): void {
  const { row, batch, skew } = taken;
  for (const alert of shadesOf(store, taken)) store.insertAlert(alert);
  if (skew !== undefined) store.insertAlert(skewAlert(taken, skew));
  if (batch.imbalance.length > 0) store.insertAlert(imbalanceAlert(taken));
  else settleImbalance(store, taken.ranges, row);
}

function alertOf(
  row: BatchRow,
  parts: Pick<TerminalAlert, 'expected' | 'found' | 'id' | 'rule' | 'shade'> &
    Partial<TerminalAlert>,
): TerminalAlert {
  const { terminal, digest: batch, gross, receivedAt: at } = row;
  return { terminal, batch, amount: gross, range: null, at, settledAt: null, ...parts };
}

function imbalanceAlert({ row, batch }: TakenBatch): TerminalAlert {
  const { imbalance, counted } = batch;
  return alertOf(row, {
    id: `batchOutOfBalance:${row.digest}`,
    rule: 'batchOutOfBalance',
    shade: imbalance.map(({ field }) => field).join('+'),
    expected: `batch ${row.number}: ${imbalance.map(({ field, expected }) => `${field} ${expected}`).join(', ')}, as its records say`,
    found: imbalance.map(({ field, found }) => `${field} ${found}`).join(', '),
    range: row.recordCount === 0 ? null : { from: counted.firstSequence, to: counted.lastSequence },
  });
}

function skewAlert({ row, until }: TakenBatch, { count, latest }: Skew): TerminalAlert {
  return alertOf(row, {
    id: `clockSkew:${row.digest}`,
    rule: 'clockSkew',
    shade: 'records',
    expected: `records of batch ${row.number} dated until ${formatDated(until)}`,
    found: `${count} dated later, the latest ${formatDated(latest)}`,
    amount: amount(0),
  });
}

/** The terminal has sent every record of a batch again, this time in balance. */
function settleImbalance(store: HostStore, ranges: readonly AckRange[], row: BatchRow): void {
  for (const { id, rule, batch, settledAt } of store.alerts(row.terminal)) {
    if (rule !== 'batchOutOfBalance' || settledAt !== null || batch === null) continue;
    if (without(sentIn(store, batch), ranges).length === 0) store.settleAlert(id, row.receivedAt);
  }
}

/** The sequences of a batch that was taken, by its acknowledgement. */
function sentIn(store: HostStore, digest: string): readonly SequenceRange[] {
  const ack = store.batchByDigest(digest)?.ack;
  // The text was written by intake.ts.
  return ack === undefined ? [] : (JSON.parse(ack) as BatchAck).records;
}

function* shadesOf(store: HostStore, { row, ranges }: TakenBatch): Generator<TerminalAlert> {
  const isAllKnown = row.recordCount > 0 && ranges.every(({ verdict }) => verdict === 'duplicate');
  for (const other of store.batchesLike(row).slice(0, COMPARED_MAX)) {
    if (other.digest === row.digest) continue;
    const isNumber = other.number === row.number;
    // Two batches of one sale each often look alike; and one that is out of balance was asked for again.
    if (!isNumber && !(isAllKnown && !isOutOfBalance(other))) continue;
    const pair = [other, row].sort((left, right) => (left.digest < right.digest ? -1 : 1));
    yield alertOf(row, {
      id: `batchNumberReused:${pair.map(({ digest }) => digest).join(':')}`,
      rule: 'batchNumberReused',
      shade: shadeOf(other, row),
      expected: isNumber ? `one batch ${row.number}` : 'each record in one batch',
      found: pair.map(describe).join(' and '),
    });
  }
}

const isOutOfBalance = ({ ack }: BatchRow): boolean =>
  // The text was written by intake.ts.
  (JSON.parse(ack) as BatchAck).isOutOfBalance === true;

function shadeOf(left: BatchRow, right: BatchRow): string {
  const alike = [
    left.number === right.number ? 'Number' : '',
    left.recordCount === right.recordCount ? 'Count' : '',
    left.gross === right.gross ? 'Amount' : '',
  ];
  return `same${alike.join('')}`;
}

const describe = ({ number, recordCount, gross, digest }: BatchRow): string =>
  `batch ${number} with ${recordCount} records of ${gross}, digest ${digest.slice(0, 16)}`;
