// SPDX-License-Identifier: MIT
/** Clocks as an operator has set them, each setting with its time, and days that are no working days. */
export const CLOCK_TABLES = `
CREATE TABLE clock_settings (
  id INTEGER PRIMARY KEY, clock TEXT NOT NULL, value INTEGER NOT NULL, set_at INTEGER NOT NULL
) STRICT;
CREATE TABLE holidays (day TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
