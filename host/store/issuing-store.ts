// SPDX-License-Identifier: MIT
import type { Amount, SignedAmount } from '../../src/money/amount.ts';
import type {
  CardCount,
  CardDetails,
  CardEventRow,
  HolderPaymentRow,
  HolderRow,
  LotRow,
  RefundRow,
} from '../issuing/model.ts';

/** A record that credited its merchant, or a part of it that was taken back. */
export interface ClearedPurchase {
  readonly bytes: Uint8Array;
  readonly merchant: string;
  readonly lot: string;
  /** Null where the record was plainly appended: then it is the record's own amount. */
  readonly amount: SignedAmount | null;
}

/** A refund with the record of its purchase. */
export interface ClearedRefund {
  readonly refund: RefundRow;
  readonly bytes: Uint8Array;
  readonly lot: string;
}

/** A load that the card proved. */
export interface ProvenLoad {
  /** Local date and time, YYYYMMDDHHMMSS. */
  readonly at: string;
  readonly amount: Amount;
  /** The merchant of the terminal that asked for it; empty where it is not known. */
  readonly merchant: string;
  readonly lot: string;
}

/** Holders, lots, cards as their issuer knows them, refunds; and what statistics read. */
export interface IssuingStore {
  insertHolder(holder: HolderRow): void;
  updateHolder(holder: HolderRow): void;
  holder(id: string): HolderRow | undefined;
  holders(): readonly HolderRow[];

  insertLot(lot: LotRow): void;
  lot(id: string): LotRow | undefined;
  lots(): readonly LotRow[];

  insertCardDetails(details: CardDetails): void;
  updateCardDetails(details: CardDetails): void;
  cardDetails(serial: Uint8Array): CardDetails | undefined;
  cardsOfHolder(holder: string): readonly CardDetails[];
  /** Σ of the deposits that are held. */
  depositSum(): Amount;
  /** Cards by lot, suite, key version, state as it was left, and last day. */
  cardCounts(): readonly CardCount[];

  insertCardEvent(event: CardEventRow): void;
  cardEvents(serial: Uint8Array): readonly CardEventRow[];

  insertRefund(refund: RefundRow): void;
  refund(reference: string): RefundRow | undefined;
  refunds(serial: Uint8Array): readonly RefundRow[];
  /** Serial numbers of cards with refunds or payments. */
  refundedCards(): readonly Uint8Array[];

  insertHolderPayment(payment: HolderPaymentRow): void;
  holderPayment(reference: string): HolderPaymentRow | undefined;
  holderPayments(serial: Uint8Array): readonly HolderPaymentRow[];

  /** Everything that credited merchants, less what was taken back of it, in any order; streams. */
  clearedPurchases(): IterableIterator<ClearedPurchase>;
  clearedRefunds(): IterableIterator<ClearedRefund>;
  provenLoads(): IterableIterator<ProvenLoad>;
  /** Cards with a counter at or above `counter`. */
  cardsNearCounter(counter: number): readonly {
    readonly serial: Uint8Array;
    readonly nextOffline: number;
    readonly nextOnline: number;
  }[];
}
