// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { amount } from '../../../src/money/amount.ts';
import { checkDecision, decidable } from '../../../host/chain/decidable.ts';
import type { Decision } from '../../../host/chain/decisions.table.ts';
import { claimActions, claimTarget, gapTarget } from '../../../host/chain/decisions.ts';
import type { CardEvidence, ChainRecord } from '../../../host/chain/model.ts';
import { faultOf } from '../errors/thrown.ts';
import { judge, listing, load, order, purchase, summary } from './chain-fixtures.ts';

const SHOP = '2040:SHOP';

function decided(
  records: readonly ChainRecord[],
  decisions: readonly Decision[],
  more: Partial<CardEvidence> = {},
): ReturnType<typeof summary> {
  return summary(judge(records, { decisions, ...more }));
}

const first = purchase(0, 100, 10);
const clone = purchase(0, 100, 30, { tac: 'X', at: '20260203130000' });
const target = claimTarget(clone);

describe('a decision on a held claim', () => {
  it.each([
    ['payMerchant', { '1060': 30, [SHOP]: -40, '2010': -90 }],
    ['refuseMerchant', { [SHOP]: -10, '2010': -90 }],
  ] as const)('%s', (action, accounts) => {
    const result = decided([first, clone], [{ target, action }]);
    expect(result).toMatchObject({ accounts, balance: 90, findings: [] });
    expect(result.accounts['2075']).toBeUndefined();
  });

  it('falls by itself when the claim turns out to be the chain itself', () => {
    // The claim is now the only one at its counter.
    const result = decided([clone], [{ target, action: 'refuseMerchant' }]);
    expect(result).toMatchObject({ balance: 70, accounts: { [SHOP]: -30 } });
  });
});

describe('a decision on a claim that the card did pay', () => {
  const held = purchase(0, 100, 10, { hotlistVersion: 3 });
  const listings = [listing(3)];
  it.each([
    ['payMerchant', { [SHOP]: -10, '2010': -90 }],
    ['refundHolder', { '2095': -10, '2010': -90 }],
  ] as const)('%s', (action, accounts) => {
    const result = decided([held], [{ target: claimTarget(held), action }], { listings });
    expect(result).toMatchObject({ accounts, findings: [] });
    expect(result.accounts['2075']).toBeUndefined();
  });
});

describe('a decision that was taken under another rule', () => {
  it('does not count any more: the claim is an open question again', () => {
    const listings = [listing(3)];
    const withheld = purchase(0, 100, 10, { hotlistVersion: 3, at: '20260203130000', tac: 'Z' });
    const decisions = [{ target: claimTarget(withheld), action: 'refundHolder' }] as const;
    expect(decided([withheld], decisions, { listings }).findings).toEqual([]);
    // An earlier debit takes its counter: the card never paid for it.
    const result = decided([withheld, first], decisions, { listings });
    expect(result.accounts).toMatchObject({ '1060': 10, '2075': -10, [SHOP]: -10 });
    expect(result.findings).toContain('cloneFork 10');
  });
});

