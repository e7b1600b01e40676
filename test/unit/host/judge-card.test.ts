// SPDX-License-Identifier: MIT
/** The rules of src/clearing/rules.table.ts as `judgeCard` reaches them, one table a theme. */
import { describe, expect, it } from 'vitest';
import { judge, load, order, purchase, summary, tap } from './chain-fixtures.ts';
import { CHAIN_MODE, type ChainRecord, type LoadOrder } from '../../../host/chain/model.ts';

const AGENT = '1030:T9';
const SHOP = '2040:SHOP';

describe('a chain without holes', () => {
  it('pays the merchant out of the float and stays appendable', () => {
    const judged = judge([purchase(0, 100, 30), purchase(1, 70, 20)]);
    expect(summary(judged)).toEqual({
      balance: 50,
      accounts: { [AGENT]: 100, '2010': -50, [SHOP]: -50 },
      gaps: [],
      findings: [],
    });
    expect(judged).toMatchObject({
      nextOffline: 2,
      nextOnline: 1,
      mode: CHAIN_MODE.endsWithPurchase,
    });
    expect(judged.orderStates.get('O0')).toBe('proven');
  });

  it('takes purchases of nothing and burns no value', () => {
    const judged = judge([purchase(0, 100, 0), purchase(1, 100, 0)]);
    expect(summary(judged)).toMatchObject({ balance: 100, gaps: [], findings: [] });
  });

  it('takes the last counter that the card has', () => {
    const judged = judge([purchase(0xffff, 100, 10)]);
    expect(judged.nextOffline).toBe(0x10000);
    expect(judged.gaps).toMatchObject([{ from: 0, to: 0xffff, value: 0 }]);
  });
});

describe('a gap', () => {
  const first = purchase(0, 100, 10);
  const second = purchase(1, 90, 20);
  const third = purchase(2, 70, 5);
  const fourth = purchase(3, 65, 1);
  it.each<[string, readonly ChainRecord[], readonly [string, number][], number]>([
    ['none', [first, second, third, fourth], [], 64],
    ['one counter', [first, third], [['1..2', 20]], 65],
    ['at the start', [second], [['0..1', 10]], 70],
    ['two counters', [first, fourth], [['1..3', 25]], 64],
    ['split at its end by a late record', [first, fourth, third], [['1..2', 20]], 64],
    ['split at its start by a late record', [first, fourth, second], [['2..3', 5]], 64],
    [
      'two',
      [second, fourth],
      [
        ['0..1', 10],
        ['2..3', 5],
      ],
      64,
    ],
  ])('is found exactly: %s', (_name, records, gaps, balance) => {
    const judged = summary(judge(records));
    expect(judged).toMatchObject({
      gaps: gaps.map(([range, value]) => `${range}: ${value}`),
      findings: gaps.map(([, value]) => `counterGap ${value}`),
      balance,
    });
    const missing = gaps.reduce((total, [, value]) => total + value, 0);
    expect(judged.accounts['2061'] ?? 0).toBe(0 - missing);
  });

  it('of a burnt counter has no value and moves none', () => {
    const judged = judge([purchase(0, 100, 10), purchase(2, 90, 10)]);
    expect(summary(judged)).toMatchObject({ gaps: ['1..2: 0'], findings: ['burntCounter 0'] });
    expect(summary(judged).accounts['2061']).toBeUndefined();
  });

  it('before a load stays open until the next purchase tells its counters', () => {
    const later = load(1, 80, 50);
    const orders = [order(0, 0, 100), order(1, 80, 50)];
    const open = judge([first, later], { orders });
    expect(summary(open)).toMatchObject({ gaps: ['1..: 10'], findings: ['counterGap 10'] });
    expect(open.mode !== CHAIN_MODE.contested).toBe(false);
    const closed = judge([first, later, purchase(2, 130, 30)], { orders });
    expect(summary(closed)).toMatchObject({ gaps: ['1..2: 10'], findings: ['counterGap 10'] });
    expect(closed.mode !== CHAIN_MODE.contested).toBe(true);
  });
});

