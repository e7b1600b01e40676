// SPDX-License-Identifier: MIT
/**
 * Evidence: terminals, cards, records, gaps, loads, what is held, findings, batches. `records` is
 * append-only; `previous` links the records of one card, newest first, so that a card's history is found
 * without an index of every (card, counter): that index would halve the intake at three million records,
 * and the gap grows. `cards` is the sub-ledger of account 2010.
 */
export const EVIDENCE_TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE terminals (
  id TEXT PRIMARY KEY, merchant TEXT NOT NULL, public_key BLOB NOT NULL,
  head_sequence INTEGER NOT NULL DEFAULT 0, head_counter INTEGER NOT NULL DEFAULT 0,
  enrolled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal_gaps (
  terminal TEXT NOT NULL, from_sequence INTEGER NOT NULL, to_sequence INTEGER NOT NULL,
  -- When the hole was first seen: parts of it keep the time.
  since INTEGER NOT NULL,
  PRIMARY KEY (terminal, from_sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE cards (
  serial BLOB PRIMARY KEY,
  suite TEXT NOT NULL, key_version INTEGER NOT NULL, issued_at INTEGER NOT NULL,
  next_offline INTEGER NOT NULL DEFAULT 0, next_online INTEGER NOT NULL DEFAULT 0,
  balance INTEGER NOT NULL DEFAULT 0,
  last_record INTEGER NOT NULL DEFAULT 0,
  -- CHAIN_MODE of host/chain/model.ts.
  mode INTEGER NOT NULL DEFAULT 0,
  listed_version INTEGER,
  -- BCD YYYYMMDD as a number, as dates lie in records: compared for every purchase.
  valid_until INTEGER
) STRICT, WITHOUT ROWID;

-- Points behind which cards are judged without their past: host/chain/settled.ts. Not in \`cards\`, whose rows
-- are small so that as many as can be are in the page cache.
CREATE TABLE settled_points (
  serial BLOB PRIMARY KEY, record INTEGER NOT NULL, balance INTEGER NOT NULL,
  next_offline INTEGER NOT NULL, next_online INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
  -- is_judged: 0 a purchase that simply came next and was posted; 1 judged, see merchant_items.
  id INTEGER PRIMARY KEY, previous INTEGER NOT NULL, is_judged INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;

CREATE TABLE gaps (
  serial BLOB NOT NULL, from_counter INTEGER NOT NULL, to_counter INTEGER, value INTEGER NOT NULL,
  high INTEGER NOT NULL, is_clear INTEGER NOT NULL,
  -- GapState of host/chain/model.ts: an open one stands in 2061.
  state TEXT NOT NULL,
  PRIMARY KEY (serial, from_counter)
) STRICT, WITHOUT ROWID;

-- The loads of a card lie together, and small: its judgement reads them. An id is the digest of a request, which
-- names its card.
CREATE TABLE loads (
  serial BLOB NOT NULL, counter INTEGER NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL,
  amount INTEGER NOT NULL, before INTEGER NOT NULL, at TEXT NOT NULL, agent TEXT NOT NULL,
  state TEXT NOT NULL, messages INTEGER NOT NULL REFERENCES load_messages (id),
  PRIMARY KEY (serial, counter, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE load_messages (
  id INTEGER PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL
) STRICT;

-- Taps without a known outcome, and records that may not enter the chain of a card.
CREATE TABLE uncertain (
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, serial BLOB NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX uncertain_of_card ON uncertain (serial, digest);
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, serial BLOB NOT NULL, rule TEXT NOT NULL,
  received_at INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;

CREATE TABLE findings (
  serial BLOB NOT NULL, key TEXT NOT NULL, rule TEXT NOT NULL, counter INTEGER NOT NULL,
  expected TEXT NOT NULL, found TEXT NOT NULL, at_risk INTEGER NOT NULL, record INTEGER,
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (serial, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
  id INTEGER PRIMARY KEY, terminal TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL UNIQUE,
  first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, record_count INTEGER NOT NULL,
  received_at INTEGER NOT NULL, raw_file TEXT NOT NULL, ack TEXT NOT NULL,
  -- Σ of the amounts of its purchases.
  gross INTEGER NOT NULL
) STRICT;
CREATE INDEX batches_by_number ON batches (terminal, number);
CREATE INDEX batches_by_totals ON batches (terminal, record_count, gross);

-- Two records of one card at two terminals within seconds: found by a scan that remembers how far it came.
CREATE TABLE travel_alerts (
  record INTEGER PRIMARY KEY, other INTEGER NOT NULL, seconds INTEGER NOT NULL, found_at INTEGER NOT NULL
) STRICT;

-- A SAM transaction number that is on a debit of this card and on one of another: evidence on both.
CREATE TABLE shared_numbers (
  serial BLOB NOT NULL, terminal TEXT NOT NULL, counter INTEGER NOT NULL, other TEXT NOT NULL,
  PRIMARY KEY (serial, terminal, counter, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_numbers_of_terminal ON shared_numbers (terminal);

-- What people decided of a held claim, a gap or an overspend: evidence like any other (chain/model.ts).
CREATE TABLE decisions (
  serial BLOB NOT NULL, target TEXT NOT NULL, action TEXT NOT NULL, request TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (serial, target)
) STRICT, WITHOUT ROWID;
`;
