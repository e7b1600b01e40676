// SPDX-License-Identifier: MIT
/**
 * What is owed to the holder of a card: its part of account 2095. Nothing of it is kept as a sum: it is
 * what the card's judged evidence credits to 2095 (loads that did not happen, decisions), and the refunds
 * of its purchases, less what was paid.
 */
import {
  addSigned,
  amount,
  difference,
  sum,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { evidenceOf } from '../chain/evidence.ts';
import { judgeCard } from '../chain/fold.ts';
import { creditedToHolder, OVERPAID } from '../chain/overpaid.ts';
import type { CardRow } from '../store/store.ts';
import type { IssuingParts } from './parts.ts';

export interface Owed {
  /** By the card's evidence and the decisions on it. */
  readonly byEvidence: SignedAmount;
  readonly refunded: Amount;
  readonly paid: Amount;
  /** Still to be paid. */
  readonly owed: Amount;
  /** Paid, although later evidence took back why. */
  readonly overpaid: Amount;
}

/** Computes what is owed to the holder of a card. */
export function owedToHolder(
  { store, merchantOf }: Pick<IssuingParts, 'merchantOf' | 'store'>,
  card: CardRow,
): Owed {
  const { movements } = judgeCard(evidenceOf(store, card, merchantOf));
  const isOverpaid = movements.filter(({ key }) => key === OVERPAID);
  const overpaid = sum(isOverpaid.map((movement) => movement.amount));
  const credited = creditedToHolder(movements);
  const refunded = sum(store.refunds(card.serial).map((refund) => refund.amount));
  const paid = sum(store.holderPayments(card.serial).map((payment) => payment.amount));
  return {
    byEvidence: difference(credited, overpaid),
    refunded,
    paid,
    // What was paid too much is a movement, so this is never less than nothing.
    owed: amount(difference(addSigned(credited, refunded), paid)),
    overpaid,
  };
}