describe('a balance that does not fit', () => {
  it('above is overspend: the card attests more than it was loaded with', () => {
    const judged = judge([purchase(0, 150, 10)]);
    expect(summary(judged)).toEqual({
      balance: 140,
      accounts: { [AGENT]: 100, '1060': 50, '2010': -140, [SHOP]: -10 },
      gaps: [],
      findings: ['balanceBreakAbove 50'],
    });
  });

  it('below, with no counter missing, is held as unpresented', () => {
    const judged = judge([purchase(0, 60, 10)]);
    expect(summary(judged)).toMatchObject({
      accounts: { '2061': -40, '2010': -50 },
      gaps: ['0..0: 40'],
      findings: ['balanceBreakBelow 40'],
    });
  });

  it('within a record is held, and its value stays on the card as a gap shows it', () => {
    const wrong = purchase(0, 100, 10, { after: purchase(0, 99, 10).after });
    const judged = judge([wrong, purchase(1, 89, 9)]);
    expect(summary(judged)).toMatchObject({
      accounts: { '1060': 10, '2075': -10, '2061': -11 },
      gaps: ['0..1: 11'],
    });
    expect(judged.ruleOfRecord.get(wrong.id)).toBe('arithmeticWrong');
    expect(judged.mode !== CHAIN_MODE.contested).toBe(false);
  });

  it('within a load is held, and moves nothing', () => {
    const wrong = load(1, 100, 50, { after: load(1, 100, 51).after });
    const judged = judge([wrong]);
    expect(judged.ruleOfRecord.get(wrong.id)).toBe('arithmeticWrong');
    expect(summary(judged)).toMatchObject({
      balance: 100,
      accounts: { [AGENT]: 100, '2010': -100 },
      findings: ['arithmeticWrong 50'],
    });
  });
});

describe('a record that fits neither neighbour', () => {
  it.each([
    ['starts from more than there was', 150, 10],
    ['ends with less than the next one starts from', 60, 40],
  ])('%s: it is held', (_what, before, paid) => {
    const misfit = purchase(1, before, paid);
    const judged = judge([purchase(0, 100, 10), misfit, purchase(2, 90, 10)]);
    expect(judged.ruleOfRecord.get(misfit.id)).toBe('lateMisfit');
    expect(summary(judged)).toMatchObject({
      balance: 80,
      gaps: ['1..2: 0'],
      accounts: { [SHOP]: -20, '1060': paid, '2075': -paid },
    });
  });

  it('is not held where the next one goes on from it', () => {
    const judged = judge([purchase(0, 100, 10), purchase(1, 150, 70), purchase(2, 80, 10)]);
    expect(judged.findings.map(({ rule }) => rule)).toEqual(['balanceBreakAbove']);
  });

  it('is not held where a load that is still in flight may explain it', () => {
    const judged = judge([purchase(0, 100, 10), purchase(1, 60, 40), purchase(2, 90, 10)], {
      orders: [order(0, 0, 100), order(1, 20, 70)],
    });
    expect([...judged.ruleOfRecord.values()]).not.toContain('lateMisfit');
    expect(judged.balance).toBe(80);
  });
});

