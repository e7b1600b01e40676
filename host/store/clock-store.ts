// SPDX-License-Identifier: MIT
/** What an operator has set of the clocks of clearing, and its holidays. */
import type { Instant } from '../../src/time/instant.ts';
import type { SettableClock } from '../clocks/clocks.table.ts';

export interface ClockSetting {
  readonly clock: SettableClock;
  /** In the clock's own unit. */
  readonly value: number;
  readonly setAt: Instant;
}

export interface Holiday {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly name: string;
}

export interface ClockStore {
  insertClockSetting(setting: ClockSetting): void;
  /** In the order in which they were set. */
  clockSettings(): readonly ClockSetting[];
  putHoliday(holiday: Holiday): void;
  /** False when the day was none. */
  deleteHoliday(day: string): boolean;
  /** By their days. */
  holidays(): readonly Holiday[];
}
