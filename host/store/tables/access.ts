// SPDX-License-Identifier: MIT
/**
 * Access: people with the hashes of their keys, nonces of signed requests, and the audit log, whose rows
 * are never changed; `hash` chains each to the one before it (access/audit.ts).
 */
export const ACCESS_TABLES = `
CREATE TABLE users (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, merchant TEXT, key_id TEXT NOT NULL UNIQUE,
  key_hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE nonces (
  terminal TEXT NOT NULL, nonce TEXT NOT NULL, seen_at INTEGER NOT NULL,
  PRIMARY KEY (terminal, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_by_time ON nonces (seen_at);
CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
`;
