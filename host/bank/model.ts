// SPDX-License-Identifier: MIT
/**
 * What files of the bank say, as values: movements and balances of statements (camt.053, camt.054), and what
 * became of payments (pain.002, pacs.002, pacs.004). Read with docs/files.md. Positive amounts came in.
 */
import type { SignedAmount, Amount } from '../../src/money/amount.ts';

/** The messages that are read, by what ISO 20022 calls them. */
export type BankFileKind = 'camt.053' | 'camt.054' | 'pacs.002' | 'pacs.004' | 'pain.002';

/** A booked movement on our account. */
export interface StatementLine {
  readonly amount: SignedAmount;
  /** YYYY-MM-DD */
  readonly bookedOn: string;
  /** Empty where the bank gave none. */
  readonly endToEndId: string;
  /** The bank's own reference of the entry; empty where it gave none. */
  readonly reference: string;
  readonly counterparty: string;
  readonly remittance: string;
}

export interface StatementBalances {
  readonly opening: SignedAmount;
  readonly closing: SignedAmount;
}

/** A statement or, without balances, a notification. */
export interface Statement {
  readonly id: string;
  readonly account: string;
  readonly sequence: number | null;
  readonly balances: StatementBalances | null;
  readonly lines: readonly StatementLine[];
}

/** What the bank says of one payment. */
export interface PaymentStatus {
  readonly kind: 'rejected' | 'returned' | 'underway';
  readonly endToEndId: string;
  /** As the message has it: `RJCT`, `ACSC`; `RTRN` for a return. */
  readonly status: string;
  /** Code and text of the reason. */
  readonly reason: string;
  /** Of a return; null elsewhere. */
  readonly amount: Amount | null;
  readonly reference: string;
}

/** A whole order that was rejected, by its message id. */
export interface OrderRejection {
  readonly messageId: string;
  readonly status: string;
  readonly reason: string;
}

export interface BankFile {
  readonly kind: BankFileKind;
  readonly messageId: string;
  readonly statements: readonly Statement[];
  readonly statuses: readonly PaymentStatus[];
  readonly rejectedOrders: readonly OrderRejection[];
}
