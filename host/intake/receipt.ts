// SPDX-License-Identifier: MIT
/**
 * Rule 22: how old a purchase may be when it is received; rule 21: whether its terminal was in use. Dates are BCD YYYYMMDD as one
 * number and times BCD HHMMSS, as in records.
 */
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
  /** From when on the terminal was lost or retired, date and time; null while it is in use. */
  readonly inactiveFrom: { readonly date: number; readonly time: number } | null;
}

/** The limits for what is received of a terminal at `now`, in the local time of the ledger. */
export function receiptLimits(store: HostStore, terminal: string, now: Instant): ReceiptLimits {
  const offset = Number(store.meta('utcOffsetMinutes') ?? 0);
  const daysAgo = (days: number): number =>
    Number.parseInt(civilTime(plusMs(now, -days * DAY_MS), offset).date, 16);
  return {
    postedFrom: daysAgo(CLOCKS.lateRecord.value),
    approvedFrom: daysAgo(CLOCKS.lastRecord.value),
    inactiveFrom: inactiveFrom(store, terminal, offset),
  };
}

function inactiveFrom(
  store: HostStore,
  terminal: string,
  offset: number,
): ReceiptLimits['inactiveFrom'] {
  const notice = store.notices(terminal).at(-1);
  if (notice === undefined || notice.standing === 'active') return null;
  const { date, time } = civilTime(notice.at, offset);
  return { date: Number.parseInt(date, 16), time: Number.parseInt(time, 16) };
}

/** The rule of a purchase of that date and time; undefined when it may be posted. */
export function receiptRule(
  limits: ReceiptLimits,
  date: number,
  time: number,
): 'lateForApproval' | 'terminalInactive' | 'tooLate' | undefined {
  const { inactiveFrom: from } = limits;
  const isInactive =
    from !== null && (date > from.date || (date === from.date && time > from.time));
  if (isInactive) return 'terminalInactive';
  if (date >= limits.postedFrom) return undefined;
  return date >= limits.approvedFrom ? 'lateForApproval' : 'tooLate';
}
