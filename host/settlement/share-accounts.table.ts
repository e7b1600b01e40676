// SPDX-License-Identifier: MIT
import type { AccountCode } from '../ledger/accounts.table.ts';
import type { FeeParty } from './model.ts';

/** Where the share of each party in a fee stands; of all but the operator by the name of the party. */
export const SHARE_ACCOUNTS = {
  operator: '4010',
  acquirer: '2050',
  bank: '2051',
  agent: '2052',
} as const satisfies Readonly<Record<FeeParty, AccountCode>>;
