// SPDX-License-Identifier: MIT
/** Credits or debits a merchant besides its records; it is settled with the window that is open. */
import { Fault } from '../../src/errors/fault.ts';
import { atLeastZero, negate, type SignedAmount } from '../../src/money/amount.ts';
import type { Actor } from '../access/actor.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import { merchantOf } from './merchants.ts';
import { logEvent, type SettlementParts } from './parts.ts';

export interface NewAdjustment {
  readonly merchant: string;
  /** Positive: the merchant gets it. */
  readonly amount: SignedAmount;
  /** Who bears it, or gets it. */
  readonly against: AccountId;
  /** Unique name of the event: the same one again changes nothing. */
  readonly source: string;
  readonly reason: string;
}

/**
 * Posts an adjustment; false when its source was posted before.
 * @throws MERCHANT_NOT_FOUND; USAGE on an amount of 0.
 */
export function adjustMerchant(
  parts: SettlementParts,
  adjustment: NewAdjustment,
  actor: Actor,
): boolean {
  const { store, clock } = parts;
  const { merchant, amount, against, source, reason } = adjustment;
  if (amount === 0) throw new Fault('USAGE', '"amount" expected other than 0, got 0');
  return store.transaction(() => {
    merchantOf(store, merchant);
    if (store.hasEntry(source)) return false;
    const payable = account('2040', merchant);
    const postings = new NetPostings()
      .transfer(against, payable, atLeastZero(amount))
      .transfer(payable, against, atLeastZero(negate(amount)))
      .net();
    post(store, { source, kind: 'settlement', postings }, clock.now());
    store.insertAdjustment({ window: store.openWindow(), merchant, amount, source, reason });
    logEvent(parts, actor, {
      action: 'adjusted',
      subject: `merchant:${merchant}`,
      detail: `${amount} ${source}: ${reason}`,
    });
    return true;
  });
}
