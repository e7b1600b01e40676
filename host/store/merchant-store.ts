// SPDX-License-Identifier: MIT
import type { Instant } from '../../src/time/instant.ts';
import type { SignedAmount } from '../../src/money/amount.ts';
import type { AccountId } from '../ledger/accounts.table.ts';
import type { FeeSchedule } from '../settlement/fee-terms.ts';
import type {
  Adjustment,
  Merchant,
  MerchantSettlement,
  Payout,
  Reserve,
  SettlementEvent,
} from '../settlement/model.ts';

/** Merchants, their terms, and what was settled with them. Everything but merchants and payouts is append-only. */
export interface MerchantStore {
  merchant(id: string): Merchant | undefined;
  merchants(): readonly Merchant[];
  /** Inserts or replaces. */
  putMerchant(merchant: Merchant): void;

  /** All schedules by version. */
  feeSchedules(): readonly FeeSchedule[];
  insertFeeSchedule(schedule: FeeSchedule): void;

  /** @throws on a merchant that is settled in this window. */
  insertSettlement(settlement: MerchantSettlement): void;
  settlement(window: number, merchant: string): MerchantSettlement | undefined;
  /** Every merchant of a window, by name. */
  merchantSettlements(window: number): readonly MerchantSettlement[];
  /** The newest one of a merchant. */
  lastSettlement(merchant: string): MerchantSettlement | undefined;

  /** @throws on a payout that is there. */
  insertPayout(payout: Payout): void;
  updatePayout(id: string, change: Pick<Payout, 'bankReference' | 'state'>): void;
  payout(id: string): Payout | undefined;
  /** By window and merchant; of one state where it is given. */
  payouts(state?: Payout['state']): readonly Payout[];

  insertReserve(reserve: Reserve): void;
  /** Every reserve of a merchant, or of all, that is still held. */
  heldReserves(merchant?: string): readonly Reserve[];
  releaseReserve(window: number, merchant: string, releasedIn: number): void;

  /** @throws on a source that is there. */
  insertAdjustment(adjustment: Adjustment): void;
  adjustments(window: number): readonly Adjustment[];

  insertSettlementEvent(event: SettlementEvent): void;
  /** Oldest first. */
  settlementEvents(subject: string): readonly SettlementEvent[];

  /** Σ of the legs of one side on an account: credits (as a negative number) until `at`, debits ever. */
  turnover(
    account: AccountId,
    until: Instant,
  ): { readonly credited: SignedAmount; readonly debited: SignedAmount };

  /** Batches with a greater row number, oldest first; `limit` of them. */
  batchesAfter(
    id: number,
    limit: number,
  ): readonly { readonly id: number; readonly recordCount: number; readonly ack: string }[];
}
