// SPDX-License-Identifier: MIT
/** Summaries of a window: one file for each merchant, one of all of them, and who shares in the fees. */
import { difference, negate, sumSigned, type SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import type { MerchantSettlement } from '../settlement/model.ts';
import type { CsvRow } from './csv.ts';
import { feeNote } from './settlement-detail.ts';

/** One amount of a summary; positive is owed to the merchant. All amounts but `closing` add up to it. */
export interface SummaryItem {
  readonly entry: SummaryEntry;
  readonly type: number | null;
  readonly count: number | null;
  readonly amount: SignedAmount;
  readonly note: string;
}

export type SummaryEntry =
  | 'adjustments'
  | 'clawback'
  | 'closing'
  | 'fee'
  | 'gross'
  | 'opening'
  | 'payout'
  | 'reserveHeld'
  | 'reserveReleased';

/** The amounts of a merchant in the order in which they add up. Those that are zero are left out. */
export function summaryItems(settlement: MerchantSettlement): readonly SummaryItem[] {
  const item = (entry: SummaryEntry, amount: SignedAmount, note = ''): SummaryItem => ({
    entry,
    type: null,
    count: null,
    amount,
    note,
  });
  const { payoutId, holdReason } = settlement;
  const payoutNote = payoutId === null ? '' : `payout ${payoutId}`;
  const between: readonly SummaryItem[] = [
    ...settlement.lines.map(({ count, gross, type }): SummaryItem => ({
      ...item('gross', gross),
      type,
      count,
    })),
    ...settlement.lines.map(({ fee, feeVersion, type }): SummaryItem => ({
      ...item('fee', negate(fee), feeNote(feeVersion)),
      type,
    })),
    item('adjustments', settlement.adjustments),
    item('reserveReleased', settlement.reserveReleased),
    item('reserveHeld', negate(settlement.reserveHeld)),
    item('clawback', negate(settlement.clawback)),
    item('payout', negate(settlement.payout), payoutNote),
  ];
  return [
    item('opening', settlement.opening),
    ...between.filter((row) => row.amount !== 0 || (row.count ?? 0) !== 0),
    item('closing', settlement.closing, holdReason ?? ''),
  ];
}

export function* summaryRows(
  settlement: MerchantSettlement,
  currency: CurrencyCode,
): Generator<CsvRow<'summary'>> {
  const { businessDate: date, merchant, window } = settlement;
  for (const { type, ...row } of summaryItems(settlement)) {
    const name = type === null ? '' : typeName(type);
    yield { ...row, merchant, window, date, type: name, currency };
  }
}

export function* settlementRows(
  settlements: Iterable<MerchantSettlement>,
  currency: CurrencyCode,
): Generator<CsvRow<'settlement'>> {
  for (const row of settlements) {
    yield {
      merchant: row.merchant,
      window: row.window,
      date: row.businessDate,
      opening: row.opening,
      count: row.lines.reduce((total, line) => total + line.count, 0),
      gross: sumSigned(row.lines.map((line) => line.gross)),
      fee: negate(sumSigned(row.lines.map((line) => line.fee))),
      adjustments: row.adjustments,
      reserve: difference(row.reserveReleased, row.reserveHeld),
      clawback: negate(row.clawback),
      payout: negate(row.payout),
      closing: row.closing,
      owed: negate(row.owed),
      currency,
      payout_id: row.payoutId,
      note: row.holdReason,
    };
  }
}

export function* shareRows(
  settlements: Iterable<MerchantSettlement>,
  currency: CurrencyCode,
): Generator<CsvRow<'shares'>> {
  for (const { lines, merchant, window } of settlements) {
    for (const { feeVersion: schedule, shares, type } of lines) {
      for (const { amount, name, party } of shares) {
        yield {
          merchant,
          window,
          type: typeName(type),
          schedule,
          party,
          name,
          amount,
          currency,
        };
      }
    }
  }
}
