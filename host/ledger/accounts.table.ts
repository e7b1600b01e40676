// SPDX-License-Identifier: MIT
/**
 * The chart of accounts, in numeric order. Source: docs/ledger.md, Chart. A code is class.kind; a
 * sub-ledger account is `code:key`. `side` is the side on which the balance normally stands.
 *
 * 2010 is a control account: its sub-ledger is the shadow balance of every card, kept in the card's own
 * row, so that no hot account and no million accounts are needed.
 */
export interface AccountRow {
  readonly name: string;
  readonly side: 'credit' | 'debit';
  readonly subLedger: string | null;
}

export const ACCOUNTS = {
  '1030': { name: 'Load receivable', side: 'debit', subLedger: 'agent' },
  '1060': { name: 'Card overspend receivable', side: 'debit', subLedger: null },
  '2010': { name: 'Purse float', side: 'credit', subLedger: 'card (control account)' },
  '2015': { name: 'Load in flight', side: 'credit', subLedger: null },
  '2040': { name: 'Merchant payable', side: 'credit', subLedger: 'merchant' },
  '2061': { name: 'Unpresented purchases', side: 'credit', subLedger: null },
  '2075': { name: 'Disputed, held', side: 'credit', subLedger: null },
  '2095': { name: 'Refund payable', side: 'credit', subLedger: null },
  '9010': { name: 'Memo: value claimed but unverified', side: 'debit', subLedger: null },
  '9020': { name: 'Memo contra', side: 'credit', subLedger: null },
} as const satisfies Record<string, AccountRow>;

export type AccountCode = keyof typeof ACCOUNTS;

declare const accountBrand: unique symbol;

/** An account of the ledger: a code, or a code and the key of its sub-ledger. */
export type AccountId = string & { readonly [accountBrand]: true };

/** The account of a code; `key` only where the code has a sub-ledger of accounts. */
export function account(code: AccountCode, key?: string): AccountId {
  // The brand says that the id was built here, of a code of the table.
  return (key === undefined ? code : `${code}:${key}`) as AccountId;
}

/** The row of the chart that an account belongs to. */
export function accountRow(id: AccountId): AccountRow {
  // Every AccountId was built by `account`, so it begins with a code of the table.
  return ACCOUNTS[id.slice(0, 4) as AccountCode];
}
