// SPDX-License-Identifier: MIT
/**
 * The transaction numbers of a terminal's SAM. Each may be on one debit only; on one card the fold finds
 * out (chain/forks.ts), on two cards this does. Numbers above the highest one are new for certain, which
 * is all that the common record needs; for the others the runs that were seen say between which records
 * the earlier one is, so nothing else is searched.
 */
import { compareBytes } from '../../src/bytes/compare.ts';
import {
  serialOfRecord,
  terminalCounterOfRecord,
  terminalOfRecord,
} from '../../src/clearing/record.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { SharedNumber } from '../chain/model.ts';
import type { HostStore, SequenceRange } from '../store/store.ts';
import { addToRuns } from './sequence-ranges.ts';

interface Suspect {
  readonly bytes: Uint8Array;
  readonly index: number | null;
}

/** One of two cards that have a debit with the same number. */
export interface NumberOnTwoCards {
  readonly serial: Uint8Array;
  /** Which record of the slice it is; null where an earlier look at it has been answered. */
  readonly index: number | null;
  readonly number: SharedNumber;
}

/** Follows the numbers of one slice, all of one terminal. */
export class CounterWatch {
  readonly #store: HostStore;
  readonly #recordsBefore: number;
  readonly #counters: number[] = [];
  /** Records whose number may have been seen before, by number. */
  readonly #suspects = new Map<number, Suspect[]>();

  constructor(store: HostStore) {
    this.#store = store;
    this.#recordsBefore = store.lastRecordId();
  }

  /** A new debit with a number that was not seen before. */
  see(counter: number): void {
    this.#counters.push(counter);
  }

  /** A new debit with a number at or below the highest one, the slice's record `index`. */
  suspect(bytes: Uint8Array, index: number): void {
    const counter = terminalCounterOfRecord(bytes);
    this.#counters.push(counter);
    const others = this.#suspects.get(counter);
    if (others === undefined) this.#suspects.set(counter, [{ bytes, index }]);
    else others.push({ bytes, index });
  }

  /** Keeps the runs of numbers of `terminal`, and names both sides of each pair of cards with one number. */
  finish(terminal: string): readonly NumberOnTwoCards[] {
    if (this.#counters.length === 0) return [];
    const firstRecord = this.#recordsBefore + 1;
    const lastRecord = this.#store.lastRecordId();
    for (const run of this.#runs()) {
      this.#store.insertCounterRun(terminal, { ...run, firstRecord, lastRecord });
    }
    return this.#suspects.size > 0 ? this.#search(terminal) : [];
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

  #search(terminal: string): readonly NumberOnTwoCards[] {
    const numbers = [...this.#suspects.keys()].sort((left, right) => left - right);
    const runs = this.#store
      .counterRuns(terminal, numbers[0] ?? 0, numbers.at(-1) ?? 0)
      .filter(({ from, to }) => numbers.some((number) => from <= number && number <= to));
    // A slice is a run of rows; several runs of numbers may have come in one.
    const slices = new Map(runs.map((run) => [run.firstRecord, run.lastRecord]));
    return [...slices].flatMap(([first, last]) =>
      [...this.#store.recordsBetween(first, last)].flatMap(({ bytes }) =>
        this.#rivalsOf(terminal, bytes).flatMap((rival) => [
          sharedBy({ bytes, index: null }, rival),
          sharedBy(rival, { bytes, index: null }),
        ]),
      ),
    );
  }

  /** The suspects that have the number of this record on another card. */
  #rivalsOf(terminal: string, bytes: Uint8Array): readonly Suspect[] {
    const suspects = this.#suspects.get(terminalCounterOfRecord(bytes));
    if (suspects === undefined || terminalOfRecord(bytes) !== terminal) return [];
    return suspects.filter(
      (other) => compareBytes(serialOfRecord(bytes), serialOfRecord(other.bytes)) !== 0,
    );
  }
}

/** What the card of `record` must know of `rival`. */
function sharedBy(record: Suspect, rival: Suspect): NumberOnTwoCards {
  return {
    serial: serialOfRecord(record.bytes).slice(),
    index: record.index,
    number: {
      terminalId: terminalOfRecord(record.bytes),
      terminalCounter: terminalCounterOfRecord(record.bytes),
      otherCard: formatSerialNumber(serialOfRecord(rival.bytes)),
    },
  };
}
