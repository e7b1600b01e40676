// SPDX-License-Identifier: MIT
/**
 * Refunds of purchases (rule 28): a merchant gives back a purchase, or a part of it, that was accepted. It
 * is found by card and counter. What is given back is owed to the holder of the card, and lowers the gross
 * of the merchant in the window in which it is booked, so the fee falls with it.
 */
import { Fault } from '../../src/errors/fault.ts';
import { amount, negate, sum, type Amount, ZERO } from '../../src/money/amount.ts';
import type { Actor } from '../access/actor.ts';
import { evidenceOf } from '../chain/evidence.ts';
import { judgeCard } from '../chain/fold.ts';
import type { ChainRecord, Movement } from '../chain/model.ts';
import { account } from '../ledger/accounts.table.ts';
import { checkSides, checkTrialBalance, post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { CardRow } from '../store/store.ts';
import { knownCard, noteEvent } from './card-state.ts';
import { owedToHolder } from './owed.ts';
import { checkReference, checkText } from './checks.ts';
import type { RefundRow } from './model.ts';
import type { IssuingParts } from './parts.ts';

export interface RefundRequest {
  /** The same reference again is the same refund. */
  readonly reference: string;
  readonly serial: string;
  /** The offline counter of the purchase, before its increment. */
  readonly counter: number;
  /** Null: all that is left of it. */
  readonly amount: Amount | null;
  readonly note: string;
}

function refuse(problem: string): never {
  throw new Fault('REFUND_REFUSED', problem);
}

/** Movements that paid a merchant for a record of a card. */
export function paidPurchases(
  { store, merchantOf }: Pick<IssuingParts, 'merchantOf' | 'store'>,
  card: CardRow,
): readonly (Movement & { readonly claim: ChainRecord })[] {
  return judgeCard(evidenceOf(store, card, merchantOf)).movements.flatMap((movement) => {
    const { claim, credit } = movement;
    const isPaid = claim !== null && credit === account('2040', claim.merchantId);
    return isPaid ? [{ ...movement, claim }] : [];
  });
}

/** The purchase that is asked for, and what is left of it to refund. */
function findPurchase(
  parts: IssuingParts,
  card: CardRow,
  { serial, counter, amount: asked }: RefundRequest,
): { readonly purchase: ChainRecord; readonly refund: Amount } {
  const purchase = paidPurchases(parts, card).find(({ claim }) => claim.counter === counter)?.claim;
  if (purchase === undefined) {
    refuse(`"counter" expected an accepted purchase of ${serial}, got ${counter}`);
  }
  const before = parts.store.refunds(card.serial).filter(({ record }) => record === purchase.id);
  const refunded = sum(before.map((row) => row.amount));
  const left = amount(Math.max(0, purchase.amount - refunded));
  const refund = asked ?? left;
  if (refund === ZERO || refund > left) {
    refuse(
      `"amount" expected 1 to ${left} of the purchase of ${purchase.amount} (${refunded} refunded before), got ${refund}`,
    );
  }
  return { purchase, refund };
}

/**
 * Refunds a purchase. A refusal is kept in the history of the card.
 * @throws CARD_NOT_FOUND, REFUND_REFUSED, USAGE
 */
export function refundPurchase(
  parts: IssuingParts,
  request: RefundRequest,
  actor: Actor,
): RefundRow {
  const reference = checkReference(request.reference);
  const note = checkText('note', request.note);
  const known = parts.store.refund(reference);
  const { card, details } = knownCard(parts.store, request.serial);
  if (known !== undefined) return sameRefund(known, request, card);
  try {
    return parts.store.transaction(() => {
      const { purchase, refund } = findPurchase(parts, card, request);
      const row: RefundRow = {
        reference,
        serial: card.serial,
        counter: purchase.counter,
        record: purchase.id,
        merchant: purchase.merchantId,
        type: purchase.transactionType,
        amount: refund,
        at: parts.now,
        actor: actor.name,
        note,
      };
      const { overpaid } = owedToHolder(parts, card);
      parts.store.insertRefund(row);
      bookRefund(parts, row, overpaid);
      const told = `counter ${row.counter}: ${refund} minor units by ${row.merchant}`;
      noteEvent(parts, details, { event: 'refund', actor, note: told });
      return row;
    });
  } catch (error) {
    if (error instanceof Fault && error.code === 'REFUND_REFUSED') {
      noteEvent(parts, details, { event: 'refundRefused', actor, note: error.message });
    }
    throw error;
  }
}

function sameRefund(known: RefundRow, request: RefundRequest, card: CardRow): RefundRow {
  const isSame =
    known.counter === request.counter &&
    (request.amount === null || known.amount === request.amount) &&
    known.serial.every((byte, index) => byte === card.serial[index]);
  if (!isSame) {
    throw new Fault(
      'USAGE',
      `"reference" expected one of this refund, ${known.reference} is of another`,
    );
  }
  return known;
}

/**
 * The merchant gives it back; what it is no longer owed it owes (ledger/excess.table.ts). A holder who was
 * paid too much before (chain/overpaid.ts) owes that much less.
 */
function bookRefund({ store, now }: IssuingParts, row: RefundRow, overpaid: Amount): void {
  const { merchant, type, record, amount: refund } = row;
  const net = new NetPostings()
    .transfer(account('2040', merchant), account('2095'), refund)
    .transfer(account('2095'), account('1060'), amount(Math.min(overpaid, refund)));
  const postings = net.net();
  post(store, { source: `refund:${row.reference}`, kind: 'refund', postings }, now);
  const window = store.openWindow();
  const gross = negate(refund);
  store.insertMerchantItem({ window, merchant, type, record, amount: gross, cause: 'accepted' });
  store.addToWindowTotal({ window, merchant, type, count: -1, gross });
  checkSides(
    store,
    postings.map((posting) => posting.account),
  );
  checkTrialBalance(store);
}
