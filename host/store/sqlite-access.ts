// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { instant } from '../../src/time/instant.ts';
import type { AccessStore, AuditRow, UserRow } from './access-store.ts';

/** People, nonces, the audit log. */
export function accessVerbs(database: Database): AccessStore {
  return { ...userVerbs(database), ...nonceVerbs(database), ...auditVerbs(database) };
}

const USER_COLUMNS =
  'name, role, merchant, key_id AS keyId, key_hash AS keyHash, created_at AS createdAt, revoked_at AS revokedAt';

const userRow = (row: UserRow): UserRow => ({
  ...row,
  keyHash: Uint8Array.from(row.keyHash),
  createdAt: instant(row.createdAt),
});

function userVerbs(
  database: Database,
): Pick<
  AccessStore,
  'insertUser' | 'replaceUserKey' | 'revokeUser' | 'user' | 'userByKeyId' | 'users'
> {
  const insert = database.prepare(
    'INSERT INTO users VALUES (@name, @role, @merchant, @keyId, @keyHash, @createdAt, @revokedAt)',
  );
  const select = database.prepare<[string], UserRow>(
    `SELECT ${USER_COLUMNS} FROM users WHERE name = ?`,
  );
  const selectByKey = database.prepare<[string], UserRow>(
    `SELECT ${USER_COLUMNS} FROM users WHERE key_id = ?`,
  );
  const selectAll = database.prepare<[], UserRow>(
    `SELECT ${USER_COLUMNS} FROM users ORDER BY name`,
  );
  const revoke = database.prepare('UPDATE users SET revoked_at = ? WHERE name = ?');
  const replaceKey = database.prepare('UPDATE users SET key_id = ?, key_hash = ? WHERE name = ?');
  const found = (row: UserRow | undefined): UserRow | undefined =>
    row === undefined ? undefined : userRow(row);
  return {
    insertUser: (user) => void insert.run(user),
    user: (name) => found(select.get(name)),
    userByKeyId: (keyId) => found(selectByKey.get(keyId)),
    users: () => selectAll.all().map(userRow),
    replaceUserKey: (name, { keyId, keyHash }) => void replaceKey.run(keyId, keyHash, name),
    revokeUser: (name, at) => void revoke.run(at, name),
  };
}

function nonceVerbs(database: Database): Pick<AccessStore, 'deleteNonces' | 'insertNonce'> {
  const insert = database.prepare('INSERT INTO nonces VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const remove = database.prepare('DELETE FROM nonces WHERE seen_at < ?');
  return {
    insertNonce: (terminal, nonce, seenAt) => insert.run(terminal, nonce, seenAt).changes === 1,
    deleteNonces: (before) => void remove.run(before),
  };
}

function auditVerbs(
  database: Database,
): Pick<AccessStore, 'auditRows' | 'insertAuditRow' | 'lastAuditRow'> {
  const insert = database.prepare(
    'INSERT INTO audit_log VALUES (@id, @at, @actor, @role, @action, @subject, @outcome, @detail, @hash)',
  );
  const selectLast = database.prepare<[], AuditRow>(
    'SELECT * FROM audit_log ORDER BY id DESC LIMIT 1',
  );
  const select = database.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit_log WHERE id > ? ORDER BY id LIMIT ?',
  );
  const auditRow = (row: AuditRow): AuditRow => ({ ...row, hash: Uint8Array.from(row.hash) });
  return {
    lastAuditRow() {
      const row = selectLast.get();
      return row === undefined ? undefined : auditRow(row);
    },
    insertAuditRow: (row) => void insert.run(row),
    auditRows: (after, limit) => select.all(after, limit).map(auditRow),
  };
}
