// SPDX-License-Identifier: MIT
import type { DecisionRow, NewLoad } from '../store/store.ts';
import { chainRecord, uncertainTap } from './decode-record.ts';
import type { MerchantOf } from './evidence.ts';
import type { CardEvidence, Listing, SharedNumber } from './model.ts';

/** A change to what is known of a card. */
export type EvidenceChange =
  | { readonly kind: 'decision'; readonly decision: DecisionRow }
  | {
      readonly kind: 'listed';
      readonly listings: readonly Listing[];
      /** The version that first listed the card. */
      readonly version: number;
    }
  | { readonly kind: 'load'; readonly load: NewLoad }
  | {
      readonly kind: 'record';
      readonly bytes: Uint8Array;
      /** Whether the terminal has not used this number before: then it is no replay. */
      readonly isFresh: boolean;
    }
  | { readonly kind: 'sharedNumber'; readonly number: SharedNumber }
  | { readonly kind: 'uncertain'; readonly bytes: Uint8Array; readonly digest: Uint8Array };

/** What is known of a card once a change is known, too. A record is stored as row `recordId`. */
export function withChange(
  before: CardEvidence,
  change: EvidenceChange,
  recordId: number,
  merchantOf: MerchantOf,
): CardEvidence {
  switch (change.kind) {
    case 'record': {
      const records = [...before.records, chainRecord(recordId, change.bytes, merchantOf)];
      // Member by member: nearly every change is a record.
      const { orders, uncertain, listings, sharedNumbers, validUntil, decisions, given } = before;
      return { records, orders, uncertain, listings, sharedNumbers, validUntil, decisions, given };
    }
    case 'uncertain':
      return { ...before, uncertain: [...before.uncertain, uncertainTap(0, change.bytes)] };
    case 'load':
      return { ...before, orders: [...before.orders, change.load] };
    case 'listed':
      return { ...before, listings: change.listings };
    case 'sharedNumber':
      return { ...before, sharedNumbers: [...before.sharedNumbers, change.number] };
    case 'decision': {
      const { decision } = change;
      const others = before.decisions.filter(({ target }) => target !== decision.target);
      return { ...before, decisions: [...others, decision] };
    }
  }
}
