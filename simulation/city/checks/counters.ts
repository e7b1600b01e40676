// SPDX-License-Identifier: MIT
/** Numbers that are given once: those of a SAM for debits, and the sequence of a terminal's records. */
import type { CardEvent } from '../truth/card-events.ts';
import type { TerminalUnit } from '../world/terminal-unit.ts';
import { Violation } from './violation.ts';

export class CounterCheck {
  readonly #lastOfSam = new Map<string, number>();
  readonly #nextSequence = new Map<TerminalUnit['journal'], number>();
  looked = 0;

  /** Debits that a card has just made at a terminal. @throws Violation */
  see(unit: TerminalUnit, events: readonly CardEvent[]): void {
    for (const { isLoad, terminalCounter } of events) {
      if (isLoad) continue;
      this.looked++;
      const last = this.#lastOfSam.get(unit.id) ?? 0;
      if (terminalCounter <= last) this.#fail(unit, `a SAM number above ${last}`, terminalCounter);
      this.#lastOfSam.set(unit.id, terminalCounter);
    }
  }

  /** A terminal reports; a journal that was lost is another one. @throws Violation */
  seeSequence(unit: TerminalUnit): void {
    this.looked++;
    const { nextSequence } = unit.journal.summary();
    const last = this.#nextSequence.get(unit.journal) ?? 0;
    if (nextSequence < last) this.#fail(unit, `a sequence of ${last} or more`, nextSequence);
    this.#nextSequence.set(unit.journal, nextSequence);
  }

  #fail(unit: TerminalUnit, expected: string, found: number): never {
    throw new Violation('counters', {
      subject: `terminal ${unit.id}`,
      expected,
      found: `${found}`,
    });
  }
}
