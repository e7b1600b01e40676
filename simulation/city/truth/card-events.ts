// SPDX-License-Identifier: MIT
/**
 * What a card did, in rows of numbers: a large city keeps millions of these to its end, and as objects they would
 * be most of what the collector has to look at.
 */
import type { Amount } from '../../../src/money/amount.ts';
import { invariant } from '../../../src/errors/invariant.ts';

/** A debit or a load that a card has committed. */
export interface CardEvent {
  readonly isLoad: boolean;
  /** The counter before the increment. */
  readonly counter: number;
  readonly amount: Amount;
  readonly balanceAfter: Amount;
  /** Upper-case hexadecimal. */
  readonly terminalId: string;
  readonly terminalCounter: number;
  /** Of its terminal's journal. */
  readonly tapId: number;
  /** Whether the card has proven it to its terminal, so that a record of it exists. */
  readonly isProven: boolean;
  /** Whether its record was lost with its terminal's journal. */
  readonly isWiped: boolean;
}

/** The words of a row; all fit into 32 bits. */
const WORD = { flags: 0, counter: 1, amount: 2, balance: 3, terminalCounter: 4, tap: 5 } as const;
const WORDS = 6;
const FLAG = { load: 1, proven: 2, wiped: 4 } as const;
const FIRST_ROWS = 16;

/** The events of a card, oldest first. */
export class CardEvents implements Iterable<CardEvent> {
  #rows = new Uint32Array(FIRST_ROWS * WORDS);
  readonly #terminals: string[] = [];

  get length(): number {
    return this.#terminals.length;
  }

  push(event: Omit<CardEvent, 'isProven' | 'isWiped'>): void {
    const start = this.length * WORDS;
    if (start === this.#rows.length) {
      const rows = new Uint32Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    const rows = this.#rows;
    rows[start + WORD.flags] = event.isLoad ? FLAG.load : 0;
    rows[start + WORD.counter] = event.counter;
    rows[start + WORD.amount] = event.amount;
    rows[start + WORD.balance] = event.balanceAfter;
    rows[start + WORD.terminalCounter] = event.terminalCounter;
    rows[start + WORD.tap] = event.tapId;
    this.#terminals.push(event.terminalId);
  }

  /** The event at an index from 0 on. */
  at(index: number): CardEvent {
    const terminalId = this.#terminals[index];
    invariant(terminalId !== undefined, `"index" expected less than ${this.length}, got ${index}`);
    const flags = this.#word(index, WORD.flags);
    return {
      isLoad: (flags & FLAG.load) !== 0,
      counter: this.#word(index, WORD.counter),
      // Amounts are kept as they came.
      amount: this.#word(index, WORD.amount) as Amount,
      balanceAfter: this.#word(index, WORD.balance) as Amount,
      terminalId,
      terminalCounter: this.#word(index, WORD.terminalCounter),
      tapId: this.#word(index, WORD.tap),
      isProven: (flags & FLAG.proven) !== 0,
      isWiped: (flags & FLAG.wiped) !== 0,
    };
  }

  /** From an index on. */
  since(index: number): readonly CardEvent[] {
    const events: CardEvent[] = [];
    for (let next = index; next < this.length; next++) events.push(this.at(next));
    return events;
  }

  [Symbol.iterator](): IterableIterator<CardEvent> {
    return this.since(0).values();
  }

  /** The index of the newest event of a tap at its counter; -1 where there is none. */
  findTap({
    isLoad,
    counter,
    terminalId,
    tapId,
  }: Pick<CardEvent, 'counter' | 'isLoad' | 'tapId' | 'terminalId'>): number {
    for (let index = this.length - 1; index >= 0; index--) {
      if (
        this.#word(index, WORD.tap) === tapId &&
        this.#word(index, WORD.counter) === counter &&
        ((this.#word(index, WORD.flags) & FLAG.load) !== 0) === isLoad &&
        this.#terminals[index] === terminalId
      )
        return index;
    }
    return -1;
  }

  /** The card has proven the event at an index. */
  prove(index: number): void {
    this.#flag(index, FLAG.proven);
  }

  /** Whether anything was done at a terminal; the records of that are lost. */
  wipeAt(terminalId: string): boolean {
    let index = this.#terminals.indexOf(terminalId);
    const isAny = index >= 0;
    for (; index >= 0; index = this.#terminals.indexOf(terminalId, index + 1))
      this.#flag(index, FLAG.wiped);
    return isAny;
  }

  /** The same events, from now on apart. */
  copy(): CardEvents {
    const copy = new CardEvents();
    copy.#rows = this.#rows.slice();
    copy.#terminals.push(...this.#terminals);
    return copy;
  }

  #word(index: number, word: number): number {
    return this.#rows[index * WORDS + word] ?? 0;
  }

  #flag(index: number, flag: number): void {
    this.#rows[index * WORDS + WORD.flags] = this.#word(index, WORD.flags) | flag;
  }
}
