// SPDX-License-Identifier: MIT
/**
 * What can happen to a payout in each of its states, and what is posted. Source: docs/settlement.md,
 * Payouts. `repeated` has no effect: the bank may say a thing twice. `refused` is a fault: a person must
 * look, because the bank and the books disagree.
 */
import type { PayoutState } from './model.ts';

/** `send`: the file went to the bank. The others are what the bank says. */
export type PayoutEvent = 'confirm' | 'reject' | 'return' | 'send';

/**
 * `paid`: 2045 → 1010. `takenBack`: 2045 → 2040, it never left. `cameBack`: 1010 → 2040, it left and is here
 * again.
 */
export type PayoutPosting = 'cameBack' | 'none' | 'paid' | 'takenBack';

export type PayoutMove =
  'refused' | 'repeated' | { readonly next: PayoutState; readonly posting: PayoutPosting };

const UNPAID: Readonly<Record<Exclude<PayoutEvent, 'send'>, PayoutMove>> = {
  confirm: { next: 'confirmed', posting: 'paid' },
  reject: { next: 'rejected', posting: 'takenBack' },
  return: { next: 'returned', posting: 'takenBack' },
};

export const PAYOUT_MOVES: Readonly<
  Record<PayoutState, Readonly<Record<PayoutEvent, PayoutMove>>>
> = {
  instructed: { send: { next: 'sent', posting: 'none' }, ...UNPAID },
  sent: { send: 'repeated', ...UNPAID },
  confirmed: {
    send: 'refused',
    confirm: 'repeated',
    reject: 'refused',
    return: { next: 'returned', posting: 'cameBack' },
  },
  rejected: { send: 'refused', confirm: 'refused', reject: 'repeated', return: 'refused' },
  returned: { send: 'refused', confirm: 'refused', reject: 'refused', return: 'repeated' },
};
