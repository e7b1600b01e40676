// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { ANY, type FeeSchedule } from '../../../../host/settlement/fee-terms.ts';
import { RecordFees } from '../../../../host/settlement/fees.ts';
import type { Merchant, MerchantSettlement } from '../../../../host/settlement/model.ts';
import {
  planSettlement,
  settlementFault,
  type SettlementInput,
} from '../../../../host/settlement/plan.ts';
import { amount, signedAmount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';
import { ACCOUNT, TERMS } from './settlement-fixtures.ts';

const SCHEDULE: FeeSchedule = {
  version: 3,
  merchant: ANY,
  type: ANY,
  effectiveOn: '2026-01-01',
  terms: TERMS,
  setAt: instant(0),
};
const SHOP: Merchant = {
  id: 'SHOP',
  displayName: 'SHOP',
  kind: '',
  status: 'active',
  account: ACCOUNT,
  holdReason: null,
  reserveBasisPoints: 1000,
  reserveDays: 2,
  minimumPayout: amount(0),
};

const line = (gross: number): SettlementInput['charged'][number] => ({
  total: { type: 6, count: 1, gross: signedAmount(gross) },
  schedule: SCHEDULE,
  byRecord: undefined,
});

const settle = (changes: Partial<SettlementInput>): MerchantSettlement | undefined =>
  planSettlement({
    window: 4,
    businessDate: '2026-02-28',
    merchant: SHOP,
    currency: 'INR',
    before: undefined,
    charged: [],
    adjustments: signedAmount(0),
    reserves: [],
    batchHold: null,
    ...changes,
  })?.settlement;

describe('a settlement', () => {
  it('is none where there is nothing to say', () => {
    expect(settle({})).toBeUndefined();
    const before = { closing: amount(0), owed: amount(9) };
    expect(settle({ before })).toBeUndefined();
  });

  it.each([
    // opening, owed, gross, adjustments; fee, reserve, debts, owed, payout
    [
      [0, 0, 1000, 0],
      [40, 96, 0, 0, 864],
    ],
    [
      [50, 0, 1000, 0],
      [40, 96, 0, 0, 914],
    ],
    [
      [0, 100, 1000, 0],
      [40, 96, 100, 0, 764],
    ],
    [
      [0, 900, 1000, 0],
      [40, 60, 900, 0, 0],
    ],
    [
      [0, 2000, 1000, 0],
      [40, 0, 960, 1040, 0],
    ],
    [
      [0, 0, -1000, 0],
      [0, 0, -1000, 1000, 0],
    ],
    [
      [300, 0, -1000, 0],
      [0, 0, -700, 700, 0],
    ],
    [
      [0, 0, 1000, -1000],
      [40, 0, -40, 40, 0],
    ],
  ] as const)(
    'of opening, owed, gross and adjustments %j keeps every cent',
    ([opening, owed, gross, adjustments], expected) => {
      const settled = settle({
        before: { closing: amount(opening), owed: amount(owed) },
        charged: [line(gross)],
        adjustments: signedAmount(adjustments),
      })!;
      expect([
        settled.lines[0]?.fee,
        settled.reserveHeld,
        settled.clawback,
        settled.owed,
        settled.payout,
      ]).toEqual(expected);
      expect(settlementFault(settled)).toBeNull();
    },
  );

  it('releases the reserves whose day has come, and dates its own', () => {
    const held = { merchant: 'SHOP', amount: amount(7), releasedIn: null };
    const plan = planSettlement({
      window: 4,
      businessDate: '2026-02-28',
      merchant: SHOP,
      currency: 'INR',
      before: undefined,
      charged: [line(1000)],
      adjustments: signedAmount(0),
      batchHold: null,
      reserves: [
        { ...held, window: 2, releaseOn: '2026-02-28' },
        { ...held, window: 3, releaseOn: '2026-03-01' },
      ],
    });
    expect(plan?.released.map(({ window }) => window)).toEqual([2]);
    expect(plan?.settlement.reserveReleased).toBe(7);
    expect(plan?.reserve).toMatchObject({ window: 4, amount: 96, releaseOn: '2026-03-02' });
  });

  it('does not trust records that are not what the window was credited', () => {
    const fees = new RecordFees(TERMS);
    fees.count(signedAmount(999));
    const charged = [{ ...line(1000), byRecord: fees.total() }];
    expect(() => settle({ charged })).toThrow(/I10: records of type 6 .* 1000, got 999/);
  });
});

describe('a settlement that does not add up', () => {
  const good = settle({ charged: [line(1000)] })!;
  const [first] = good.lines;

  it.each<[string, Partial<MerchantSettlement>, RegExp]>([
    ['its shares', { lines: [{ ...first!, shares: [] }] }, /the shares are 0, the fee is 40/],
    ['its net', { lines: [{ ...first!, net: signedAmount(1) }] }, /fee is 960, the net is 1/],
    ['its payout', { payout: amount(1) }, /960 came in, 97 is accounted for/],
  ])('is told by %s', (_name, changed, message) => {
    expect(settlementFault({ ...good, ...changed })).toMatch(message);
  });
});
