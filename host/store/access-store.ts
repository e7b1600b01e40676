// SPDX-License-Identifier: MIT
/** People, nonces of signed requests, the audit log. */
import type { RoleName } from '../access/roles.table.ts';
import type { Instant } from '../../src/time/instant.ts';

/** A person or program with an API key. The key itself is nowhere, only its hash. */
export interface UserRow {
  readonly name: string;
  readonly role: RoleName;
  /** The merchant of a `merchant`, null for every other role. */
  readonly merchant: string | null;
  /** The public part of the key: 16 lower-case hexadecimal digits. */
  readonly keyId: string;
  /** SHA-256 of the whole key. */
  readonly keyHash: Uint8Array;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

/** `done`: it is so. `refused`: nothing changed. `failed`: the host could not say; its log has the reason. */
export type AuditOutcome = 'done' | 'failed' | 'refused';

/** One line of the audit log. Rows are never changed. */
export interface AuditRow {
  readonly id: number;
  readonly at: Instant;
  /** Name of the actor; of a refused stranger, the address that asked. */
  readonly actor: string;
  readonly role: RoleName | 'none';
  /** What was done or tried, such as `user add` or `POST /v1/loads`. */
  readonly action: string;
  readonly subject: string;
  readonly outcome: AuditOutcome;
  /** Code of the fault and why; empty where nothing needs saying. Never a key. */
  readonly detail: string;
  /** SHA-256 over the row and the hash of the row before it (access/audit.ts). */
  readonly hash: Uint8Array;
}

export interface AccessStore {
  /** @throws when the name or the key id is there already. */
  insertUser(user: UserRow): void;
  user(name: string): UserRow | undefined;
  userByKeyId(keyId: string): UserRow | undefined;
  /** By name. */
  users(): readonly UserRow[];
  revokeUser(name: string, at: Instant): void;
  replaceUserKey(name: string, key: Pick<UserRow, 'keyHash' | 'keyId'>): void;

  /** False when this terminal has used the nonce already and it has not been forgotten. */
  insertNonce(terminal: string, nonce: string, seenAt: Instant): boolean;
  /** Forgets nonces that were seen before `before`. */
  deleteNonces(before: Instant): void;

  lastAuditRow(): AuditRow | undefined;
  insertAuditRow(row: AuditRow): void;
  /** Rows with `after < id`, oldest first, at most `limit`. */
  auditRows(after: number, limit: number): readonly AuditRow[];
}
