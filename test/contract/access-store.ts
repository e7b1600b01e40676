// SPDX-License-Identifier: MIT
/** People, nonces, the audit log, counts: the part of the store's contract that access stands on. */
import { expect, it } from 'vitest';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import { RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import type { AuditRow, UserRow } from '../../host/store/access-store.ts';
import type { HostStore } from '../../host/store/store.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

const user: UserRow = {
  name: 'bob',
  role: 'merchant',
  merchant: 'SHOP',
  keyId: '00'.repeat(8),
  keyHash: bytes(1, 2),
  createdAt: AT,
  revokedAt: null,
};

const row = (id: number): AuditRow => ({
  id,
  at: AT,
  actor: 'bob',
  role: 'merchant',
  action: 'a',
  subject: 's',
  outcome: 'refused',
  detail: '',
  hash: bytes(id),
});

export function accessContract(store: () => HostStore): void {
  it('finds users by name and by key id, and lists them by name', () => {
    const alice = { ...user, name: 'alice', merchant: null, keyId: '01'.repeat(8) } as const;
    store().insertUser(user);
    store().insertUser(alice);
    expect(store().user('bob')).toEqual(user);
    expect(store().userByKeyId(alice.keyId)).toEqual(alice);
    expect(store().users()).toEqual([alice, user]);
    expect([store().user('x'), store().userByKeyId('x')]).toEqual([undefined, undefined]);
    expect(() => store().insertUser(user)).toThrow();
    expect(() => store().insertUser({ ...user, name: 'carol' })).toThrow();
  });

  it('replaces the key of a user, and revokes it', () => {
    store().insertUser(user);
    store().replaceUserKey('bob', { keyId: '02'.repeat(8), keyHash: bytes(9) });
    store().revokeUser('bob', LATER);
    const changed = { ...user, keyId: '02'.repeat(8), keyHash: bytes(9), revokedAt: LATER };
    expect(store().users()).toEqual([changed]);
    expect(store().userByKeyId(user.keyId)).toBeUndefined();
  });

  it('takes a nonce of a terminal once, until it is forgotten', () => {
    expect(store().insertNonce('T1', 'N', AT)).toBe(true);
    expect(store().insertNonce('T1', 'N', LATER)).toBe(false);
    expect(store().insertNonce('T2', 'N', LATER)).toBe(true);
    store().deleteNonces(LATER);
    expect(store().insertNonce('T1', 'N', LATER)).toBe(true);
    expect(store().insertNonce('T2', 'N', LATER)).toBe(false);
  });

  it('keeps the audit log in its order', () => {
    expect([store().lastAuditRow(), store().auditRows(0, 9)]).toEqual([undefined, []]);
    for (const id of [1, 2, 3]) store().insertAuditRow(row(id));
    expect(store().lastAuditRow()).toEqual(row(3));
    expect(store().auditRows(1, 1)).toEqual([row(2)]);
    expect(store().auditRows(0, 9)).toEqual([row(1), row(2), row(3)]);
    expect(() => store().insertAuditRow(row(3))).toThrow();
  });

  it('counts what is open by rule', () => {
    expect(store().openCounts()).toEqual([]);
    const finding = {
      rule: 'counterGap',
      counter: 1,
      expected: '',
      found: '',
      recordId: null,
    } as const;
    for (const key of ['a', 'b']) {
      store().insertFinding(bytes(1, 0), { ...finding, key, atRisk: amount(1) }, AT);
    }
    const held = { digest: bytes(1), serial: bytes(1), receivedAt: AT, bytes: bytes(1) };
    store().insertQuarantine({ ...held, rule: 'tacInvalid' });
    store().replaceTerminalGaps('T1', [{ from: 1, to: 9, since: AT }]);
    expect(store().openCounts()).toEqual([
      { rule: 'counterGap', count: 2 },
      { rule: 'tacInvalid', count: 1 },
      { rule: 'terminalGap', count: 1 },
    ]);
  });

  it('lists the records of the terminals of a merchant, and of no other', () => {
    const terminal = { publicKey: bytes(1), headSequence: 0, headCounter: 0 };
    store().insertTerminal({ ...terminal, id: '0000000000AA', merchant: 'SHOP' }, AT);
    store().insertTerminal({ ...terminal, id: '0000000000BB', merchant: 'KIOSK' }, AT);
    expect(store().lastRecordId()).toBe(0);
    for (const last of [0xaa, 0xbb, 0xaa, 0xcc]) {
      const encoded = new Uint8Array(RECORD_SIZE);
      encoded[RECORD_OFFSET.terminalId + 5] = last;
      store().appendRecord(0, encoded);
    }
    const ids = (merchant: string, after: number, last: number): readonly number[] =>
      store()
        .merchantRecords(merchant, after, last)
        .map(({ id }) => id);
    expect([ids('SHOP', 0, 9), ids('SHOP', 1, 9), ids('SHOP', 0, 2)]).toEqual([[1, 3], [3], [1]]);
    expect(ids('KIOSK', 0, 9)).toEqual([2]);
    expect(store().lastRecordId()).toBe(4);
  });
}
