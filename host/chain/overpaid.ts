// SPDX-License-Identifier: MIT
/**
 * What was paid to the holder of a card although later evidence took back why: a record that came after the
 * balance was refunded, a load that was done after all. It is owed by the holder (1060), so that what is
 * owed to others in 2095 stays whole.
 */
import {
  addSigned,
  amount,
  difference,
  sumSigned,
  ZERO,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { account } from '../ledger/accounts.table.ts';
import type { GivenToHolder, Movement } from './model.ts';

/** The key of the movement of what was paid too much. */
export const OVERPAID = 'overspend:payments';

const REFUND_PAYABLE = account('2095');

/** What movements credit to the holder. */
export function creditedToHolder(movements: readonly Movement[]): SignedAmount {
  return sumSigned(
    movements.map(({ debit, credit, amount: moved }) =>
      difference(credit === REFUND_PAYABLE ? moved : ZERO, debit === REFUND_PAYABLE ? moved : ZERO),
    ),
  );
}

/** The movement of what was paid too much, by all other movements of the card. */
export function overpaidMovements(
  movements: readonly Movement[],
  given: GivenToHolder | undefined,
): readonly Movement[] {
  if (given === undefined) return [];
  const owed = addSigned(creditedToHolder(movements), given.refunded);
  const excess = amount(Math.max(0, difference(given.paid, owed)));
  const transfer = { debit: account('1060'), credit: REFUND_PAYABLE, amount: excess };
  return excess === ZERO ? [] : [{ key: OVERPAID, ...transfer, claim: null }];
}
