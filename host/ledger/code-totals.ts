// SPDX-License-Identifier: MIT
import { addSigned, signedAmount, type SignedAmount } from '../../src/money/amount.ts';
import type { AccountCode } from './accounts.table.ts';
import type { AccountBalance } from './model.ts';

/** What stands on a code of the chart with all its sub-ledger accounts; debit positive. */
export type CodeTotals = (code: AccountCode) => SignedAmount;

export function codeTotals(balances: readonly AccountBalance[]): CodeTotals {
  const totals = new Map<string, SignedAmount>();
  for (const { account, balance } of balances) {
    const code = account.slice(0, 4);
    totals.set(code, addSigned(totals.get(code) ?? signedAmount(0), balance));
  }
  return (code) => totals.get(code) ?? signedAmount(0);
}
