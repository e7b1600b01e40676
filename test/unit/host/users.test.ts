// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { CONSOLE, visibleMerchant } from '../../../host/access/actor.ts';
import { addUser, renewKey, revokeUser, userOfKey } from '../../../host/access/users.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { HostStore } from '../../../host/store/store.ts';
import { faultOf } from '../errors/thrown.ts';
import { freshBytes } from './http-world.ts';

const AT = instant(1_770_000_000_000);

let store: HostStore;
beforeEach(() => {
  store = openSqliteStore(':memory:');
  const terminal = { publicKey: new Uint8Array(32), headSequence: 0, headCounter: 0 };
  store.insertTerminal({ ...terminal, id: '0000000000AA', merchant: 'SHOP' }, AT);
});
afterEach(() => {
  store.close();
});

const add = (name: string, role: string, merchant?: string): string =>
  addUser(
    { store, random: { bytes: freshBytes }, now: AT },
    { name, role, ...(merchant === undefined ? {} : { merchant }) },
  );

describe('a user', () => {
  it('is known by the key that it was given, and the key is nowhere', () => {
    const key = add('alice', 'operator');
    expect(key).toMatch(/^opk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(userOfKey(store, key)).toEqual({ name: 'alice', role: 'operator', merchant: null });
    const [row] = store.users();
    expect(JSON.stringify(row)).not.toContain(key.slice(-43));
    expect(key).toContain(row!.keyId);
  });

  it('is not known by a key with another secret, cut, or with more behind it', () => {
    const key = add('alice', 'operator');
    const last = key.endsWith('A') ? 'B' : 'A';
    for (const wrong of [key.slice(0, -1) + last, key.slice(0, -1), `${key}A`, '', 'alice']) {
      expect(userOfKey(store, wrong)).toBeUndefined();
    }
  });

  it('is not known by a key that was revoked or replaced', () => {
    const first = add('alice', 'operator');
    const second = renewKey({ store, random: { bytes: freshBytes }, now: AT }, 'alice');
    expect(userOfKey(store, first)).toBeUndefined();
    expect(userOfKey(store, second)).toMatchObject({ name: 'alice' });
    revokeUser(store, 'alice', AT);
    expect(userOfKey(store, second)).toBeUndefined();
  });

  it('keeps its name when it is revoked, so that the audit log names one person', () => {
    add('alice', 'operator');
    revokeUser(store, 'alice', AT);
    expect(faultOf(() => add('alice', 'operator')).code).toBe('USER_EXISTS');
    for (const act of [
      () => revokeUser(store, 'alice', AT),
      () => renewKey({ store, random: { bytes: freshBytes }, now: AT }, 'alice'),
      () => revokeUser(store, 'nobody', AT),
    ]) {
      expect(faultOf(act).code).toBe('USER_NOT_FOUND');
    }
  });

  it.each([
    ['', 'operator', undefined, /"name"/],
    ['a b', 'operator', undefined, /"name"/],
    ['x'.repeat(33), 'operator', undefined, /"name"/],
    [CONSOLE.name, 'operator', undefined, /"name"/],
    ['0000000000AA', 'operator', undefined, /"name"/],
    ['bob', 'terminal', undefined, /"role" expected one of operator, approver, auditor, merchant/],
    ['bob', 'toString', undefined, /"role"/],
    ['bob', 'operator', 'SHOP', /"merchant" expected none/],
    ['bob', 'merchant', undefined, /"merchant" expected one of SHOP, got "none"/],
    ['bob', 'merchant', 'KIOSK', /"merchant" expected one of SHOP/],
  ])('named "%s" with role %s and merchant %s is refused', (name, role, merchant, message) => {
    const fault = faultOf(() => add(name, role, merchant));
    expect(fault.code).toBe('USAGE');
    expect(fault.message).toMatch(message);
    expect(store.users()).toEqual([]);
  });
});

describe('a merchant', () => {
  it('is shown itself alone, others whatever they ask for', () => {
    const shop = { name: 's', role: 'merchant', merchant: 'SHOP' } as const;
    expect(visibleMerchant(shop, 'SHOP')).toBe('SHOP');
    expect(faultOf(() => visibleMerchant(shop, 'KIOSK')).code).toBe('NOT_ALLOWED');
    expect(visibleMerchant(CONSOLE, 'KIOSK')).toBe('KIOSK');
  });
});
