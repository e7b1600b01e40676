// SPDX-License-Identifier: MIT
/**
 * Whether the money of holders is where the law wants it: in the safeguarded account at the bank, or on its way
 * there. Source: docs/ledger.md, Safeguarding. The auditor has a sum of its own (I13).
 */
import {
  addSigned,
  difference,
  negate,
  sumSigned,
  type SignedAmount,
} from '../../src/money/amount.ts';
import type { AccountCode } from './accounts.table.ts';
import type { CodeTotals } from './code-totals.ts';
import { OWED_TO_HOLDERS, SAFEGUARDED } from './safeguarding.table.ts';

/** Value that cards attest and nobody loaded, less what is held of it and plus what was written off of it. */
const LOADED_BY_NOBODY: readonly AccountCode[] = ['1060', '2075', '5010'];
/** Whoever else is paid out of the same account. */
const OTHERS: readonly AccountCode[] = [
  '2040',
  '2041',
  '2045',
  '2050',
  '2051',
  '2052',
  '2062',
  '2070',
  '2099',
];

export interface Safeguarding {
  /** 1010 and 1030. */
  readonly safeguarded: SignedAmount;
  readonly owedToHolders: SignedAmount;
  /** What is safeguarded, less what is owed to holders: below zero money of holders is missing (I13). */
  readonly left: SignedAmount;
  /** The same once every payout that was ordered (2045) has been paid. */
  readonly leftAfterPayouts: SignedAmount;
  /** The same once everybody else has been paid, too: what the operator may take. */
  readonly spare: SignedAmount;
}

export function safeguardingOf(totals: CodeTotals): Safeguarding {
  const sumOf = (codes: readonly AccountCode[]): SignedAmount => sumSigned(codes.map(totals));
  const safeguarded = sumOf(SAFEGUARDED);
  const owedToHolders = negate(sumOf([...OWED_TO_HOLDERS, ...LOADED_BY_NOBODY]));
  const left = difference(safeguarded, owedToHolders);
  return {
    ...{ safeguarded, owedToHolders, left },
    leftAfterPayouts: addSigned(left, totals('2045')),
    spare: addSigned(left, sumOf(OTHERS)),
  };
}
