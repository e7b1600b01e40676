// SPDX-License-Identifier: MIT
/**
 * The desk: what people asked for, approved, refused and noted of exceptions. Requests change their state;
 * events are never changed. `exception` is the stable id of host/exceptions; `snapshot` is the exception as
 * JSON text when it was first touched, so that its history can be told when it is gone.
 */
export const DESK_TABLES = `
CREATE TABLE desk_requests (
  id TEXT PRIMARY KEY, exception TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
  value INTEGER NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL,
  proposed_by TEXT NOT NULL, proposed_at INTEGER NOT NULL, decided_by TEXT, decided_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_requests_of_exception ON desk_requests (exception);
CREATE TABLE desk_events (
  id INTEGER PRIMARY KEY, exception TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
  kind TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE INDEX desk_events_of_exception ON desk_events (exception);
CREATE TABLE desk_snapshots (
  exception TEXT PRIMARY KEY, snapshot TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
