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
  negate,
  signedAmount,
  sum,
  sumSigned,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { evidenceOf } from '../chain/evidence.ts';
import { judgeCard } from '../chain/fold.ts';
import type { CardJudgement } from '../chain/model.ts';
import { account } from '../ledger/accounts.table.ts';
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

const REFUND_PAYABLE = account('2095');

function creditedToHolder({ movements }: CardJudgement): SignedAmount {
  return sumSigned(
    movements.map(({ debit, credit, amount: moved }) => {
      const credited = credit === REFUND_PAYABLE ? moved : ZERO;
      return difference(credited, debit === REFUND_PAYABLE ? moved : ZERO);
    }),
  );
}

/** Computes what is owed to the holder of a card. */
export function owedToHolder(
  { store, merchantOf }: Pick<IssuingParts, 'merchantOf' | 'store'>,
  card: CardRow,
): Owed {
  const byEvidence = creditedToHolder(judgeCard(evidenceOf(store, card, merchantOf)));
  const refunded = sum(store.refunds(card.serial).map((refund) => refund.amount));
  const paid = sum(store.holderPayments(card.serial).map((payment) => payment.amount));
  const left = addSigned(addSigned(byEvidence, refunded), negate(paid));
  const part = (value: SignedAmount): Amount => amount(Math.max(0, value));
  return {
    byEvidence,
    refunded,
    paid,
    owed: part(left),
    overpaid: part(difference(signedAmount(0), left)),
  };
}
