// SPDX-License-Identifier: MIT
/** What a scan knows of a card (host/exceptions/sources/recent-taps.ts) is what its chain of rows says. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecentTaps } from '../../../host/exceptions/sources/recent-taps.ts';
import { scanTravel } from '../../../host/exceptions/sources/travel.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { encodeRecord } from '../../../src/clearing/record.ts';
import { instant } from '../../../src/time/instant.ts';
import { recordFields } from '../clearing/build.ts';

const LOOK_BACK = 4;
/** Another limit of a rule: fewer seconds between two terminals are impossible. */
const TRAVEL_SECONDS = 5;

let store: HostStore;
beforeEach(() => {
  store = openSqliteStore(':memory:');
});
afterEach(() => {
  store.close();
});

interface Seen {
  readonly card: number;
  readonly second: number;
  readonly terminal: number;
  readonly counter: number;
}

const seen = fc.record({
  card: fc.integer({ min: 0, max: 4 }),
  second: fc.integer({ min: 50, max: 70 }),
  terminal: fc.integer({ min: 1, max: 3 }),
  counter: fc.integer({ min: 0, max: 3 }),
});

/** Stores records as the chain of each card, and returns what comes before each one by these chains. */
function keep(records: readonly Seen[]): ReadonlyMap<number, readonly number[]> {
  const rows = new Map<number, number[]>();
  const before = new Map<number, readonly number[]>();
  for (const { card, second, terminal, counter } of records) {
    const chain = rows.get(card) ?? [];
    const fields = recordFields({
      applicationSerialNumber: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, card),
      terminalId: Uint8Array.of(0, 0, 0, 0, 0, terminal),
      counterBefore: counter,
      time: `0000${second % 60}`.slice(-6).padStart(6, '0'),
    });
    const row = store.appendRecord(chain.at(-1) ?? 0, encodeRecord(fields));
    before.set(row, chain.slice(-LOOK_BACK).reverse());
    rows.set(card, [...chain, row]);
  }
  return before;
}

describe('taps that were scanned a moment ago', () => {
  it.each([[1], [2], [100]])('are those of the chain, with room for %i cards', (cardsMax) => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 40 }), (records) => {
        store.close();
        store = openSqliteStore(':memory:');
        const before = keep(records);
        const recent = new RecentTaps(store, LOOK_BACK, cardsMax);
        for (const record of store.recordsAfter(0, 100)) {
          const known = recent.next(record).before.map((tap) => tap.record);
          expect(known).toEqual(before.get(record.id));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a scan for impossible travel', () => {
  it('finds what the chains say, and nothing twice', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 40 }), (records) => {
        store.close();
        store = openSqliteStore(':memory:');
        const before = keep(records);
        const of = (row: number): Seen => records[row - 1] as Seen;
        const expected = [...before].flatMap(([row, others]) => {
          const [one] = others.filter((other) => {
            const [left, right] = [of(row), of(other)];
            const apart = Math.abs((left.second % 60) - (right.second % 60));
            const isElsewhere = left.terminal !== right.terminal;
            return isElsewhere && left.counter !== right.counter && apart < TRAVEL_SECONDS;
          });
          return one === undefined ? [] : [{ record: row, other: one }];
        });
        expect(scanTravel(store, instant(0))).toBe(false);
        expect(scanTravel(store, instant(0))).toBe(false);
        expect(store.travelAlerts().map(({ record, other }) => ({ record, other }))).toEqual(
          expected,
        );
      }),
      { numRuns: 100 },
    );
  });
});
