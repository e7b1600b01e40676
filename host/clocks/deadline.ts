// SPDX-License-Identifier: MIT
/** When a clock that began at some moment ends, and when one that ends began. */
import { instant, plusMs, type Instant } from '../../src/time/instant.ts';
import { CLOCKS, type ClockRow, type FixedClock } from './clocks.table.ts';

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const DAY_MS = UNIT_MS.days;
/** 1970-01-01 was a Thursday; weekday 0 is Monday. */
const EPOCH_WEEKDAY = 3;

/** A stretch of time; `isHoliday` is asked for moments on weekdays. */
export interface Stretch extends Pick<ClockRow, 'unit' | 'value'> {
  readonly isHoliday: (at: Instant) => boolean;
}

/** The end of a stretch that begins at `start`. */
export function endOf({ unit, value, isHoliday }: Stretch, start: Instant): Instant {
  if (unit !== 'workingDays') return plusMs(start, value * UNIT_MS[unit]);
  let at = start;
  for (let left = value; left > 0;) {
    at = plusMs(at, DAY_MS);
    if (isWeekday(at) && !isHoliday(at)) left--;
  }
  return at;
}

/** When a stretch that ends at `end` began; only of those in which every day counts. */
export function beginningOf(
  {
    unit,
    value,
  }: { readonly unit: Exclude<ClockRow['unit'], 'workingDays'>; readonly value: number },
  end: Instant,
): Instant {
  return plusMs(end, -value * UNIT_MS[unit]);
}

/** The end of a clock that no host sets. */
export function deadline(clock: FixedClock, start: Instant): Instant {
  return endOf({ ...CLOCKS[clock], isHoliday: () => false }, start);
}

/** When a clock that no host sets began. */
export function began(clock: FixedClock, end: Instant): Instant {
  return beginningOf(CLOCKS[clock], end);
}

/** Monday to Friday, by UTC. */
export function isWeekday(at: Instant): boolean {
  return (Math.floor(instant(at) / DAY_MS) + EPOCH_WEEKDAY) % 7 < 5;
}