describe('a decision on a gap', () => {
  const records = [purchase(0, 100, 10), purchase(3, 60, 10)];
  const gap = gapTarget({ from: 1, to: 3 });

  it.each([
    ['expire', '2090', 'expired'],
    ['refundHolder', '2095', 'refunded'],
  ] as const)('%s moves its value to %s', (action, account, state) => {
    const judged = judge(records, { decisions: [{ target: gap, action }] });
    expect(summary(judged).accounts).toMatchObject({ [account]: -30, '2010': -50 });
    expect(summary(judged).accounts['2061']).toBeUndefined();
    expect(judged.gaps).toMatchObject([{ state }]);
    expect(judged.findings).toEqual([]);
  });

  it('holds for what is left of the gap when a late record comes after all', () => {
    const late = purchase(1, 90, 20);
    const result = decided([...records, late], [{ target: gap, action: 'expire' }]);
    expect(result).toMatchObject({
      gaps: ['2..3: 10'],
      accounts: { '2090': -10, [SHOP]: -40, '2010': -50 },
    });
  });

  it('is taken of a loss without a missing counter, too', () => {
    const lossy = [purchase(0, 100, 10), purchase(1, 80, 10)];
    const loss = gapTarget({ from: 1, to: 1 });
    expect(judge(lossy).findings).toMatchObject([{ rule: 'balanceBreakBelow', atRisk: 10 }]);
    const result = decided(lossy, [{ target: loss, action: 'refundHolder' }]);
    expect(result).toMatchObject({ findings: [], accounts: { '2095': -10 } });
  });

  it.each([
    ['within it', 2, 3],
    ['that ends before it', 1, 2],
    ['of another place', 7, 9],
  ])('does not hold for a gap that is more than one %s', (_which, from, to) => {
    const other = gapTarget({ from, to });
    expect(decided(records, [{ target: other, action: 'expire' }]).accounts['2061']).toBe(-30);
  });

  it('leaves what was found of another gap', () => {
    const more = [...records, purchase(5, 45, 5)];
    const result = decided(more, [{ target: gap, action: 'expire' }]);
    expect(result).toMatchObject({ findings: ['counterGap 5'], accounts: { '2061': -5 } });
  });

  it('is taken before its counters are known, and holds when they are', () => {
    const loaded = load(1, 80, 50);
    const orders = [order(0, 0, 100), order(1, 80, 50)];
    const target = gapTarget({ from: 1, to: null });
    for (const more of [[], [purchase(2, 130, 5)]]) {
      const result = decided([first, loaded, ...more], [{ target, action: 'expire' }], { orders });
      expect(result).toMatchObject({ findings: [], accounts: { '2090': -10 } });
    }
  });
});

describe('a decision on the card as a whole', () => {
  it('writes off what it spent beyond its loads', () => {
    const records = [purchase(0, 100, 10), purchase(1, 150, 10)];
    expect(decided(records, []).accounts).toMatchObject({ '1060': 60 });
    const result = decided(records, [{ target: 'overspend', action: 'writeOff' }]);
    expect(result.accounts).toMatchObject({ '5010': 60 });
    expect(result.accounts['1060']).toBeUndefined();
    expect(result.findings).toEqual([]);
  });

  it('writes off more than is tolerated, and hides nothing when it is about something else', () => {
    const records = [purchase(0, 2200, 10)];
    const left = decided(records, [{ target: 'gap:5:6', action: 'expire' }]).findings;
    expect(left).toEqual(['balanceBreakAbove 2100', 'overspendLimit 2100']);
    const result = decided(records, [{ target: 'overspend', action: 'writeOff' }]);
    expect(result.findings).toEqual([]);
  });

  it('gives what a retired card holds back to its holder, less what it turns out to have spent', () => {
    const decisions = [{ target: 'balance', action: 'refundHolder' }] as const;
    expect(decided([first], decisions)).toMatchObject({
      balance: 0,
      accounts: { '2095': -90, [SHOP]: -10 },
    });
    expect(decided([first, purchase(1, 90, 40)], decisions)).toMatchObject({
      balance: 0,
      accounts: { '2095': -50, [SHOP]: -50 },
    });
  });
});

describe('of a claim', () => {
  it.each([
    'arithmeticWrong',
    'cloneFork',
    'interleavedChains',
    'lateMisfit',
    'rollback',
    'terminalCounterReused',
  ] as const)('that the card did not pay, %s, the merchant is paid or refused', (rule) => {
    expect(claimActions(rule)).toEqual(['payMerchant', 'refuseMerchant']);
  });

  it.each(['cardExpired', 'hotlistedAtTerminal', 'terminalCounterShared'] as const)(
    'that the card paid, %s, one of both gets the money',
    (rule) => {
      expect(claimActions(rule)).toEqual(['payMerchant', 'refundHolder']);
    },
  );
});

