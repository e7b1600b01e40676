// SPDX-License-Identifier: MIT
/** What the host tells terminals: the hotlist, actions, parameters. */
export const MESSAGE_TABLES = `
CREATE TABLE hotlist (serial TEXT PRIMARY KEY, version INTEGER NOT NULL, reason TEXT NOT NULL,
  listed_at INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
`;
