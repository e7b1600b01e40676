// SPDX-License-Identifier: MIT
/**
 * The clocks as an operator has set them, and its holidays. A clock runs for as long as was set when it began: what is
 * set later is for what begins later. Holidays lie in the future when they are set. So no deadline that is over ever
 * changes. Working days are Monday to Friday but for holidays, in the time zone of the ledger.
 */
import { Fault } from '../../src/errors/fault.ts';
import { civilTime, isIsoDate, isoDate } from '../../src/time/civil.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';
import type { ClockSetting } from '../store/clock-store.ts';
import type { HostStore } from '../store/store.ts';
import { CLOCKS, type ClockName, type ClockRow, type SettableClock } from './clocks.table.ts';
import { beginningOf, endOf } from './deadline.ts';
import { utcOffsetOf } from './local-time.ts';

const MINUTE_MS = 60_000;
/** So many holidays are kept at most. */
const HOLIDAYS_MAX = 10_000;
const NAME_MAX = 140;

export class ClockBook {
  readonly #settings: readonly ClockSetting[];
  readonly #holidays: ReadonlySet<string>;
  readonly #utcOffsetMinutes: number;

  constructor(store: HostStore) {
    this.#settings = store.clockSettings();
    this.#holidays = new Set(store.holidays().map(({ day }) => day));
    this.#utcOffsetMinutes = utcOffsetOf(store);
  }

  /** How long a clock runs that begins at a moment, in its own unit. */
  value(clock: ClockName, at: Instant): number {
    // In the order in which they were set.
    const set = this.#settings.findLast((row) => row.clock === clock && row.setAt <= at);
    return set?.value ?? CLOCKS[clock].value;
  }

  /** The end of a clock that begins at `start`. */
  deadline(clock: ClockName, start: Instant): Instant {
    const { unit } = CLOCKS[clock];
    const offsetMs = this.#utcOffsetMinutes * MINUTE_MS;
    const isHoliday = (local: Instant): boolean =>
      this.#holidays.size > 0 && this.#holidays.has(isoDate(civilTime(local, 0).date));
    const stretch = { unit, value: this.value(clock, start), isHoliday };
    return plusMs(endOf(stretch, plusMs(start, offsetMs)), -offsetMs);
  }

  /** When money was credited that is unclaimed for too long at `end`. */
  dormantSince(end: Instant): Instant {
    const { unit } = CLOCKS.dormant;
    return beginningOf({ unit, value: this.value('dormant', end) }, end);
  }
}

function refuse(name: string, expected: string, got: number | string): never {
  throw new Fault('USAGE', `"${name}" expected ${expected}, got ${got}`);
}

function rowOf(clock: string): readonly [SettableClock, ClockRow] {
  const row: ClockRow | undefined = Object.hasOwn(CLOCKS, clock)
    ? CLOCKS[clock as ClockName]
    : undefined;
  if (row === undefined || row.settable === null)
    return refuse('clock', `one of ${settableClocks().join(', ')}`, clock);
  // It is in the table and may be set.
  return [clock as SettableClock, row];
}

/** The names of the clocks that may be set. */
export function settableClocks(): readonly SettableClock[] {
  const rows: Readonly<Record<string, ClockRow>> = CLOCKS;
  return (Object.keys(rows) as SettableClock[]).filter((name) => rows[name]?.settable !== null);
}

/** Sets a clock for what begins from now on. @throws USAGE */
export function setClock(store: HostStore, clock: string, value: number, now: Instant): void {
  const [name, { settable, unit }] = rowOf(clock);
  const [least, most] = settable ?? [0, 0];
  if (!Number.isInteger(value) || value < least || value > most) {
    refuse(name, `${least} to ${most} ${UNIT_NAMES[unit]}`, value);
  }
  store.insertClockSetting({ clock: name, value, setAt: now });
}

/** Units as people read them. */
export const UNIT_NAMES: Readonly<Record<ClockRow['unit'], string>> = {
  minutes: 'minutes',
  hours: 'hours',
  days: 'days',
  workingDays: 'working days',
};

function today(store: HostStore, now: Instant): string {
  return isoDate(civilTime(now, utcOffsetOf(store)).date);
}

function checkDay(store: HostStore, day: string, now: Instant): void {
  const first = today(store, now);
  if (!isIsoDate(day) || day <= first) refuse('day', `YYYY-MM-DD after ${first}`, `"${day}"`);
}

/** Makes a day to come a holiday. @throws USAGE, LIMIT_EXCEEDED */
export function addHoliday(
  store: HostStore,
  { day, name }: { readonly day: string; readonly name: string },
  now: Instant,
): void {
  checkDay(store, day, now);
  if (name.length > NAME_MAX || /\p{Cc}/u.test(name)) {
    refuse('name', `at most ${NAME_MAX} characters`, `"${name}"`);
  }
  if (store.holidays().length >= HOLIDAYS_MAX) {
    throw new Fault('LIMIT_EXCEEDED', `"holidays" expected at most ${HOLIDAYS_MAX}, got one more`);
  }
  store.putHoliday({ day, name });
}

/** Makes a holiday to come a day like others. @throws USAGE */
export function removeHoliday(store: HostStore, day: string, now: Instant): void {
  checkDay(store, day, now);
  if (!store.deleteHoliday(day)) refuse('day', 'a holiday', day);
}
