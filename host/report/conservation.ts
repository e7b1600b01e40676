// SPDX-License-Identifier: MIT
/**
 * The conservation identity of the ledger, computed afresh from every row: what the control accounts
 * say must be what their sub-ledgers add up to, and all holder money must be somewhere.
 */
import {
  addSigned,
  difference,
  negate,
  signedAmount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { account, type AccountCode } from '../ledger/accounts.table.ts';
import type { HostStore } from '../store/store.ts';

/** One compared pair; `difference` is 0 when the books are right. */
export interface ControlCheck {
  readonly name: string;
  readonly ledger: SignedAmount;
  readonly subLedger: SignedAmount;
  readonly difference: SignedAmount;
}

export interface LedgerConservation {
  readonly checks: readonly ControlCheck[];
  /**
   * What the host owes card holders, by its books: attested balances, value missing from cards, loads
   * in flight, less what cards attest beyond what they were loaded with.
   */
  readonly float: SignedAmount;
  readonly isHeld: boolean;
}

/** Checks the whole ledger; reads every card once. */
export function ledgerConservation(store: HostStore): LedgerConservation {
  const sums = store.controlSums();
  const credit = (code: AccountCode): SignedAmount => negate(store.balance(account(code)));
  const check = (name: string, ledger: SignedAmount, subLedger: SignedAmount): ControlCheck => ({
    name,
    ledger,
    subLedger,
    difference: difference(ledger, subLedger),
  });
  const trial = store
    .balances()
    .reduce<SignedAmount>((total, row) => addSigned(total, row.balance), signedAmount(0));
  const checks = [
    check('2010 purse float = attested balances of the cards', credit('2010'), sums.cardBalances),
    check('2061 unpresented purchases = gaps of the cards', credit('2061'), sums.gaps),
    check('2015 loads in flight = open loads', credit('2015'), sums.loadsInFlight),
    check('2080 card deposits = deposits of the cards', credit('2080'), store.depositSum()),
    check('trial balance', trial, signedAmount(0)),
  ];
  const overspend = difference(store.balance(account('1060')), credit('2075'));
  const owed = addSigned(addSigned(credit('2010'), credit('2061')), credit('2015'));
  return {
    checks,
    float: difference(owed, overspend),
    isHeld: checks.every((row) => row.difference === 0),
  };
}
