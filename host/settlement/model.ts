// SPDX-License-Identifier: MIT
/**
 * What settlement says of a merchant and a window. Read with docs/settlement.md. Money in minor units; what
 * is owed to the merchant is positive. These values are kept as they were decided: files are written from
 * them again and again alike.
 */
import type { Amount, SignedAmount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';

/** Who shares in a fee, each with its account: operator 4010, acquirer 2050, bank 2051, agent 2052. */
export type FeeParty = 'acquirer' | 'agent' | 'bank' | 'operator';

export interface FeeShare {
  readonly party: FeeParty;
  /** Sub-ledger key of the party's account; empty for the operator. */
  readonly name: string;
  readonly amount: Amount;
}

/** One merchant, window and transaction type. `net` = `gross` − `fee`, exactly. */
export interface SettlementLine {
  readonly type: number;
  readonly count: number;
  readonly gross: SignedAmount;
  /** Version of the fee schedule that was applied; null where none is in force. */
  readonly feeVersion: number | null;
  /** Σ of `shares`. */
  readonly fee: Amount;
  readonly shares: readonly FeeShare[];
  readonly net: SignedAmount;
}

/**
 * One merchant in one window. `opening` and `closing` are what is payable (2040) by the windows up to then,
 * zero or more; what the merchant owes instead is `owed`.
 * `opening` + Σ net + `adjustments` + `reserveReleased` − `reserveHeld` − `clawback` − `payout` = `closing`.
 */
export interface MerchantSettlement {
  readonly window: number;
  readonly merchant: string;
  /** YYYY-MM-DD */
  readonly businessDate: string;
  readonly opening: Amount;
  readonly lines: readonly SettlementLine[];
  readonly adjustments: SignedAmount;
  readonly reserveHeld: Amount;
  readonly reserveReleased: Amount;
  /** Paid back of what the merchant owed (1050); negative: what it came to owe in this window. */
  readonly clawback: SignedAmount;
  /** What the merchant owes after it. */
  readonly owed: Amount;
  readonly payout: Amount;
  readonly payoutId: string | null;
  readonly closing: Amount;
  /** Why nothing, or not all, was paid out; null when all was. */
  readonly holdReason: string | null;
}

export type MerchantStatus = 'active' | 'closed' | 'suspended';

/** A merchant as it is registered. Its name is that of its terminals. */
export interface Merchant {
  readonly id: string;
  readonly displayName: string;
  /** Kind of business, in the operator's own words. */
  readonly kind: string;
  readonly status: MerchantStatus;
  readonly account: BankAccount | null;
  /** Why nothing is paid out for now; null when payouts run. */
  readonly holdReason: string | null;
  /** Of the net of each window; 0 keeps no reserve. */
  readonly reserveBasisPoints: number;
  /** Days after the business date of its window when a reserve is released. */
  readonly reserveDays: number;
  /** A payout below it waits for the next window. */
  readonly minimumPayout: Amount;
}

/** Where a merchant is paid. */
export interface BankAccount {
  /** IBAN, or the bank's own number. */
  readonly number: string;
  readonly holder: string;
  /** BIC; empty where the scheme needs none. */
  readonly bic: string;
}

export type PayoutState = 'confirmed' | 'instructed' | 'rejected' | 'returned' | 'sent';

/** An instruction to pay a merchant: 2040 → 2045 when instructed, 2045 → 1010 when the bank confirms. */
export interface Payout {
  readonly id: string;
  readonly window: number;
  readonly merchant: string;
  readonly amount: Amount;
  readonly state: PayoutState;
  /** Goes through the bank and comes back; at most 35 characters (ISO 20022 Max35Text). */
  readonly endToEndId: string;
  readonly account: BankAccount;
  readonly createdAt: Instant;
  /** The bank's own reference, once it is known. */
  readonly bankReference: string | null;
}

/** What a window held back of a merchant, and when it is due again. */
export interface Reserve {
  readonly window: number;
  readonly merchant: string;
  readonly amount: Amount;
  /** YYYY-MM-DD: released with the first window that settles this day or a later one. */
  readonly releaseOn: string;
  /** The window that released it; null while it is held. */
  readonly releasedIn: number | null;
}

/** What a merchant is credited (or, negative, debited) besides its records. */
export interface Adjustment {
  readonly window: number;
  readonly merchant: string;
  readonly amount: SignedAmount;
  /** Source of its journal entry: the same one is posted once. */
  readonly source: string;
  readonly reason: string;
}

/** Who did what to a window, merchant, schedule or payout. */
export interface SettlementEvent {
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  /** `window:1`, `merchant:SHOP`, `fees:1`, `payout:1-SHOP`. */
  readonly subject: string;
  readonly detail: string;
}
