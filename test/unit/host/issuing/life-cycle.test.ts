// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  CARD_LIFE,
  CARD_STATES,
  type CardEvent,
  type CardState,
} from '../../../../host/issuing/life-cycle.table.ts';
import { stateOn } from '../../../../host/issuing/card-state.ts';

// Object.keys loses the literal keys; they are the table's.
const STATES = Object.keys(CARD_STATES) as CardState[];
const EVENTS = Object.keys(CARD_LIFE.active) as CardEvent[];

/** Every state that some way of events leads to. */
function reachable(from: CardState, seen = new Set<CardState>()): ReadonlySet<CardState> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const next of Object.values(CARD_LIFE[from])) if (next !== null) reachable(next, seen);
  return seen;
}

describe('the life of a card', () => {
  it('has a cell for every state and event', () => {
    for (const state of STATES)
      expect(Object.keys(CARD_LIFE[state]).sort()).toEqual([...EVENTS].sort());
  });

  it('reaches every state from the stock, and an end from every state', () => {
    expect([...reachable('ordered')].sort()).toEqual([...STATES].sort());
    for (const state of STATES) {
      const ends = [...reachable(state)].filter((each) => CARD_STATES[each].isFinal);
      expect(ends, state).not.toEqual([]);
    }
  });

  it('has no way out of an end, and none back to the stock', () => {
    for (const state of STATES) {
      const nexts = Object.values(CARD_LIFE[state]).filter((next) => next !== null);
      if (CARD_STATES[state].isFinal) expect(nexts).toEqual([]);
      expect(nexts).not.toContain('ordered');
    }
  });

  it.each([
    ['active', '20281231', 'active'],
    ['active', '20290101', 'expired'],
    ['ordered', '20290101', 'expired'],
    ['blocked', '20290101', 'blocked'],
    ['retired', '20290101', 'retired'],
    ['replaced', '20290101', 'replaced'],
  ] as const)('%s on %s, of a card valid until 20281231, is %s', (state, day, then) => {
    const validity = { from: '20260101', until: '20281231' };
    expect(stateOn({ state, validity }, day)).toBe(then);
  });

  it('does not end by the calendar where no last day is known', () => {
    expect(stateOn({ state: 'active', validity: null }, '29991231')).toBe('active');
  });
});
