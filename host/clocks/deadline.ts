// SPDX-License-Identifier: MIT
/** When a clock that began at some moment ends. Working days are Monday to Friday, of UTC. */
import { instant, plusMs, type Instant } from '../../src/time/instant.ts';
import { CLOCKS, type ClockName } from './clocks.table.ts';

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const DAY_MS = UNIT_MS.days;
/** 1970-01-01 was a Thursday; weekday 0 is Monday. */
const EPOCH_WEEKDAY = 3;

type ElapsedClock = {
  [C in ClockName]: (typeof CLOCKS)[C]['unit'] extends 'workingDays' ? never : C;
}[ClockName];

/** The end of `clock` when it begins at `start`. */
export function deadline(clock: ClockName, start: Instant): Instant {
  const { unit, value } = CLOCKS[clock];
  return unit === 'workingDays'
    ? plusWorkingDays(start, value)
    : plusMs(start, value * UNIT_MS[unit]);
}

/** When a clock that ends at `end` began; only of clocks that run on every day alike. */
export function began(clock: ElapsedClock, end: Instant): Instant {
  const { unit, value } = CLOCKS[clock];
  return plusMs(end, -value * UNIT_MS[unit]);
}

/** Whether a moment is on a working day, by UTC: Monday to Friday. */
export function isWorkingDay(at: Instant): boolean {
  return (Math.floor(at / DAY_MS) + EPOCH_WEEKDAY) % 7 < 5;
}

function plusWorkingDays(start: Instant, days: number): Instant {
  let at: number = start;
  for (let left = days; left > 0;) {
    at += DAY_MS;
    if (isWorkingDay(instant(at))) left--;
  }
  return instant(at);
}
