// SPDX-License-Identifier: MIT
/**
 * Issuing: holders, card lots, what the issuer knows of each card, and what was given back. `card_details`
 * stands beside `cards`, so that the row that every purchase touches stays narrow; a card without a row in
 * it is of the default lot and in use. Rows of `card_events`, `purchase_refunds` and `holder_payments` are
 * never changed.
 */
export const ISSUING_TABLES = `
CREATE TABLE holders (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL, opened_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE lots (
  id TEXT PRIMARY KEY, suite TEXT NOT NULL, key_version INTEGER NOT NULL,
  valid_from TEXT NOT NULL, valid_until TEXT NOT NULL,
  deposit INTEGER NOT NULL, fee INTEGER NOT NULL, added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE card_details (
  serial BLOB PRIMARY KEY, lot TEXT NOT NULL, holder TEXT,
  -- CardState of host/issuing/life-cycle.table.ts.
  state TEXT NOT NULL,
  valid_from TEXT, valid_until TEXT,
  -- Held in 2080 for this card.
  deposit INTEGER NOT NULL,
  replaced_by BLOB, ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_of_holder ON card_details (holder);

CREATE TABLE card_events (
  serial BLOB NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL,
  at INTEGER NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (serial, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase_refunds (
  reference TEXT PRIMARY KEY, serial BLOB NOT NULL, counter INTEGER NOT NULL, record INTEGER NOT NULL,
  merchant TEXT NOT NULL, type INTEGER NOT NULL, amount INTEGER NOT NULL,
  at INTEGER NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_refunds_of_card ON purchase_refunds (serial);

CREATE TABLE holder_payments (
  reference TEXT PRIMARY KEY, serial BLOB NOT NULL, method TEXT NOT NULL, amount INTEGER NOT NULL,
  agent TEXT NOT NULL, load TEXT UNIQUE, at INTEGER NOT NULL, actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX holder_payments_of_card ON holder_payments (serial);
`;
