// SPDX-License-Identifier: MIT
/** Merchants, fees, settlements and payouts: the other part of the contract that settlement stands on. */
import { expect, it } from 'vitest';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import type { FeeSchedule } from '../../host/settlement/fee-terms.ts';
import type { Merchant, MerchantSettlement, Payout } from '../../host/settlement/model.ts';
import type { HostStore } from '../../host/store/store.ts';

const AT = instant(1_770_000_000_000);
const BANK = { number: 'DE02', holder: 'Shop Ltd', bic: '' };
const SHOP: Merchant = {
  id: 'SHOP',
  displayName: 'The Shop',
  kind: 'grocery',
  status: 'active',
  account: null,
  holdReason: null,
  reserveBasisPoints: 500,
  reserveDays: 30,
  minimumPayout: amount(100),
};
const settled: MerchantSettlement = {
  window: 1,
  merchant: 'SHOP',
  businessDate: '2026-02-03',
  opening: amount(0),
  lines: [
    {
      type: 6,
      count: 2,
      gross: signedAmount(1000),
      feeVersion: 1,
      fee: amount(30),
      shares: [{ party: 'operator', name: '', amount: amount(30) }],
      net: signedAmount(970),
    },
    {
      type: 9,
      count: -1,
      gross: signedAmount(-5),
      feeVersion: null,
      fee: amount(0),
      shares: [],
      net: signedAmount(-5),
    },
  ],
  adjustments: signedAmount(-7),
  reserveHeld: amount(48),
  reserveReleased: amount(2),
  clawback: signedAmount(-3),
  owed: amount(3),
  payout: amount(915),
  payoutId: '1-SHOP',
  closing: amount(0),
  holdReason: null,
};
const payout: Payout = {
  id: '1-SHOP',
  window: 1,
  merchant: 'SHOP',
  amount: amount(915),
  state: 'instructed',
  endToEndId: '1-SHOP',
  account: BANK,
  createdAt: AT,
  bankReference: null,
};
const fees: FeeSchedule = {
  version: 1,
  merchant: '*',
  type: 6,
  effectiveOn: '2026-02-01',
  terms: {
    basis: 'window',
    recipients: [{ party: 'operator', name: '' }],
    tiers: [{ from: amount(0), basisPoints: [300] }],
    minimum: amount(0),
    cap: null,
    residue: 'operator',
  },
  setAt: AT,
};