describe('an uncertain tap', () => {
  const after = (counter: number, before: number): ChainRecord =>
    purchase(counter, before, 5, { terminalId: 'T2' });
  it.each<[string, readonly ChainRecord[], string, boolean]>([
    ['stays open while nothing later is known', [], 'no later record of the card is known', false],
    ['is recovered by its record', [purchase(0, 100, 30)], '', true],
    ['did not happen when the card used its counter elsewhere', [after(0, 100)], '', true],
    ['did not happen when the balance did not fall', [after(1, 100)], '', true],
    ['did not happen when less than its amount is missing', [after(1, 80)], '', true],
    [
      'may have happened when that much is missing',
      [after(1, 70)],
      'the card lost 30 at the counters 0 to 0',
      true,
    ],
  ])('%s', (_name, records, found, isAppendable) => {
    const judged = judge(records, { uncertain: [tap(0, 30)] });
    const findings = judged.findings.filter(({ rule }) => rule === 'uncertainTap');
    expect(findings.map((finding) => finding.found)).toEqual(found === '' ? [] : [found]);
    expect(judged.mode !== CHAIN_MODE.contested).toBe(isAppendable);
    expect(judged.movements.some(({ key }) => key.includes('uncertain'))).toBe(false);
  });

  it('of a load is settled by the next load, and moves nothing', () => {
    const uncertain = [tap(1, 50, { isLoad: true, terminalCounter: 0 })];
    const orders = [order(0, 0, 100), order(1, 100, 50)];
    expect(summary(judge([], { uncertain, orders })).findings).toEqual(['uncertainTap 50']);
    const recovered = judge([load(1, 100, 50)], { uncertain, orders });
    expect(summary(recovered)).toMatchObject({ balance: 150, findings: [] });
  });

  it('that says the same twice is one finding; two amounts are two', () => {
    const uncertain = [tap(0, 30), { ...tap(0, 30), id: 1 }, tap(0, 40)];
    const judged = judge([], { uncertain });
    expect(summary(judged).findings).toEqual(['uncertainTap 30', 'uncertainTap 40']);
    expect(new Set(judged.findings.map(({ key }) => key)).size).toBe(2);
  });
});

describe('a load', () => {
  const first = order(0, 0, 100);
  const second = order(1, 100, 50);
  const replacing = order(1, 100, 70, { id: 'O1b', number: 3 });
  interface LoadRow {
    readonly title: string;
    readonly records?: readonly ChainRecord[];
    readonly orders: readonly LoadOrder[];
    readonly accounts: Readonly<Record<string, number>>;
    readonly state: string;
  }
  it.each<LoadRow>([
    {
      title: 'is in flight until the card shows it',
      orders: [first, second],
      accounts: { [AGENT]: 150, '2010': -100, '2015': -50 },
      state: 'inFlight',
    },
    {
      title: 'is proven by its record',
      records: [load(1, 100, 50)],
      orders: [first, second],
      accounts: { [AGENT]: 150, '2010': -150 },
      state: 'proven',
    },
    {
      title: 'is proven by a balance that only it explains',
      records: [purchase(0, 150, 10)],
      orders: [first, second],
      accounts: { [AGENT]: 150, '2010': -140, [SHOP]: -10 },
      state: 'proven',
    },
    {
      title: 'is proven by the online counter of the next one',
      records: [load(2, 150, 20)],
      orders: [first, second, order(2, 150, 20)],
      accounts: { [AGENT]: 170, '2010': -170 },
      state: 'proven',
    },
    {
      title: 'is owed back when another took its counter',
      records: [load(1, 100, 70)],
      orders: [first, second, replacing],
      accounts: { [AGENT]: 220, '2010': -170, '2095': -50 },
      state: 'notDone',
    },
    {
      title: 'is owed back when it was replaced and nothing is known yet',
      orders: [first, second, replacing],
      accounts: { [AGENT]: 220, '2010': -100, '2015': -70, '2095': -50 },
      state: 'notDone',
    },
  ])('$title', ({ records = [], orders, accounts, state }) => {
    const judged = judge(records, { orders });
    expect(summary(judged)).toMatchObject({ accounts, findings: [] });
    expect(judged.orderStates.get('O1')).toBe(state);
  });

  it.each([
    ['amount', order(1, 100, 60, { id: 'O1b', number: 3 })],
    ['balance', order(1, 90, 50, { id: 'O1b', number: 3 })],
  ])('proves the order of its own %s, not a later one of another', (_what, other) => {
    const { orderStates } = judge([load(1, 100, 50)], { orders: [first, second, other] });
    expect([orderStates.get('O1'), orderStates.get('O1b')]).toEqual(['proven', 'notDone']);
  });

  it('has its place by its counter, in whatever order the orders are listed', () => {
    const orders = [first, second, replacing, order(2, 170, 5, { number: 4 })];
    const judged = judge([purchase(0, 175, 10)], { orders });
    expect(summary(judged)).toMatchObject({ balance: 165, findings: [] });
    const backwards = judge([purchase(0, 175, 10)], { orders: [...orders].reverse() });
    expect(summary(backwards)).toEqual(summary(judged));
    expect(backwards.orderStates).toEqual(new Map([...judged.orderStates].reverse()));
  });

  it('that nobody authorised is a receivable', () => {
    const judged = judge([load(1, 100, 50)]);
    expect(summary(judged)).toMatchObject({
      balance: 150,
      accounts: { '1060': 50, '2010': -150 },
      findings: ['loadUnfunded 50'],
    });
  });

  it('that lost its counter to a clone is held and moves nothing', () => {
    const twin = load(0, 0, 80, { at: '20260203113000', tac: 'CLONE' });
    const judged = judge([twin]);
    expect(judged.ruleOfRecord.get(twin.id)).toBe('cloneFork');
    expect(summary(judged)).toMatchObject({
      balance: 100,
      accounts: { [AGENT]: 100, '2010': -100 },
    });
  });

  it('of nothing may come before or after any purchase', () => {
    const zero = load(1, 70, 0, { at: '20260203235959' });
    const judged = judge([purchase(0, 100, 30), zero, purchase(1, 70, 20)]);
    expect(summary(judged)).toMatchObject({ balance: 50, gaps: [] });
    expect(judged.findings.map(({ rule }) => rule)).toEqual(['loadUnfunded']);
  });
});

