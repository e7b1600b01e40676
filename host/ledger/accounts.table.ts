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
  '1010': { name: 'Bank, safeguarded float', side: 'debit', subLedger: 'bank' },
  '1020': { name: 'Bank, operating', side: 'debit', subLedger: null },
  '1030': { name: 'Load receivable', side: 'debit', subLedger: 'agent' },
  '1050': { name: 'Merchant receivable', side: 'debit', subLedger: 'merchant' },
  '1060': { name: 'Card overspend receivable', side: 'debit', subLedger: null },
  '1070': { name: 'Unmatched bank debits', side: 'debit', subLedger: 'bank line' },
  '2010': { name: 'Purse float', side: 'credit', subLedger: 'card (control account)' },
  '2015': { name: 'Load in flight', side: 'credit', subLedger: null },
  '2020': { name: 'Online account, available', side: 'credit', subLedger: 'holder' },
  '2021': { name: 'Online account, held', side: 'credit', subLedger: 'holder' },
  '2030': { name: 'Escrow held', side: 'credit', subLedger: 'order' },
  '2040': { name: 'Merchant payable', side: 'credit', subLedger: 'merchant' },
  '2041': { name: 'Merchant rolling reserve', side: 'credit', subLedger: 'merchant' },
  '2045': { name: 'Payout instructed', side: 'credit', subLedger: 'payout' },
  '2050': { name: 'Acquirer share payable', side: 'credit', subLedger: 'party' },
  '2051': { name: 'Bank share payable', side: 'credit', subLedger: 'party' },
  '2052': { name: 'Agent share payable', side: 'credit', subLedger: 'party' },
  '2061': { name: 'Unpresented purchases', side: 'credit', subLedger: null },
  '2062': { name: 'Unmatched bank credits', side: 'credit', subLedger: 'bank line' },
  '2070': { name: 'Clearing in transit', side: 'credit', subLedger: 'slice' },
  '2075': { name: 'Disputed, held', side: 'credit', subLedger: null },
  '2080': { name: 'Card deposit', side: 'credit', subLedger: null },
  '2090': { name: 'Dormant and unclaimed', side: 'credit', subLedger: null },
  '2095': { name: 'Refund payable', side: 'credit', subLedger: null },
  '2099': { name: 'Tax payable', side: 'credit', subLedger: null },
  '3010': { name: "Operator's own funds", side: 'credit', subLedger: null },
  '4010': { name: 'Commission income', side: 'credit', subLedger: null },
  '4020': { name: 'Load fee income', side: 'credit', subLedger: null },
  '4030': { name: 'Card fee income', side: 'credit', subLedger: null },
  '4040': { name: 'Breakage income', side: 'credit', subLedger: null },
  '5010': { name: 'Fraud loss', side: 'debit', subLedger: null },
  '5020': { name: 'Bank fees', side: 'debit', subLedger: null },
  '5030': { name: 'Agent commission', side: 'debit', subLedger: null },
  '5040': { name: 'Rounding', side: 'debit', subLedger: null },
  '5050': { name: 'Lost-terminal goodwill', side: 'debit', subLedger: null },
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
