// SPDX-License-Identifier: MIT
/**
 * Statistics over everything that was booked: counts and sums of purchases, loads and refunds. Records
 * stream by; what is kept is one line a group. Purchases less refunds of a merchant are what the ledger
 * credited to it: what is held or refused is not in them.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { RECORD_OFFSET, PLACE_MAX } from '../../src/clearing/record.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  add,
  addSigned,
  amount,
  signedAmount,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { HostStore } from '../store/store.ts';

export const STATISTICS_BY = ['day', 'merchant', 'station', 'lot'] as const;
export type StatisticsBy = (typeof STATISTICS_BY)[number];

/** What was counted and added up, minor units. */
export interface Tally {
  readonly count: number;
  readonly sum: SignedAmount;
}

export interface StatisticsLine {
  readonly key: string;
  /** Gate entries: purchases of nothing. By station they stand at the station that was entered. */
  readonly entries: number;
  readonly purchases: Tally;
  readonly loads: Tally;
  readonly refunds: Tally;
}

export interface StatisticsRequest {
  readonly by: StatisticsBy;
  /** First and last local day, YYYYMMDD; null: no bound. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Statistics {
  readonly lines: readonly StatisticsLine[];
  readonly total: StatisticsLine;
}

/** What a counted event belongs to. */
interface Subject {
  readonly day: string;
  readonly merchant: string;
  readonly station: string;
  readonly lot: string;
}

type Column = 'loads' | 'purchases' | 'refunds';

const NOTHING: Tally = { count: 0, sum: signedAmount(0) };
/** Stands for a place or a merchant that is not known. */
const UNKNOWN = '(none)';

function emptyLine(key: string): StatisticsLine {
  return { key, entries: 0, purchases: NOTHING, loads: NOTHING, refunds: NOTHING };
}

/** Adds up by group, as long as there are not too many. */
class Tallies {
  readonly #lines = new Map<string, StatisticsLine>();
  readonly #request: StatisticsRequest;
  #total = emptyLine('total');

  constructor(request: StatisticsRequest) {
    this.#request = request;
  }

  add(subject: Subject, column: Column, count: number, value: SignedAmount): void {
    const plus = (line: StatisticsLine): StatisticsLine => ({
      ...line,
      [column]: { count: line[column].count + count, sum: addSigned(line[column].sum, value) },
    });
    this.#change(subject, plus);
  }

  enter(subject: Subject): void {
    this.#change(subject, (line) => ({ ...line, entries: line.entries + 1 }));
  }

  result(): Statistics {
    const lines = [...this.#lines.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
    return { lines, total: this.#total };
  }

  #change(subject: Subject, plus: (line: StatisticsLine) => StatisticsLine): void {
    const { by, from, to } = this.#request;
    const { day } = subject;
    if ((from !== null && day < from) || (to !== null && day > to)) return;
    const key = subject[by];
    const known = this.#lines.get(key);
    if (known === undefined && this.#lines.size >= LIMITS.statisticsLines.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"by" expected at most ${LIMITS.statisticsLines.max} lines by ${by}: narrow the days`,
      );
    }
    this.#lines.set(key, plus(known ?? emptyLine(key)));
    this.#total = plus(this.#total);
  }
}

const ascii = new TextDecoder('ascii');

/** The place of an encoded record: where somebody left or paid; a gate's entry has no second station. */
function stationOf(bytes: Uint8Array): string {
  const place = ascii
    .decode(bytes.subarray(RECORD_OFFSET.place, RECORD_OFFSET.place + PLACE_MAX))
    .replace(/\0+$/, '');
  const station = place.split('>').at(-1) ?? '';
  return station === '' ? UNKNOWN : station;
}

function subjectOf(bytes: Uint8Array, merchant: string, lot: string): Subject {
  // BCD: the hexadecimal digits are the decimal ones.
  const day = toHex(bytes.subarray(RECORD_OFFSET.date, RECORD_OFFSET.date + 4));
  return { day, merchant, station: stationOf(bytes), lot };
}

function amountOf(bytes: Uint8Array): Amount {
  return amount(readUint(bytes, RECORD_OFFSET.amount, 4));
}

/** Reads everything that was booked, once. @throws LIMIT_EXCEEDED */
export function statistics(
  store: HostStore,
  request: StatisticsRequest,
  utcOffsetMinutes: number,
): Statistics {
  const tallies = new Tallies(request);
  for (const { bytes, merchant, lot, amount: item } of store.clearedPurchases()) {
    const subject = subjectOf(bytes, merchant, lot);
    const value = item ?? amountOf(bytes);
    if (value === 0) tallies.enter(subject);
    else tallies.add(subject, 'purchases', value > 0 ? 1 : -1, value);
  }
  for (const { refund, bytes, lot } of store.clearedRefunds()) {
    const bought = subjectOf(bytes, refund.merchant, lot);
    // The item of the refund has taken it from the purchases; there it was no refund.
    tallies.add(bought, 'purchases', 1, refund.amount);
    const { date: day } = civilTime(refund.at, utcOffsetMinutes);
    tallies.add({ ...bought, day }, 'refunds', 1, refund.amount);
  }
  for (const { at, amount: loaded, merchant, lot } of store.provenLoads()) {
    const by = { day: at.slice(0, 8), merchant: merchant === '' ? UNKNOWN : merchant };
    tallies.add({ ...by, station: UNKNOWN, lot }, 'loads', 1, loaded);
  }
  return tallies.result();
}

/** What the cards of a lot were loaded with and have spent, minor units: what a leaked key would break. */
export interface LotLine {
  readonly lot: string;
  readonly cards: number;
  readonly balance: Amount;
  readonly loaded: SignedAmount;
  readonly spent: SignedAmount;
}

/** Every lot that is known or has cards; reads everything that was booked. */
export function lotLines(store: HostStore, utcOffsetMinutes: number): readonly LotLine[] {
  const request = { by: 'lot', from: null, to: null } as const;
  const booked = new Map(
    statistics(store, request, utcOffsetMinutes).lines.map((line) => [line.key, line]),
  );
  const held = new Map<string, { cards: number; balance: Amount }>();
  for (const { id } of store.lots()) held.set(id, { cards: 0, balance: ZERO });
  for (const { lot, count, balance } of store.cardCounts()) {
    const known = held.get(lot) ?? { cards: 0, balance: ZERO };
    held.set(lot, { cards: known.cards + count, balance: add(known.balance, balance) });
  }
  return [...held].map(([lot, { cards, balance }]) => ({
    lot,
    cards,
    balance,
    loaded: booked.get(lot)?.loads.sum ?? signedAmount(0),
    spent: booked.get(lot)?.purchases.sum ?? signedAmount(0),
  }));
}
