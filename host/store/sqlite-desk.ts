// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import type { DeskEvent, DeskRequest, DeskStore } from './desk-store.ts';

const REQUEST_COLUMNS =
  'id, exception, action, target, value, state, note, proposed_by AS proposedBy, proposed_at AS proposedAt, decided_by AS decidedBy, decided_at AS decidedAt';
const EVENT_COLUMNS = 'exception, at, actor, kind, note';

/** Requests, events and snapshots of the desk. */
export function deskVerbs(database: Database): DeskStore {
  const one = database.prepare<[string], DeskRequest>(
    `SELECT ${REQUEST_COLUMNS} FROM desk_requests WHERE id = ?`,
  );
  const all = database.prepare<[], DeskRequest>(
    `SELECT ${REQUEST_COLUMNS} FROM desk_requests ORDER BY proposed_at, id`,
  );
  const ofException = database.prepare<[string], DeskRequest>(
    `SELECT ${REQUEST_COLUMNS} FROM desk_requests WHERE exception = ? ORDER BY proposed_at, id`,
  );
  const put = database.prepare(
    `INSERT INTO desk_requests VALUES (@id, @exception, @action, @target, @value, @state, @note,
       @proposedBy, @proposedAt, @decidedBy, @decidedAt)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by,
       decided_at = excluded.decided_at`,
  );
  const events = database.prepare<[string], DeskEvent>(
    `SELECT ${EVENT_COLUMNS} FROM desk_events WHERE exception = ? ORDER BY id`,
  );
  const last = database.prepare<[], DeskEvent>(
    `SELECT ${EVENT_COLUMNS} FROM desk_events
     WHERE id IN (SELECT MAX(id) FROM desk_events GROUP BY exception) ORDER BY exception`,
  );
  const insertEvent = database.prepare(
    `INSERT INTO desk_events (${EVENT_COLUMNS}) VALUES (@exception, @at, @actor, @kind, @note)`,
  );
  const snapshot = database
    .prepare<[string], string>('SELECT snapshot FROM desk_snapshots WHERE exception = ?')
    .pluck();
  const insertSnapshot = database.prepare(
    'INSERT INTO desk_snapshots VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    deskRequest: (id) => one.get(id),
    deskRequests: (exception) => (exception === undefined ? all.all() : ofException.all(exception)),
    putDeskRequest: (request) => void put.run(request),
    deskEvents: (exception) => events.all(exception),
    insertDeskEvent: (event) => void insertEvent.run(event),
    lastDeskEvents: () => new Map(last.all().map((event) => [event.exception, event])),
    deskSnapshot: (exception) => snapshot.get(exception),
    insertDeskSnapshot: (exception, text) => void insertSnapshot.run(exception, text),
  };
}
