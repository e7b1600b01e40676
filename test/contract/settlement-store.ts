// SPDX-License-Identifier: MIT
/** Windows, totals and items: the part of the store's contract that settlement stands on. */
import { expect, it } from 'vitest';
import { RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { WindowRow } from '../../host/store/settlement-store.ts';
import type { HostStore } from '../../host/store/store.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
/** A card that `hostStoreContract` has registered. */
const ONE = bytes(1, 0);

export function settlementContract(store: () => HostStore): void {
  const first: WindowRow = {
    id: 1,
    state: 'open',
    openedAt: AT,
    closedAt: null,
    businessDate: null,
    lastRecord: null,
    lastJournal: null,
    headHash: null,
    signature: null,
  };

  it('has one open window, closed by giving it its bounds', () => {
    expect(() => store().openWindow()).toThrow(/window is open/);
    store().insertWindow(first);
    expect(store().openWindow()).toBe(1);
    const closed = {
      ...first,
      state: 'closed',
      closedAt: LATER,
      businessDate: '2026-02-03',
      lastRecord: 9,
      lastJournal: 4,
      headHash: bytes(7),
      signature: bytes(8),
    } as const;
    store().updateWindow(closed);
    store().insertWindow({ ...first, id: 2 });
    expect(store().openWindow()).toBe(2);
    expect(store().windows()).toEqual([closed, { ...first, id: 2 }]);
  });

  it('adds up what merchants were credited by window and type', () => {
    const total = { window: 1, merchant: 'M', type: 6, count: 2, gross: signedAmount(30) };
    store().addToWindowTotal(total);
    store().addToWindowTotal({ ...total, count: -1, gross: signedAmount(-40) });
    store().addToWindowTotal({ ...total, window: 2 });
    store().addToWindowTotal({ ...total, type: 9 });
    expect(store().windowTotals(1)).toEqual([
      { ...total, count: 1, gross: -10 },
      { ...total, type: 9 },
    ]);
    const item = {
      window: 1,
      merchant: 'M',
      type: 6,
      record: 5,
      amount: signedAmount(-7),
      cause: 'cloneFork',
    } as const;
    store().insertMerchantItem(item);
    expect([store().merchantItems(1), store().merchantItems(2)]).toEqual([[item], []]);
  });

  it('lists the plainly appended records of a stretch by merchant, terminal and its counter', () => {
    const terminal = { publicKey: bytes(1), headSequence: 0, headCounter: 0 };
    store().insertTerminal({ ...terminal, id: '0000000000AA', merchant: 'Z' }, AT);
    store().insertTerminal({ ...terminal, id: '0000000000BB', merchant: 'A' }, AT);
    const record = (terminalByte: number, counter: number, paid = 1): Uint8Array => {
      const encoded = new Uint8Array(RECORD_SIZE);
      encoded[RECORD_OFFSET.amount + 3] = paid;
      encoded[RECORD_OFFSET.terminalId + 5] = terminalByte;
      encoded[RECORD_OFFSET.terminalCounter + 3] = counter;
      return encoded;
    };
    const next = {
      date: 0x20260203,
      serial: ONE,
      suite: 'aes',
      keyVersion: 1,
      before: amount(0),
      after: amount(0),
    } as const;
    const append = (counter: number, encoded: Uint8Array): void => {
      expect(store().appendNext({ ...next, counter }, encoded)).toBe(true);
    };
    append(0, record(0xaa, 2));
    append(1, record(0xaa, 1));
    append(2, record(0xbb, 9));
    store().appendRecord(3, record(0xbb, 10));
    append(3, record(0xbb, 11));
    append(4, record(0xbb, 12, 0));
    const listed = (after: number, last: number): readonly (readonly [number, string])[] =>
      [...store().plainRecords(after, last)].map(({ id, merchant }) => [id, merchant]);
    expect(listed(0, 6)).toEqual([
      [3, 'A'],
      [5, 'A'],
      [2, 'Z'],
      [1, 'Z'],
    ]);
    expect(listed(1, 3)).toEqual([
      [3, 'A'],
      [2, 'Z'],
    ]);
  });
}
