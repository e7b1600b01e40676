// SPDX-License-Identifier: MIT
/**
 * Civil (wall clock) time as cards write it: BCD date YYYYMMDD and time HHMMSS, local to the terminal.
 * The calendar arithmetic is the proleptic Gregorian one, counted in days from 1970-01-01.
 */
import { Fault } from '../errors/fault.ts';
import { instant, plusMs, type Instant } from './instant.ts';

const DAY_MS = 86_400_000;

/** A local date and time: `date` YYYYMMDD, `time` HHMMSS, both decimal digits. */
export interface CivilTime {
  readonly date: string;
  readonly time: string;
}

/** Days from 1970-01-01 to the given date; March-based years make the leap day the last one. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

const digits = (value: number, width: number): string => value.toString().padStart(width, '0');

/** The civil time at `at` where clocks are `utcOffsetMinutes` ahead of UTC. */
export function civilTime(at: Instant, utcOffsetMinutes: number): CivilTime {
  const local = at + utcOffsetMinutes * 60_000;
  const days = Math.floor(local / DAY_MS);
  const seconds = Math.floor((local - days * DAY_MS) / 1000);
  const { year, month, day } = civilFromDays(days);
  return {
    date: digits(year, 4) + digits(month, 2) + digits(day, 2),
    time:
      digits(Math.floor(seconds / 3600), 2) +
      digits(Math.floor(seconds / 60) % 60, 2) +
      digits(seconds % 60, 2),
  };
}

/** The number that the decimal digits of a text from `from` up to `to` write; NaN where one is none. */
function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether `date` is eight digits that name a day of the calendar. */
export function isCalendarDate(date: string): boolean {
  const year = numberAt(date, 0, 4);
  const month = numberAt(date, 4, 6);
  const day = numberAt(date, 6, 8);
  if (date.length !== 8 || Number.isNaN(year + month + day)) return false;
  if (month < 1 || month > 12 || day < 1) return false;
  const back = civilFromDays(daysFromCivil(year, month, day));
  return back.month === month && back.day === day;
}

/** Whether `time` is six digits that name a second of the day. */
export function isTimeOfDay(time: string): boolean {
  return /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(time);
}

/**
 * The instant of a civil time.
 * @throws USAGE when the date or the time does not exist.
 */
export function instantOf(civil: CivilTime, utcOffsetMinutes: number): Instant {
  if (!isCalendarDate(civil.date) || !isTimeOfDay(civil.time)) {
    throw new Fault('USAGE', `"time" expected YYYYMMDD HHMMSS, got "${civil.date} ${civil.time}"`);
  }
  const { date, time } = civil;
  const days = daysFromCivil(numberAt(date, 0, 4), numberAt(date, 4, 6), numberAt(date, 6, 8));
  const seconds = numberAt(time, 0, 2) * 3600 + numberAt(time, 2, 4) * 60 + numberAt(time, 4, 6);
  return instant(days * DAY_MS + seconds * 1000 - utcOffsetMinutes * 60_000);
}

/** `2026-02-03` of the eight digits of a date. */
export function isoDate(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

/** `2026-02-03 08:15:30`, for people. */
export function formatCivil(civil: CivilTime): string {
  const { date, time } = civil;
  return `${isoDate(date)} ${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}`;
}

/** Whether the text is `YYYY-MM-DD` and names a day of the calendar. */
export function isIsoDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && isCalendarDate(text.replaceAll('-', ''));
}

/** The day `days` after `date`, both YYYY-MM-DD. @throws USAGE when the day does not exist. */
export function plusDays(date: string, days: number): string {
  if (!isIsoDate(date)) throw new Fault('USAGE', `"date" expected YYYY-MM-DD, got "${date}"`);
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const later = civilFromDays(daysFromCivil(year, month, day) + days);
  return `${digits(later.year, 4)}-${digits(later.month, 2)}-${digits(later.day, 2)}`;
}

/** The date (YYYYMMDD) so many days after `date`; before it when negative. @throws USAGE on no date. */
export function plusCivilDays(date: string, days: number): string {
  return civilTime(plusMs(instantOf({ date, time: '000000' }, 0), days * DAY_MS), 0).date;
}
