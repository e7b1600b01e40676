// SPDX-License-Identifier: MIT
/**
 * The ledger: running balances, journals and their legs. Rows of `journals` and `postings` are never
 * changed. `hash` chains every entry to the one before it (ledger/entry-hash.ts); `window` is the
 * settlement window that was open in the transaction that posted the entry.
 */
export const LEDGER_TABLES = `
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, balance INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The trial balance is summed in every slice, and accounts that are even again grow in number with every payout.
CREATE INDEX uneven_accounts ON accounts (id, balance) WHERE balance <> 0;
CREATE TABLE journals (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, posted_at INTEGER NOT NULL,
  window INTEGER NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE postings (
  journal INTEGER NOT NULL REFERENCES journals (id), account TEXT NOT NULL, amount INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,
  PRIMARY KEY (journal, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_of_account ON postings (account, journal);
`;
