// SPDX-License-Identifier: MIT
/**
 * Files out and in. `window_files` has the digest of every file of a window as it was first written.
 * `bank_lines` are movements on our account at the bank; `match` says what each was found to be, and while
 * it is null the money of the line stands in 1070 or 2062. `bank_advices` are messages of the bank that had
 * no effect, `claims` what merchants say that their terminals took.
 */
export const BANK_TABLES = `
CREATE TABLE window_files (
  window INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (window, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_files (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, message_id TEXT NOT NULL, imported_at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_statements (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, statement_id TEXT NOT NULL, sequence INTEGER,
  opening INTEGER NOT NULL, closing INTEGER NOT NULL, digest TEXT NOT NULL,
  UNIQUE (account, statement_id)
) STRICT;
CREATE TABLE bank_lines (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, digest TEXT NOT NULL, statement TEXT,
  amount INTEGER NOT NULL, booked_on TEXT NOT NULL, end_to_end_id TEXT NOT NULL, reference TEXT NOT NULL,
  counterparty TEXT NOT NULL, remittance TEXT NOT NULL, match TEXT, opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX bank_lines_by_key ON bank_lines (key, id);
CREATE INDEX bank_lines_by_match ON bank_lines (match, id);
CREATE TABLE bank_advices (
  id INTEGER PRIMARY KEY, digest TEXT NOT NULL, end_to_end_id TEXT NOT NULL, status TEXT NOT NULL,
  reason TEXT NOT NULL, problem TEXT NOT NULL, opened_at INTEGER NOT NULL
) STRICT;
CREATE TABLE claims (
  id INTEGER PRIMARY KEY, digest TEXT NOT NULL, terminal TEXT NOT NULL, date TEXT NOT NULL,
  type INTEGER NOT NULL, counter INTEGER, window INTEGER, count INTEGER NOT NULL,
  gross INTEGER NOT NULL, opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_by_file ON claims (digest);
`;
