// SPDX-License-Identifier: MIT
/**
 * Fees that are rounded record by record: adds up a window's records where a schedule says so. Records are
 * read in stretches, and other work goes on between them: a window may have millions.
 */
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { signedAmount } from '../../src/money/amount.ts';
import type { HostStore } from '../store/store.ts';
import { scheduleInForce, type FeeSchedule } from './fee-terms.ts';
import { RecordFees } from './fees.ts';

/** Records of one stretch: some tens of milliseconds. */
const STRETCH = 10_000;

/** A closed window, as far as fees look at it. */
export interface FeeWindow {
  readonly id: number;
  readonly businessDate: string;
  /** Records after this one, up to and with `lastRecord`. */
  readonly after: number;
  readonly lastRecord: number;
}

/** The fees by record of a merchant and type; undefined where they are of the window. */
export type RecordFeesOf = (
  merchant: string,
  type: number,
) => ReturnType<RecordFees['total']> | undefined;

const NONE: RecordFeesOf = () => undefined;

/** Lets whatever else is waiting run. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Adds up a window's fees by record. */
export async function recordFeesOf(
  store: HostStore,
  schedules: readonly FeeSchedule[],
  window: FeeWindow,
): Promise<RecordFeesOf> {
  if (!schedules.some(({ terms }) => terms.basis === 'record')) return NONE;
  const known = new Map<string, RecordFees | null>();
  const feesOf = (merchant: string, type: number): RecordFees | null => {
    const key = `${type} ${merchant}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const terms = scheduleInForce(schedules, merchant, type, window.businessDate)?.terms;
    const fees = terms?.basis === 'record' ? new RecordFees(terms) : null;
    known.set(key, fees);
    return fees;
  };
  for (let after = window.after; after < window.lastRecord; after += STRETCH) {
    const last = Math.min(after + STRETCH, window.lastRecord);
    for (const { merchant, bytes } of store.plainRecords(after, last)) {
      const type = bytes[RECORD_OFFSET.transactionType] ?? 0;
      feesOf(merchant, type)?.count(signedAmount(readUint(bytes, RECORD_OFFSET.amount, 4)));
    }
    await breathe();
  }
  for (const { merchant, type, amount } of store.merchantItems(window.id)) {
    feesOf(merchant, type)?.count(amount);
  }
  return (merchant, type) => known.get(`${type} ${merchant}`)?.total();
}
