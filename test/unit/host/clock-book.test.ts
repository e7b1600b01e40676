// SPDX-License-Identifier: MIT
/** Clocks as an operator sets them, and holidays: host/clocks/clock-book.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addHoliday,
  ClockBook,
  removeHoliday,
  setClock,
  settableClocks,
} from '../../../host/clocks/clock-book.ts';
import { CLOCKS, type ClockName } from '../../../host/clocks/clocks.table.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { instantOf } from '../../../src/time/civil.ts';
import type { Instant } from '../../../src/time/instant.ts';

let store: HostStore;
beforeEach(() => {
  store = openSqliteStore(':memory:');
});
afterEach(() => {
  store.close();
});

/** A moment of UTC: `20260206 120000`. */
function at(text: string): Instant {
  const [date = '', time = '120000'] = text.split(' ');
  return instantOf({ date, time }, 0);
}

const end = (clock: ClockName, start: string): Instant =>
  new ClockBook(store).deadline(clock, at(start));

describe('a clock', () => {
  it('runs for as long as was set when it began', () => {
    expect(end('gap', '20260201')).toBe(at('20260731'));
    setClock(store, 'gap', 90, at('20260301'));
    setClock(store, 'gap', 30, at('20260401'));
    expect(end('gap', '20260201')).toBe(at('20260731'));
    expect(end('gap', '20260301')).toBe(at('20260530'));
    expect(end('gap', '20260501')).toBe(at('20260531'));
    expect(end('terminalAlert', '20260501')).toBe(at('20260502'));
  });

  it.each([
    ['dispute', 0, /"dispute" expected 1 to 365 working days, got 0/],
    ['gap', 3661, /"gap" expected 1 to 3660 days, got 3661/],
    ['terminalAlert', 1.5, /"terminalAlert" expected 1 to 720 hours, got 1.5/],
    ['hotlistAge', 3, /"clock" expected one of response, dispute, gap, .*, got hotlistAge/],
    ['toString', 3, /"clock" expected one of response, .*, got toString/],
  ])('%s is not set to %d', (clock, value, message) => {
    expect(() => {
      setClock(store, clock, value, at('20260201'));
    }).toThrow(message);
    expect(store.clockSettings()).toEqual([]);
  });

  it('of money that is dormant is that of the day on which somebody looks', () => {
    const since = (now: string): Instant => new ClockBook(store).dormantSince(at(now));
    expect(since('20310201')).toBe(at('20260202'));
    setClock(store, 'dormant', 365, at('20310301'));
    expect([since('20310201'), since('20310302')]).toEqual([at('20260202'), at('20300302')]);
  });

  it('can be set unless a judgement depends on it', () => {
    const fixed = Object.keys(CLOCKS).filter(
      (name) => !settableClocks().some((one) => one === name),
    );
    expect(fixed).toEqual(['lateRecord', 'lastRecord', 'hotlistAge', 'expiryGrace', 'clockSkew']);
  });
});

describe('a working day', () => {
  it('is none on a Saturday, a Sunday or a holiday', () => {
    // 2026-02-06 is a Friday.
    expect(end('response', '20260206')).toBe(at('20260209'));
    addHoliday(store, { day: '2026-02-09', name: 'a holiday' }, at('20260201'));
    expect(end('response', '20260206')).toBe(at('20260210'));
    expect(end('response', '20260205')).toBe(at('20260206'));
    addHoliday(store, { day: '2026-02-14', name: 'a Saturday' }, at('20260201'));
    expect(end('dispute', '20260202')).toBe(at('20260217'));
    removeHoliday(store, '2026-02-09', at('20260201'));
    expect(end('dispute', '20260202')).toBe(at('20260216'));
  });

  it('begins and ends at the midnight of the ledger', () => {
    store.setMeta('utcOffsetMinutes', '330');
    // Friday 23:00 of UTC is Saturday there: one working day later is Monday.
    expect(end('response', '20260206 230000')).toBe(at('20260208 230000'));
    expect(end('response', '20260206 120000')).toBe(at('20260209 120000'));
  });

  it.each([
    ['2026-02-01', /"day" expected YYYY-MM-DD after 2026-02-01, got "2026-02-01"/],
    ['2026-02-30', /"day" expected YYYY-MM-DD after 2026-02-01, got "2026-02-30"/],
    ['soon', /"day" expected YYYY-MM-DD after 2026-02-01, got "soon"/],
  ])('is not made a holiday as %j', (day, message) => {
    expect(() => {
      addHoliday(store, { day, name: '' }, at('20260201'));
    }).toThrow(message);
    expect(() => {
      removeHoliday(store, day, at('20260201'));
    }).toThrow(message);
    expect(store.holidays()).toEqual([]);
  });

  it('that is no holiday cannot stop to be one', () => {
    expect(() => {
      removeHoliday(store, '2026-02-03', at('20260201'));
    }).toThrow(/"day" expected a holiday, got 2026-02-03/);
  });
});
