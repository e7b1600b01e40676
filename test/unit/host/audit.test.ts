// SPDX-License-Identifier: MIT
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { audit, checkAuditLog, type AuditEvent } from '../../../host/access/audit.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';

const AT = instant(1_770_000_000_000);
const event: AuditEvent = {
  actor: 'alice',
  role: 'operator',
  action: 'host hotlist',
  subject: 'card 1',
  outcome: 'done',
  detail: '',
};

/** A log of four rows, changed by `sql`, and what the check says. */
function checkAfter(sql: string): ReturnType<typeof checkAuditLog> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'ledger.db');
  const store = openSqliteStore(path, 'none');
  for (let row = 0; row < 4; row++) audit(store, { ...event, subject: `card ${row}` }, AT);
  store.close();
  const database = new Database(path);
  database.exec(sql);
  database.close();
  const again = openSqliteStore(path, 'none');
  try {
    return checkAuditLog(again);
  } finally {
    again.close();
  }
}

describe('the audit log', () => {
  it.each([
    ['nothing', '', null],
    ['who', "UPDATE audit_log SET actor = 'bob' WHERE id = 2", 2],
    ['what', "UPDATE audit_log SET subject = 'card 9' WHERE id = 2", 2],
    ['when', 'UPDATE audit_log SET at = at + 1 WHERE id = 3', 3],
    ['what came of it', "UPDATE audit_log SET outcome = 'refused' WHERE id = 1", 1],
    ['a hash', "UPDATE audit_log SET hash = x'00' WHERE id = 4", 4],
    ['a row away', 'DELETE FROM audit_log WHERE id = 2', 3],
    [
      'a field into its neighbour',
      "UPDATE audit_log SET action = 'host', subject = 'hotlist' WHERE id = 1",
      1,
    ],
  ])('shows that somebody changed %s', (_name, sql, brokenAt) => {
    expect(checkAfter(sql).brokenAt).toBe(brokenAt);
  });

  it('is undone with the change that it tells of', () => {
    const store = openSqliteStore(':memory:');
    onTestFinished(() => {
      store.close();
    });
    expect(() =>
      store.transaction(() => {
        audit(store, event, AT);
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    expect(store.lastAuditRow()).toBeUndefined();
  });

  it('cuts what comes from outside', () => {
    const store = openSqliteStore(':memory:');
    onTestFinished(() => {
      store.close();
    });
    audit(store, { ...event, subject: 'x'.repeat(5000), detail: 'y'.repeat(5000) }, AT);
    const row = store.lastAuditRow();
    expect([row?.subject.length, row?.detail.length]).toEqual([300, 300]);
    expect(checkAuditLog(store)).toEqual({ rows: 1, brokenAt: null });
  });
});
