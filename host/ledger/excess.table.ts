// SPDX-License-Identifier: MIT
/**
 * What an account owes may never turn into a claim of its own: what would overdraw a liability stands on
 * another account instead (I9). Source: docs/ledger.md, Excess. `post` applies this to every entry.
 *
 * A row with `isRepaid` works backwards too: what comes in pays the other account first, so that of the two
 * just one stands, and the pair depends on what was posted and not on its order.
 */
import type { AccountCode } from './accounts.table.ts';

export interface ExcessRow {
  /** Has the same sub-ledger key where the code has a sub-ledger. */
  readonly excess: AccountCode;
  readonly isRepaid: boolean;
  readonly meaning: string;
}

export const EXCESS = {
  '2040': {
    excess: '1050',
    isRepaid: true,
    meaning: 'more is taken back than the merchant is still owed: the merchant owes it',
  },
  '2090': {
    excess: '4040',
    isRepaid: false,
    meaning: 'dormant money is claimed after it became income: the income is taken back',
  },
  '2095': {
    excess: '4040',
    isRepaid: false,
    meaning: 'a refund is taken back after it became income: the income is taken back',
  },
} as const satisfies Partial<Record<AccountCode, ExcessRow>>;
