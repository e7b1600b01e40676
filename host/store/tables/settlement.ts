// SPDX-License-Identifier: MIT
/**
 * Settlement. A window is a stretch of postings; just one is open, and every posting takes its number in
 * its own transaction. `last_record` and `last_journal` bound what belongs to it. `window_totals` adds up
 * what each merchant was credited by type; `merchant_items` lists each judged record's part of it, so that
 * a closed window can be written out again and again alike, whatever is found later. `settlements` and
 * their lines are what each merchant was then told and paid, kept as it was decided.
 */
export const SETTLEMENT_TABLES = `
CREATE TABLE windows (
  id INTEGER PRIMARY KEY, state TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER,
  business_date TEXT, last_record INTEGER, last_journal INTEGER, head_hash BLOB,
  -- Of the host, over the text of settlement/window-head.ts.
  signature BLOB
) STRICT;
CREATE TABLE window_totals (
  window INTEGER NOT NULL, merchant TEXT NOT NULL, type INTEGER NOT NULL,
  count INTEGER NOT NULL, gross INTEGER NOT NULL,
  PRIMARY KEY (window, merchant, type)
) STRICT, WITHOUT ROWID;
CREATE TABLE merchant_items (
  id INTEGER PRIMARY KEY, window INTEGER NOT NULL, merchant TEXT NOT NULL, type INTEGER NOT NULL,
  record INTEGER NOT NULL, amount INTEGER NOT NULL, cause TEXT NOT NULL
) STRICT;
CREATE INDEX merchant_items_of_window ON merchant_items (window, merchant);

CREATE TABLE merchants (
  id TEXT PRIMARY KEY, display_name TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
  -- Where it is paid: all three or none.
  account_number TEXT, account_holder TEXT, account_bic TEXT,
  hold_reason TEXT, reserve_basis_points INTEGER NOT NULL, reserve_days INTEGER NOT NULL,
  minimum_payout INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fee_schedules (
  -- merchant and type: '*' for all. terms: FeeTerms of settlement/fee-terms.ts as JSON.
  version INTEGER PRIMARY KEY, merchant TEXT NOT NULL, type TEXT NOT NULL, effective_on TEXT NOT NULL,
  terms TEXT NOT NULL, set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settlements (
  merchant TEXT NOT NULL, window INTEGER NOT NULL, business_date TEXT NOT NULL,
  opening INTEGER NOT NULL, adjustments INTEGER NOT NULL, reserve_held INTEGER NOT NULL,
  reserve_released INTEGER NOT NULL, clawback INTEGER NOT NULL, owed INTEGER NOT NULL,
  payout INTEGER NOT NULL, payout_id TEXT, closing INTEGER NOT NULL, hold_reason TEXT,
  PRIMARY KEY (merchant, window)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlements_of_window ON settlements (window);
CREATE TABLE settlement_lines (
  window INTEGER NOT NULL, merchant TEXT NOT NULL, type INTEGER NOT NULL, count INTEGER NOT NULL,
  gross INTEGER NOT NULL, fee_version INTEGER, fee INTEGER NOT NULL, net INTEGER NOT NULL,
  -- FeeShare[] of settlement/model.ts as JSON.
  shares TEXT NOT NULL,
  PRIMARY KEY (window, merchant, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE payouts (
  id TEXT PRIMARY KEY, window INTEGER NOT NULL, merchant TEXT NOT NULL, amount INTEGER NOT NULL,
  state TEXT NOT NULL, end_to_end_id TEXT NOT NULL UNIQUE,
  account_number TEXT NOT NULL, account_holder TEXT NOT NULL, account_bic TEXT NOT NULL,
  created_at INTEGER NOT NULL, bank_reference TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_by_state ON payouts (state, window, merchant);
CREATE TABLE reserves (
  merchant TEXT NOT NULL, window INTEGER NOT NULL, amount INTEGER NOT NULL, release_on TEXT NOT NULL,
  released_in INTEGER,
  PRIMARY KEY (merchant, window)
) STRICT, WITHOUT ROWID;
CREATE TABLE adjustments (
  source TEXT PRIMARY KEY, window INTEGER NOT NULL, merchant TEXT NOT NULL, amount INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX adjustments_of_window ON adjustments (window, merchant);

CREATE TABLE settlement_events (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX settlement_events_of ON settlement_events (subject, id);
`;
