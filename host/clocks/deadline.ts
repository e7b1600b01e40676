// SPDX-License-Identifier: MIT
import { plusMs, type Instant } from '../../src/time/instant.ts';
import { CLOCKS, type ClockName, type ClockRow } from './clocks.table.ts';

const UNIT_MS: Readonly<Record<Exclude<ClockRow['unit'], 'workingDays'>, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
};

/** 1970-01-01 was a Thursday; Monday is 0. */
const weekday = (at: Instant): number => (Math.floor(at / UNIT_MS.days) + 3) % 7;

/** When a clock that was started at `start` ends. Working days are Monday to Friday, in UTC. */
export function deadlineOf(name: ClockName, start: Instant): Instant {
  const { unit, value } = CLOCKS[name];
  if (unit !== 'workingDays') return plusMs(start, value * UNIT_MS[unit]);
  let end = start;
  for (let left = value; left > 0;) {
    end = plusMs(end, UNIT_MS.days);
    if (weekday(end) < 5) left--;
  }
  return end;
}
