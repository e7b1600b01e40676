// SPDX-License-Identifier: MIT
import type { SignedAmount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { MerchantStore } from './merchant-store.ts';

/** `open`: postings take its number. `closed`: complete, being settled. `settled`: its payouts are posted. */
export type WindowState = 'closed' | 'open' | 'settled';

/** A settlement window: a stretch of postings. Just one is open at any time. */
export interface WindowRow {
  readonly id: number;
  readonly state: WindowState;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  /** YYYY-MM-DD, the day that the window settles; null while it is open. */
  readonly businessDate: string | null;
  /** The last record and journal entry that belong to it; null while it is open. */
  readonly lastRecord: number | null;
  readonly lastJournal: number | null;
  /** Hash of the last journal entry. */
  readonly headHash: Uint8Array | null;
  /** The host's, over the text of settlement/window-head.ts; null while it is open. */
  readonly signature: Uint8Array | null;
}

/** What a merchant was credited in a window by transaction type, less what was taken back. */
export interface WindowTotal {
  readonly window: number;
  readonly merchant: string;
  /** Transaction type code. */
  readonly type: number;
  /** Records credited less records taken back. */
  readonly count: number;
  readonly gross: SignedAmount;
}

/** A judged record's part of a window total; negative when a decision that credited it fell. */
export interface MerchantItem {
  readonly window: number;
  readonly merchant: string;
  readonly type: number;
  /** Row of the record. */
  readonly record: number;
  readonly amount: SignedAmount;
  /** The rule that the record fell under when the item was written. */
  readonly cause: RuleName;
}

/** A record with an amount that was plainly appended in a window. */
export interface WindowRecord {
  readonly id: number;
  readonly merchant: string;
  readonly bytes: Uint8Array;
}

export interface SettlementStore extends MerchantStore {
  /** The number of the open window. @throws Defect when there is none. */
  openWindow(): number;
  windows(): readonly WindowRow[];
  insertWindow(window: WindowRow): void;
  updateWindow(window: WindowRow): void;

  addToWindowTotal(delta: WindowTotal): void;
  windowTotals(window: number): readonly WindowTotal[];
  insertMerchantItem(item: MerchantItem): void;
  merchantItems(window: number): readonly MerchantItem[];
  /**
   * Records with `after < id <= last` that were plainly appended and have an amount, by merchant, terminal,
   * terminal counter. They and the merchant items of a window add up to its totals.
   */
  plainRecords(after: number, last: number): IterableIterator<WindowRecord>;
}