describe('what may be decided', () => {
  const open = (records: readonly ChainRecord[]): ReturnType<typeof decidable> => {
    const evidence = {
      records: [load(0, 0, 100), ...records],
      orders: [order(0, 0, 100)],
      uncertain: [],
      listings: [],
      sharedNumbers: [],
      validUntil: null,
      decisions: [],
    };
    return decidable(evidence, judge(records));
  };

  it('is what is open, with its value', () => {
    expect(open([first, clone, purchase(2, 50, 10)])).toEqual([
      { target, actions: ['payMerchant', 'refuseMerchant'], value: 30 },
      { target: gapTarget({ from: 1, to: 2 }), actions: ['expire', 'refundHolder'], value: 40 },
      { target: 'balance', actions: ['refundHolder'], value: 40 },
    ]);
  });

  it('is what the card has spent beyond its loads, but no load that is held', () => {
    const twin = load(0, 0, 80, { at: '20260203113000', tac: 'CLONE' });
    expect(open([twin, purchase(0, 150, 150)])).toEqual([
      { target: 'overspend', actions: ['writeOff'], value: 50 },
    ]);
  });

  it('is neither a burnt counter nor a balance of nothing', () => {
    expect(open([purchase(2, 100, 100)])).toEqual([]);
    const refused = faultOf(() => checkDecision({ target: 'balance', action: 'expire' }, []));
    expect(refused.code).toBe('DECISION_REFUSED');
    expect(refused.message).toMatch(/expected one of none: nothing is open, got balance/);
  });

  it('names all targets and all actions in a refusal', () => {
    const matters = open([first, clone]);
    const wrongTarget = { target: 'gap:5:6', action: 'expire' } as const;
    expect(() => checkDecision(wrongTarget, matters)).toThrow(`one of ${target}, balance, got gap`);
    const refused = faultOf(() => checkDecision({ target, action: 'expire' }, matters));
    expect(refused.code).toBe('DECISION_REFUSED');
    expect(refused.message).toMatch(/expected payMerchant or refuseMerchant, got expire/);
    expect(checkDecision({ target, action: 'payMerchant' }, matters)).toBe(30);
  });

  it.each([
    [
      { target: 'overspend', action: 'writeOff' },
      /"target" expected one of balance, got overspend/,
    ],
    [{ target: 'balance', action: 'expire' }, /"action" expected refundHolder, got expire/],
  ] as const)('else %j is refused', (decision, message) => {
    expect(() => checkDecision(decision, open([first]))).toThrow(message);
  });
});

describe('what was given to a holder', () => {
  const balance = [{ target: 'balance', action: 'refundHolder' }] as const;
  const given = (refunded: number, paid: number): Partial<CardEvidence> => ({
    given: { refunded: amount(refunded), paid: amount(paid) },
  });

  it.each([
    ['no more than the card was worth', given(0, 90), [-90, undefined]],
    ['more than it turns out to be worth', given(0, 100), [-100, 10]],
    ['what merchants refunded besides', given(25, 115), [-90, undefined]],
    ['more than both', given(25, 120), [-95, 5]],
  ])('%s: what is too much is owed by the holder', (_what, more, expected) => {
    const { accounts } = decided([first], balance, more);
    expect([accounts['2095'], accounts['1060']]).toEqual(expected);
  });

  it('for a load that was done after all is owed by the holder', () => {
    const orders = [order(0, 0, 100), order(1, 100, 50), order(1, 100, 70, { id: 'B', number: 3 })];
    const paid = given(0, 50);
    expect(decided([], [], { orders, ...paid }).accounts['1060']).toBeUndefined();
    const { accounts } = decided([load(1, 100, 50)], [], { orders, ...paid });
    // The other order is now the one that was not done.
    expect([accounts['2095'], accounts['1060']]).toEqual([-70, undefined]);
    const without = orders.slice(0, 2);
    const proven = decided([load(1, 100, 50)], [], { orders: without, ...paid }).accounts;
    expect([proven['2095'], proven['1060']]).toEqual([-50, 50]);
  });
});
