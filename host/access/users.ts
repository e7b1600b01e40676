// SPDX-License-Identifier: MIT
/** People with API keys: added, given a new key, revoked, recognised. */
import { equalBytes } from '../../src/bytes/compare.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { RandomSource } from '../../src/ports/random.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { UserRow } from '../store/access-store.ts';
import type { HostStore } from '../store/store.ts';
import { CONSOLE, type Actor } from './actor.ts';
import { hashOfKey, keyIdOf, makeApiKey } from './api-key.ts';
import { ROLES, type RoleName } from './roles.table.ts';

/** What the audit log and the lists show of a person: nothing that opens anything. */
export interface NewUser {
  readonly name: string;
  readonly role: string;
  /** Only, and always, of a `merchant`. */
  readonly merchant?: string;
}

export interface KeyParts {
  readonly store: HostStore;
  readonly random: RandomSource;
  readonly now: Instant;
}

const NAME = /^[A-Za-z0-9._-]{1,32}$/;
const TERMINAL_ID = /^[0-9A-F]{12}$/;

/**
 * Adds a person and returns the key, which is shown this once.
 * @throws USAGE, USER_EXISTS: a name stays taken when its key is revoked, so that the audit log names one person.
 */
export function addUser({ store, random, now }: KeyParts, user: NewUser): string {
  const { name, merchant = null } = user;
  checkName(name);
  const role = personalRole(user.role);
  checkMerchant(store, role, merchant);
  if (store.user(name) !== undefined) {
    throw new Fault('USER_EXISTS', `"name" expected a new one, got ${name}`);
  }
  const { key, keyId, keyHash } = makeApiKey(random);
  store.insertUser({ name, role, merchant, keyId, keyHash, createdAt: now, revokedAt: null });
  return key;
}

/** Takes a person's key away, for good. @throws USER_NOT_FOUND */
export function revokeUser(store: HostStore, name: string, now: Instant): void {
  knownUser(store, name);
  store.revokeUser(name, now);
}

/** Gives a person another key; the one before opens nothing any more. @throws USER_NOT_FOUND */
export function renewKey({ store, random }: KeyParts, name: string): string {
  knownUser(store, name);
  const { key, keyId, keyHash } = makeApiKey(random);
  store.replaceUserKey(name, { keyId, keyHash });
  return key;
}

/** Who has this key; undefined when nobody has, or it was revoked. */
export function userOfKey(store: HostStore, key: string): Actor | undefined {
  const keyId = keyIdOf(key);
  if (keyId === undefined) return undefined;
  const user = store.userByKeyId(keyId);
  if (user?.revokedAt !== null || !equalBytes(user.keyHash, hashOfKey(key))) return undefined;
  return { name: user.name, role: user.role, merchant: user.merchant };
}

function knownUser(store: HostStore, name: string): UserRow {
  const user = store.user(name);
  if (user?.revokedAt !== null) {
    throw new Fault('USER_NOT_FOUND', `"name" expected a user with a key, got "${name}"`);
  }
  return user;
}

function checkName(name: string): void {
  const isFree = NAME.test(name) && !TERMINAL_ID.test(name) && name !== CONSOLE.name;
  if (isFree) return;
  throw new Fault(
    'USAGE',
    `"name" expected 1 to 32 letters, digits, . _ - that are no terminal id and not "${CONSOLE.name}", got "${name}"`,
  );
}

function personalRole(role: string): RoleName {
  if (Object.hasOwn(ROLES, role) && role !== 'terminal') {
    // A name of the table by the check.
    return role as RoleName;
  }
  const roles = Object.keys(ROLES).filter((known) => known !== 'terminal');
  throw new Fault('USAGE', `"role" expected one of ${roles.join(', ')}, got "${role}"`);
}

function checkMerchant(store: HostStore, role: RoleName, merchant: string | null): void {
  if (role !== 'merchant') {
    if (merchant === null) return;
    throw new Fault('USAGE', `"merchant" expected none for the role ${role}, got "${merchant}"`);
  }
  const known = [...new Set(store.terminals().map((terminal) => terminal.merchant))].sort();
  if (merchant !== null && known.includes(merchant)) return;
  const expected = known.length === 0 ? 'a merchant with a terminal' : `one of ${known.join(', ')}`;
  throw new Fault('USAGE', `"merchant" expected ${expected}, got "${merchant ?? 'none'}"`);
}
