// SPDX-License-Identifier: MIT
/**
 * The transaction numbers of a terminal's SAM. Each may be on one debit only; on one card the fold finds
 * out (chain/forks.ts), on two cards this does. Numbers above the highest one are new for certain, which
 * is all that the common record needs; for the others the runs that were seen say between which records
 * the earlier one is, so nothing else is searched.
 */
import { compareBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { add, amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore, SequenceRange } from '../store/store.ts';
import { addToRuns } from './sequence-ranges.ts';

const serialOf = (record: Uint8Array): Uint8Array =>
  record.subarray(
    RECORD_OFFSET.applicationSerialNumber,
    RECORD_OFFSET.applicationSerialNumber + 10,
  );
const counterOf = (record: Uint8Array): number =>
  readUint(record, RECORD_OFFSET.terminalCounter, 4);
const terminalOf = (record: Uint8Array): string =>
  toHex(record.subarray(RECORD_OFFSET.terminalId, RECORD_OFFSET.terminalId + 6));

/** Follows the numbers of one slice, all of one terminal. */
export class CounterWatch {
  readonly #store: HostStore;
  readonly #recordsBefore: number;
  readonly #counters: number[] = [];
  /** Records whose number may have been seen before, by number. */
  readonly #suspects = new Map<number, Uint8Array[]>();

  constructor(store: HostStore) {
    this.#store = store;
    this.#recordsBefore = store.lastRecordId();
  }

  /** A new debit with a number that was not seen before. */
  see(counter: number): void {
    this.#counters.push(counter);
  }

  /** A new debit with a number at or below the highest one. */
  suspect(record: Uint8Array): void {
    const counter = counterOf(record);
    this.#counters.push(counter);
    const others = this.#suspects.get(counter);
    if (others === undefined) this.#suspects.set(counter, [record]);
    else others.push(record);
  }

  /** Keeps the runs and an alert for each pair of cards with one number; `terminal` is the slice's. */
  finish(terminal: string, at: Instant): void {
    if (this.#counters.length === 0) return;
    const firstRecord = this.#recordsBefore + 1;
    const lastRecord = this.#store.lastRecordId();
    for (const run of this.#runs()) {
      this.#store.insertCounterRun(terminal, { ...run, firstRecord, lastRecord });
    }
    if (this.#suspects.size > 0) this.#search(terminal, at);
  }

  #runs(): readonly SequenceRange[] {
    const counters = this.#counters;
    let isAscending = true;
    for (let index = 1; index < counters.length && isAscending; index++) {
      isAscending = (counters[index - 1] ?? 0) < (counters[index] ?? 0);
    }
    const sorted = isAscending
      ? counters
      : [...new Set(counters)].sort((left, right) => left - right);
    const runs: { from: number; to: number }[] = [];
    for (const counter of sorted) addToRuns(runs, counter);
    return runs;
  }

  #search(terminal: string, at: Instant): void {
    const numbers = [...this.#suspects.keys()].sort((left, right) => left - right);
    const runs = this.#store
      .counterRuns(terminal, numbers[0] ?? 0, numbers.at(-1) ?? 0)
      .filter(({ from, to }) => numbers.some((number) => from <= number && number <= to));
    // A slice is a run of rows; several runs of numbers may have come in one.
    const slices = new Map(runs.map((run) => [run.firstRecord, run.lastRecord]));
    const pairs = [...slices].flatMap(([first, last]) =>
      [...this.#store.recordsBetween(first, last)].flatMap(({ bytes }) =>
        this.#rivalsOf(terminal, bytes).map((rival) => [bytes, rival] as const),
      ),
    );
    for (const pair of pairs) this.#alert(terminal, pair, at);
  }

  /** The suspects that have the number of this record on another card. */
  #rivalsOf(terminal: string, bytes: Uint8Array): readonly Uint8Array[] {
    const suspects = this.#suspects.get(counterOf(bytes));
    if (suspects === undefined || terminalOf(bytes) !== terminal) return [];
    return suspects.filter((record) => compareBytes(serialOf(bytes), serialOf(record)) !== 0);
  }

  /** The same alert whichever of the two came first. */
  #alert(terminal: string, pair: readonly Uint8Array[], at: Instant): void {
    const [first, second] = [...pair].sort((left, right) =>
      compareBytes(serialOf(left), serialOf(right)),
    );
    if (first === undefined || second === undefined) return;
    const counter = counterOf(first);
    const paid = (record: Uint8Array): ReturnType<typeof amount> =>
      amount(readUint(record, RECORD_OFFSET.amount, 4));
    const claim = (record: Uint8Array): string =>
      `card ${formatSerialNumber(serialOf(record))} counter ${readUint(record, RECORD_OFFSET.counterBefore, 2)}, ${paid(record)}, TAC ${toHex(record.subarray(RECORD_OFFSET.tac, RECORD_OFFSET.tac + 8))}`;
    const cards = [first, second].map((record) => toHex(serialOf(record))).join(':');
    this.#store.insertAlert({
      id: `terminalCounterReused:${terminal}:${counter}:${cards}`,
      rule: 'terminalCounterReused',
      terminal,
      batch: null,
      shade: 'twoCards',
      expected: `SAM number ${counter} on one debit: ${claim(first)}`,
      found: `also on ${claim(second)}`,
      amount: add(paid(first), paid(second)),
      range: null,
      at,
      settledAt: null,
    });
  }
}
