// SPDX-License-Identifier: MIT
/** Rule 22: how old a purchase may be when it is received. Dates are BCD YYYYMMDD as one number, as in records. */
import { civilTime } from '../../src/time/civil.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';
import { CLOCKS } from '../clocks/clocks.table.ts';
import type { HostStore } from '../store/store.ts';

const DAY_MS = 86_400_000;

export interface ReceiptLimits {
  /** The first day of a purchase that is posted without a question. */
  readonly postedFrom: number;
  /** The first day of a purchase that a person may still approve. */
  readonly approvedFrom: number;
}

/** The limits for what is received at `now`, in the local time of the ledger. */
export function receiptLimits(store: HostStore, now: Instant): ReceiptLimits {
  const offset = Number(store.meta('utcOffsetMinutes') ?? 0);
  const daysAgo = (days: number): number =>
    Number.parseInt(civilTime(plusMs(now, -days * DAY_MS), offset).date, 16);
  return {
    postedFrom: daysAgo(CLOCKS.lateRecord.value),
    approvedFrom: daysAgo(CLOCKS.lastRecord.value),
  };
}

/** The rule of a purchase of that date; undefined when it is in time. */
export function lateRule(
  limits: ReceiptLimits,
  date: number,
): 'lateForApproval' | 'tooLate' | undefined {
  if (date >= limits.postedFrom) return undefined;
  return date >= limits.approvedFrom ? 'lateForApproval' : 'tooLate';
}
