// SPDX-License-Identifier: MIT
/**
 * What the host tells terminals, and what it knows of them besides their records. The hotlist of any
 * version follows from `hotlist_changes`; `hotlist` is the newest one, kept for speed. `counter_runs` says
 * which SAM transaction numbers were seen, and between which records the one with a number is found.
 */
export const MESSAGE_TABLES = `
CREATE TABLE hotlist (serial TEXT PRIMARY KEY, version INTEGER NOT NULL, reason TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE hotlist_changes (
  version INTEGER NOT NULL, serial TEXT NOT NULL, op TEXT NOT NULL, reason TEXT NOT NULL,
  actor TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (version, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX hotlist_changes_of_card ON hotlist_changes (serial, version);
CREATE TABLE hotlist_versions (
  version INTEGER PRIMARY KEY, issued_at INTEGER NOT NULL, digest TEXT NOT NULL
) STRICT;

CREATE TABLE actions (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, serial TEXT NOT NULL,
  amount INTEGER NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, load TEXT,
  terminal TEXT, detail TEXT NOT NULL, actor TEXT NOT NULL, created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_of_state ON actions (state, number);

-- terminal: '' for all terminals that have no row of their own.
CREATE TABLE parameters (
  version INTEGER PRIMARY KEY, terminal TEXT NOT NULL, limits TEXT NOT NULL, actor TEXT NOT NULL,
  issued_at INTEGER NOT NULL
) STRICT;

CREATE TABLE terminal_notices (
  id INTEGER PRIMARY KEY, terminal TEXT NOT NULL, standing TEXT NOT NULL, reason TEXT NOT NULL,
  actor TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX terminal_notices_of_terminal ON terminal_notices (terminal, id);
CREATE TABLE terminal_contacts (
  terminal TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL,
  hotlist_version INTEGER NOT NULL, hotlist_digest TEXT NOT NULL, parameters INTEGER NOT NULL,
  actions INTEGER NOT NULL, last_sequence INTEGER NOT NULL, unsent_records INTEGER NOT NULL,
  clock_offset INTEGER
) STRICT, WITHOUT ROWID;
-- Sequences that the host asked for and the terminal does not have any more.
CREATE TABLE terminal_gone (
  terminal TEXT NOT NULL, from_sequence INTEGER NOT NULL, to_sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (terminal, from_sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE terminal_alerts (
  id TEXT PRIMARY KEY, rule TEXT NOT NULL, terminal TEXT NOT NULL, batch TEXT, shade TEXT NOT NULL,
  expected TEXT NOT NULL, found TEXT NOT NULL, amount INTEGER NOT NULL, from_sequence INTEGER,
  to_sequence INTEGER, at INTEGER NOT NULL, settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX terminal_alerts_of_terminal ON terminal_alerts (terminal, rule);

CREATE TABLE counter_runs (
  terminal TEXT NOT NULL, from_counter INTEGER NOT NULL, to_counter INTEGER NOT NULL,
  first_record INTEGER NOT NULL, last_record INTEGER NOT NULL,
  PRIMARY KEY (terminal, from_counter, first_record)
) STRICT, WITHOUT ROWID;
`;
