// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import {
  checkTerms,
  scheduleInForce,
  type FeeTerms,
} from '../../../../host/settlement/fee-terms.ts';
import { setFees } from '../../../../host/settlement/schedules.ts';
import { splitFee } from '../../../../host/settlement/fees.ts';
import { amount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';
import { disposeAll } from '../intake-fixtures.ts';
import { ANN, openShop, TERMS } from './settlement-fixtures.ts';

afterEach(disposeAll);

describe('the schedule in force', () => {
  const row = (version: number, merchant: string, type: number | '*', effectiveOn: string) => ({
    version,
    merchant,
    type,
    effectiveOn,
    terms: TERMS,
    setAt: instant(0),
  });
  const schedules = [
    row(1, '*', '*', '2026-01-01'),
    row(2, '*', 6, '2026-01-01'),
    row(3, 'SHOP', '*', '2026-01-01'),
    row(4, 'SHOP', 6, '2026-02-01'),
    row(5, 'SHOP', 6, '2026-03-01'),
    row(6, 'SHOP', 6, '2026-03-01'),
  ];

  it.each([
    ['METRO', 9, '2026-02-01', 1],
    ['METRO', 6, '2026-02-01', 2],
    ['SHOP', 9, '2026-02-01', 3],
    ['SHOP', 6, '2026-01-31', 3],
    ['SHOP', 6, '2026-02-01', 4],
    ['SHOP', 6, '2026-03-01', 6],
    ['SHOP', 6, '2025-12-31', undefined],
  ] as const)('for %s, type %i on %s is version %s', (merchant, type, date, version) => {
    expect(scheduleInForce(schedules, merchant, type, date)?.version).toBe(version);
  });
});

describe('terms', () => {
  const tiers = (...all: readonly [number, ...number[]][]): Partial<FeeTerms> => ({
    tiers: all.map(([from, ...basisPoints]) => ({ from: amount(from), basisPoints })),
  });

  it.each<[string, Partial<FeeTerms>, RegExp]>([
    ['no party', { recipients: [], ...tiers([0]) }, /"shares" expected at least one party/],
    [
      'a party twice',
      { recipients: [TERMS.recipients[1]!, TERMS.recipients[1]!] },
      /each party once/,
    ],
    [
      'a nameless acquirer',
      { recipients: [TERMS.recipients[0]!, { party: 'acquirer', name: '' }] },
      /"acquirer" expected a name/,
    ],
    ['a residue for nobody', { residue: 'bank' }, /"residue" expected a party/],
    ['a cap below the minimum', { minimum: amount(5), cap: amount(4) }, /"cap" expected at least/],
    ['a first tier above 0', tiers([1, 300, 100]), /"tiers" expected to begin at 0/],
    ['tiers that do not ascend', tiers([0, 300, 1], [0, 300, 1]), /ascend, got 0/],
    ['a rate too few', tiers([0, 300]), /"tiers" expected 2 rates each, got 1/],
    ['a broken rate', tiers([0, 300, 0.5]), /"rate" expected whole basis points, got 0.5/],
    ['more than all', tiers([0, 2000, 8001]), /at most 10000 basis points together, got 10001/],
    ['an operator below 3 %', tiers([0, 299, 1]), /"operator" expected 300 to 2000/],
    ['an operator above 20 %', tiers([0, 2001, 1]), /"operator" expected 300 to 2000/],
  ])('with %s are refused', (_name, changed, message) => {
    expect(() => checkTerms({ ...TERMS, ...changed }, true)).toThrow(message);
  });

  it('with an unusual rate are taken when asked for', () => {
    expect(() => checkTerms({ ...TERMS, ...tiers([0, 299, 1]) }, false)).not.toThrow();
  });

  it('charge each tier on its own part', () => {
    const terms = { ...TERMS, ...tiers([0, 1000, 100], [1000, 500, 0]) };
    // 10 % and 1 % of 1,000, then 5 % of 999: 49.95.
    expect(splitFee(terms, amount(1999))).toEqual({ fee: 159, shares: [149, 10] });
  });

  it('give the residue to the party named', () => {
    expect(splitFee(TERMS, amount(175))).toEqual({ fee: 7, shares: [6, 1] });
    expect(splitFee({ ...TERMS, residue: 'acquirer' }, amount(175)).shares).toEqual([5, 2]);
  });
});

describe('setting fees', () => {
  const schedule = { merchant: '*', type: '*', terms: TERMS, isUsual: true } as const;

  it('begins with the first business date that is open, and leaves closed ones alone', async () => {
    const shop = await openShop();
    const { settlement } = shop.test.host;
    const set = (effectiveOn: string | null): unknown =>
      setFees(settlement, { ...schedule, effectiveOn }, ANN);
    expect(set(null)).toMatchObject({ version: 1, effectiveOn: '2026-02-02' });
    await shop.sell();
    await shop.close();
    expect(set(null)).toMatchObject({ version: 2, effectiveOn: '2026-02-03' });
    expect(() => set('2026-02-02')).toThrow(
      /after 2026-02-02, the last business date that is closed/,
    );
    expect(() => set('2026-02-31')).toThrow(/"from" expected YYYY-MM-DD/);
    expect(shop.test.host.store.feeSchedules()).toHaveLength(2);
  });

  it('knows its merchants', async () => {
    const { settlement } = (await openShop()).test.host;
    const stranger = { ...schedule, merchant: 'NOBODY', effectiveOn: null };
    expect(() => setFees(settlement, stranger, ANN)).toThrow(
      /"merchant" expected a registered one/,
    );
  });
});