describe('a load that would fit in two places', () => {
  // Two loads of 20 from 10 to 30. Before the purchase with counter 2 one counter is missing: of nothing, if
  // the second load came later, or of 20, if it came before it.
  const evidence = (laterLoad: string) =>
    [
      [purchase(0, 100, 90), load(1, 10, 20, { at: '20260203120001' }), purchase(2, 30, 5)],
      [purchase(3, 25, 15), load(2, 10, 20, { at: laterLoad }), purchase(4, 30, 5)],
    ].flat();
  const orders = [order(0, 0, 100), order(1, 10, 20), order(2, 10, 20)];

  it('goes where its time is, and its holder has not overspent', () => {
    const judged = judge(evidence('20260203120003'), { orders });
    expect(summary(judged)).toMatchObject({ balance: 25, gaps: ['1..2: 0'] });
    expect(judged.findings.map(({ rule }) => rule)).toEqual(['burntCounter']);
  });
});

describe('terminals whose clocks are wrong', () => {
  const orders = [order(0, 0, 100), order(1, 90, 100)];
  const later = load(1, 90, 100, { at: '20260203150000' });

  it('do not make an overspend of a purchase that only a load explains', () => {
    // The purchase is dated before the load that paid for it; the one between them is missing.
    const judged = judge([purchase(1, 190, 10, { at: '20260203140000' }), later], { orders });
    expect(summary(judged)).toMatchObject({
      balance: 180,
      gaps: ['0..1: 10'],
      findings: ['counterGap 10'],
    });
  });

  it('do not make one where further purchases are missing on both sides of the load', () => {
    const judged = judge([purchase(2, 185, 10, { at: '20260203140000' }), later], { orders });
    expect(summary(judged)).toMatchObject({
      balance: 175,
      gaps: ['0..2: 15'],
      findings: ['counterGap 15'],
    });
  });

  it('do not make one of a load that only fits behind a purchase', () => {
    const before = purchase(1, 95, 5, { at: '20260203160000' });
    const judged = judge([before, later], { orders });
    expect(summary(judged)).toMatchObject({
      balance: 190,
      gaps: ['0..1: 5'],
      findings: ['counterGap 5'],
    });
  });
});
