// SPDX-License-Identifier: MIT
/**
 * Issuing and support of one host: every act at the time at which it is called, by an actor. What each does
 * and throws is said where it is done.
 */
import type { Clock } from '../../src/ports/clock.ts';
import type { Actor } from '../access/actor.ts';
import type { MerchantOf } from '../chain/evidence.ts';
import type { HostStore } from '../store/store.ts';
import {
  blockCard,
  issueCard,
  refundBalance,
  replaceCard,
  retireCard,
  settleDeposit,
  unblockCard,
  type CardEnd,
  type Replacement,
} from './cards.ts';
import { closeHolder, holderView, openHolder, type HolderView } from './holders.ts';
import { addLot, keyVersionLines, type KeyVersionLine, type NewLot } from './lots.ts';
import type { CardDetails, HolderPaymentRow, HolderRow, LotRow, RefundRow } from './model.ts';
import type { IssuingHost, IssuingParts } from './parts.ts';
import { payCash, payLoad, type CashRequest, type TransferRequest } from './payments.ts';
import { refundPurchase, type RefundRequest } from './refunds.ts';
import {
  lotLines,
  statistics,
  type LotLine,
  type Statistics,
  type StatisticsRequest,
} from './statistics.ts';
import { supportView, type SupportView } from './support.ts';
import { refundTorn, type TornRefund } from './torn.ts';

export interface IssuingOptions {
  readonly store: HostStore;
  readonly host: IssuingHost;
  readonly merchantOf: MerchantOf;
  readonly clock: Clock;
  readonly utcOffsetMinutes: number;
}

export class Issuing {
  readonly #options: IssuingOptions;

  constructor(options: IssuingOptions) {
    this.#options = options;
  }

  openHolder(holder: Parameters<typeof openHolder>[1]): HolderRow {
    return openHolder(this.#parts(), holder);
  }

  holder(id: string): HolderView {
    return holderView(this.#parts(), id);
  }

  closeHolder(id: string): HolderRow {
    return closeHolder(this.#parts(), id);
  }

  addLot(lot: NewLot): LotRow {
    return addLot(this.#parts(), lot);
  }

  lots(): readonly LotLine[] {
    return lotLines(this.#options.store, this.#options.utcOffsetMinutes);
  }

  keyVersions(): readonly KeyVersionLine[] {
    return keyVersionLines(this.#parts());
  }

  issue(order: Parameters<typeof issueCard>[1], actor: Actor): CardDetails {
    return issueCard(this.#parts(), order, actor);
  }

  block(serial: string, reason: string, actor: Actor): void {
    blockCard(this.#parts(), { serial, reason }, actor);
  }

  unblock(serial: string, reason: string, actor: Actor): void {
    unblockCard(this.#parts(), { serial, reason }, actor);
  }

  replace(order: Replacement, actor: Actor): CardDetails {
    return replaceCard(this.#parts(), order, actor);
  }

  retire(end: CardEnd, actor: Actor): CardDetails {
    return retireCard(this.#parts(), end, actor);
  }

  settleDeposit(end: Pick<CardEnd, 'returnedTo' | 'serial'>, actor: Actor): CardDetails {
    return settleDeposit(this.#parts(), end, actor);
  }

  refundBalance(serial: string, actor: Actor): void {
    refundBalance(this.#parts(), serial, actor);
  }

  refundPurchase(request: RefundRequest, actor: Actor): RefundRow {
    return refundPurchase(this.#parts(), request, actor);
  }

  refundTorn(refund: TornRefund, actor: Actor): void {
    refundTorn(this.#parts(), refund, actor);
  }

  payCash(request: CashRequest, actor: Actor): HolderPaymentRow {
    return payCash(this.#parts(), request, actor);
  }

  payLoad(request: TransferRequest, actor: Actor): HolderPaymentRow {
    return payLoad(this.#parts(), request, actor);
  }

  support(serial: string): SupportView {
    return supportView(this.#parts(), serial);
  }

  statistics(request: StatisticsRequest): Statistics {
    return statistics(this.#options.store, request, this.#options.utcOffsetMinutes);
  }

  #parts(): IssuingParts {
    const { clock, ...parts } = this.#options;
    return { ...parts, now: clock.now() };
  }
}
