// SPDX-License-Identifier: MIT
/**
 * What the issuer keeps of holders, lots and cards, besides the evidence. Read with docs/issuing.md. Money
 * in minor units; days are local, YYYYMMDD.
 */
import type { Amount } from '../../src/money/amount.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { CardState } from './life-cycle.table.ts';

/** Of cards that were registered without a lot: no deposit, no fee, in use at once. It has no row. */
export const DEFAULT_LOT = 'default';

/** A person or company with an account. Anonymous cards have none. */
export interface HolderRow {
  readonly id: string;
  readonly name: string;
  readonly contact: string;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
}

/** Cards that were ordered together: what each of them is and costs. */
export interface LotRow {
  readonly id: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly validFrom: string;
  readonly validUntil: string;
  /** Given back when the card comes back. */
  readonly deposit: Amount;
  readonly fee: Amount;
  readonly addedAt: Instant;
}

/** First and last day on which a card may be used. */
export interface CardValidity {
  readonly from: string;
  readonly until: string;
}

/** A card as its issuer knows it; the chain's own row stays narrow (store/tables/evidence.ts). */
export interface CardDetails {
  readonly serial: Uint8Array;
  readonly lot: string;
  readonly holder: string | null;
  /** As it was left: see `stateOn` for the state of a day. */
  readonly state: CardState;
  readonly validity: CardValidity | null;
  /** What is held of its deposit: its part of account 2080. */
  readonly deposit: Amount;
  readonly replacedBy: Uint8Array | null;
  /** When it was replaced or retired. */
  readonly endedAt: Instant | null;
}

/** What was done with a card, oldest first. */
export interface CardEventRow {
  readonly serial: Uint8Array;
  readonly number: number;
  readonly event: string;
  readonly state: CardState;
  readonly at: Instant;
  readonly actor: string;
  readonly note: string;
}

/** A purchase, or a part of it, that its merchant gives back: owed to the holder of the card. */
export interface RefundRow {
  /** Whoever asks twice with one reference is refunded once. */
  readonly reference: string;
  readonly serial: Uint8Array;
  readonly counter: number;
  /** Row of the purchase's record. */
  readonly record: number;
  readonly merchant: string;
  /** Transaction type code of the purchase. */
  readonly type: number;
  readonly amount: Amount;
  readonly at: Instant;
  readonly actor: string;
  readonly note: string;
}

/** What was owed to the holder of a card and has been paid: in cash, or by a load of some card. */
export interface HolderPaymentRow {
  readonly reference: string;
  readonly serial: Uint8Array;
  readonly method: 'cash' | 'load';
  readonly amount: Amount;
  readonly agent: string;
  /** The load that it paid for; null for cash. */
  readonly load: string | null;
  readonly at: Instant;
  readonly actor: string;
}

/** A number of cards that are alike. */
export interface CardCount {
  readonly lot: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly state: CardState;
  readonly validUntil: string | null;
  readonly count: number;
  readonly balance: Amount;
}
