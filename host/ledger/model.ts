// SPDX-License-Identifier: MIT
/**
 * The data model of the ledger. Read this first.
 *
 * A journal entry is several postings that stand or fall together; a posting is one leg on one account,
 * debit positive, credit negative, so an entry sums to zero. Entries are never changed: a correction is
 * another entry. `source` names the event that caused the entry and is unique: the same event can be
 * posted once only.
 */
import type { SignedAmount } from '../../src/money/amount.ts';
import type { AccountId } from './accounts.table.ts';

export interface Posting {
  readonly account: AccountId;
  /** Minor units; debit positive, credit negative, never zero. */
  readonly amount: SignedAmount;
}

/** What stands on an account; debit positive. */
export interface AccountBalance {
  readonly account: AccountId;
  readonly balance: SignedAmount;
}

/** Why an entry was made; docs/ledger.md has a recipe for each. */
export type EntryKind =
  | 'bankLine'
  | 'cardService'
  | 'correction'
  | 'decision'
  | 'exception'
  | 'lateRecord'
  | 'loadAuthorised'
  | 'loadProven'
  | 'payout'
  | 'purchase'
  | 'quarantine'
  | 'quarantineReleased'
  | 'refund'
  | 'settlement';

export interface JournalEntry {
  readonly source: string;
  readonly kind: EntryKind;
  readonly postings: readonly Posting[];
}
