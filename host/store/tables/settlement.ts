// SPDX-License-Identifier: MIT
/**
 * Settlement. A window is a stretch of postings; just one is open, and every posting takes its number in
 * its own transaction. `last_record` and `last_journal` bound what belongs to it. `window_totals` adds up
 * what each merchant was credited by type; `merchant_items` lists each judged record's part of it, so that
 * a closed window can be written out again and again alike, whatever is found later.
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
`;