export function merchantContract(store: () => HostStore): void {
  it('keeps merchants as they were put last, by name', () => {
    expect(store().merchant('SHOP')).toBeUndefined();
    store().putMerchant(SHOP);
    store().putMerchant({ ...SHOP, id: 'BAKER' });
    const changed: Merchant = { ...SHOP, account: BANK, holdReason: 'audit', status: 'suspended' };
    store().putMerchant(changed);
    expect(store().merchant('SHOP')).toEqual(changed);
    expect(store().merchants()).toEqual([{ ...SHOP, id: 'BAKER' }, changed]);
  });

  it('keeps fee schedules by version, each once', () => {
    store().insertFeeSchedule(fees);
    const all = { ...fees, version: 2, type: '*' } as const;
    store().insertFeeSchedule(all);
    expect(store().feeSchedules()).toEqual([fees, all]);
    expect(() => store().insertFeeSchedule(fees)).toThrow();
  });

  it('keeps a settlement with its lines, once for a merchant and window', () => {
    store().insertSettlement(settled);
    const other = { ...settled, merchant: 'BAKER' };
    store().insertSettlement(other);
    const later = { ...settled, window: 2, lines: [], payoutId: null, holdReason: 'held: x' };
    store().insertSettlement(later);
    expect(store().merchantSettlements(1)).toEqual([other, settled]);
    expect([store().settlement(1, 'SHOP'), store().settlement(3, 'SHOP')]).toEqual([
      settled,
      undefined,
    ]);
    expect([store().lastSettlement('SHOP'), store().lastSettlement('X')]).toEqual([
      later,
      undefined,
    ]);
    expect(() => store().insertSettlement({ ...settled, lines: [] })).toThrow();
  });

  it('lists payouts by window and merchant, all or those of one state', () => {
    store().insertPayout(payout);
    const other = { ...payout, id: '1-BAKER', endToEndId: '1-BAKER', merchant: 'BAKER' };
    store().insertPayout(other);
    store().updatePayout('1-SHOP', { state: 'confirmed', bankReference: 'B1' });
    const confirmed = { ...payout, state: 'confirmed', bankReference: 'B1' } as const;
    expect(store().payouts()).toEqual([other, confirmed]);
    expect(store().payouts('instructed')).toEqual([other]);
    expect([store().payout('1-SHOP'), store().payout('2-SHOP')]).toEqual([confirmed, undefined]);
    expect(() => store().insertPayout(other)).toThrow();
  });

  it('forgets a reserve as held when it is released', () => {
    const held = { merchant: 'SHOP', releaseOn: '2026-03-05', releasedIn: null };
    store().insertReserve({ ...held, window: 2, amount: amount(5) });
    store().insertReserve({ ...held, window: 1, amount: amount(4) });
    store().insertReserve({ ...held, window: 1, amount: amount(9), merchant: 'BAKER' });
    store().releaseReserve(1, 'SHOP', 7);
    expect(store().heldReserves('SHOP')).toEqual([{ ...held, window: 2, amount: 5 }]);
    expect(
      store()
        .heldReserves()
        .map(({ amount: value }) => value),
    ).toEqual([9, 5]);
  });

  it('keeps adjustments by window, each source once', () => {
    const row = { window: 1, merchant: 'SHOP', amount: signedAmount(-4), reason: 'r' };
    store().insertAdjustment({ ...row, source: 'b' });
    store().insertAdjustment({ ...row, source: 'a' });
    store().insertAdjustment({ ...row, source: 'c', window: 2 });
    expect(store().adjustments(1)).toEqual([
      { ...row, source: 'a' },
      { ...row, source: 'b' },
    ]);
    expect(() => store().insertAdjustment({ ...row, source: 'a' })).toThrow();
  });

  it('tells the events of one subject in their order', () => {
    const event = { at: AT, actor: 'ann', subject: 'window:1', detail: '' };
    store().insertSettlementEvent({ ...event, action: 'closed' });
    store().insertSettlementEvent({ ...event, action: 'other', subject: 'window:2' });
    store().insertSettlementEvent({ ...event, action: 'again' });
    expect(store().settlementEvents('window:1')).toEqual([
      { ...event, action: 'closed' },
      { ...event, action: 'again' },
    ]);
  });

  it('adds up the credits of an account until a time, and all its debits', () => {
    const post = (id: number, at: number, value: number): void =>
      store().insertEntry(
        {
          id,
          source: `${id}`,
          kind: 'payout',
          postedAt: instant(at),
          window: 1,
          hash: new Uint8Array(32),
          postings: [{ account: account('2090'), amount: signedAmount(value) }],
        },
        [signedAmount(0)],
      );
    post(1, 10, -50);
    post(2, 20, -7);
    post(3, 30, 9);
    expect(store().turnover(account('2090'), instant(10))).toEqual({ credited: -50, debited: 9 });
    expect(store().turnover(account('2095'), instant(10))).toEqual({ credited: 0, debited: 0 });
  });

  it('sums the trial balance and finds the newest record', () => {
    store().setBalance(account('2090'), signedAmount(-5));
    store().setBalance(account('1060'), signedAmount(3));
    expect(store().trialTotal()).toBe(-2);
    expect(store().lastRecordId()).toBe(0);
    const id = store().appendRecord(0, Uint8Array.of(1));
    expect(store().lastRecordId()).toBe(id);
  });

  it('reads batches after a row, some at a time', () => {
    const batch = {
      terminal: 'T',
      number: 1,
      firstSequence: 1,
      lastSequence: 2,
      receivedAt: AT,
      rawFile: 'x',
      gross: amount(1),
    };
    for (const number of [1, 2, 3]) {
      const ack = `{"n":${number}}`;
      store().insertBatch({ ...batch, digest: `${number}`, recordCount: number, ack });
    }
    const [first] = store().batchesAfter(0, 1);
    expect(first).toMatchObject({ recordCount: 1, ack: '{"n":1}' });
    const rest = store().batchesAfter(first?.id ?? 0, 9);
    expect(rest.map(({ recordCount }) => recordCount)).toEqual([2, 3]);
  });
}
