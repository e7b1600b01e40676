// SPDX-License-Identifier: MIT
/**
 * Rule 22: how old a purchase may be when it is received; rule 21: whether its terminal was in use. Dates are BCD YYYYMMDD as one
 * number and times BCD HHMMSS, as in records.
 */
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import { began } from '../clocks/deadline.ts';
import { utcOffsetOf } from '../clocks/local-time.ts';
import type { HostStore } from '../store/store.ts';

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
  const offset = utcOffsetOf(store);
  const dateOf = (at: Instant): number => Number.parseInt(civilTime(at, offset).date, 16);
  return {
    postedFrom: dateOf(began('lateRecord', now)),
    approvedFrom: dateOf(began('lastRecord', now)),
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

/** The rule of the encoded purchase at `offset`; undefined when it may be posted. Runs for every record. */
export function receiptRule(
  { inactiveFrom, postedFrom, approvedFrom }: ReceiptLimits,
  records: Uint8Array,
  offset: number,
): 'lateForApproval' | 'terminalInactive' | 'tooLate' | undefined {
  const date = readUint(records, offset + RECORD_OFFSET.date, 4);
  if (inactiveFrom !== null && date >= inactiveFrom.date) {
    const time = readUint(records, offset + RECORD_OFFSET.time, 3);
    if (date > inactiveFrom.date || time > inactiveFrom.time) return 'terminalInactive';
  }
  if (date >= postedFrom) return undefined;
  return date >= approvedFrom ? 'lateForApproval' : 'tooLate';
}
