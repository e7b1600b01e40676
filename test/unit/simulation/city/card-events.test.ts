// SPDX-License-Identifier: MIT
/** Rows of numbers say the same as the objects that they stand for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CardEvents, type CardEvent } from '../../../../simulation/city/truth/card-events.ts';
import { amount } from '../../../../src/money/amount.ts';

const TERMINALS = ['0000000000A1', 'FFFFFFFFFFFF', '00000000A100'] as const;
const word = fc.integer({ min: 0, max: 0xffffffff });
const money = fc.integer({ min: 0, max: 0x7fffffff }).map(amount);
const small = fc.integer({ min: 0, max: 3 });

const events = fc.array(
  fc.record({
    isLoad: fc.boolean(),
    counter: fc.oneof(small, fc.integer({ min: 0, max: 0xffff })),
    amount: money,
    balanceAfter: money,
    terminalId: fc.constantFrom(...TERMINALS),
    terminalCounter: word,
    tapId: fc.oneof(small, word),
  }),
  { maxLength: 40 },
);

function filled(list: readonly Omit<CardEvent, 'isProven' | 'isWiped'>[]): CardEvents {
  const held = new CardEvents();
  for (const event of list) held.push(event);
  return held;
}

describe('the events of a card', () => {
  it('come back as they were, with what was proven and what was wiped', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.constantFrom(...TERMINALS), (list, at, wiped) => {
        const held = filled(list);
        const proven = list.length === 0 ? -1 : at % list.length;
        if (proven >= 0) held.prove(proven);
        expect(held.wipeAt(wiped)).toBe(list.some(({ terminalId }) => terminalId === wiped));
        const expected = list.map((event, index) => ({
          ...event,
          isProven: index === proven,
          isWiped: event.terminalId === wiped,
        }));
        expect([...held]).toEqual(expected);
        const from = Math.max(0, proven);
        expect(held.since(from)).toEqual(expected.slice(from));
      }),
    );
  });

  it('are found by their tap, the newest first', () => {
    fc.assert(
      fc.property(events, fc.boolean(), small, small, (list, isLoad, counter, tapId) => {
        const [terminalId] = TERMINALS;
        const of = { isLoad, counter, tapId, terminalId };
        const index = list.findLastIndex((event) =>
          Object.entries(of).every(([name, value]) => event[name as keyof typeof of] === value),
        );
        expect(filled(list).findTap(of)).toBe(index);
      }),
    );
  });

  it('are apart in a copy', () => {
    const held = filled([
      {
        isLoad: false,
        counter: 1,
        amount: amount(5),
        balanceAfter: amount(7),
        terminalId: TERMINALS[0],
        terminalCounter: 2,
        tapId: 3,
      },
    ]);
    const copy = held.copy();
    copy.prove(0);
    copy.push(held.at(0));
    expect([held.length, held.at(0).isProven]).toEqual([1, false]);
    expect([copy.length, copy.at(0).isProven, copy.at(1).isProven]).toEqual([2, true, false]);
  });
});
