// SPDX-License-Identifier: MIT
/** What a finding tells the person who has to decide: both values, and where they come from. */
import { describe, expect, it } from 'vitest';
import { CHAIN_MODE, type CardEvidence, type ChainRecord } from '../../../host/chain/model.ts';
import { judge, listing, load, order, purchase, summary, tap } from './chain-fixtures.ts';

const first = purchase(0, 100, 10);
const FIRST = '10 at T1 number 100 on 20260203120000, balance 100 to 90';

interface Row {
  readonly rule: string;
  readonly records: readonly ChainRecord[];
  readonly more?: Partial<CardEvidence>;
  readonly expected: string;
  readonly found: string;
}

describe('a finding says what was expected and what was found', () => {
  it.each<Row>([
    {
      rule: 'arithmeticWrong',
      records: [purchase(0, 100, 10, { after: purchase(0, 99, 10).after })],
      expected: 'balance before less amount is balance after',
      found: '10 at T1 number 100 on 20260203120000, balance 100 to 89',
    },
    {
      rule: 'lateMisfit',
      records: [first, purchase(1, 150, 10), purchase(2, 90, 10)],
      expected: 'balances between those of its neighbours',
      found: '10 at T1 number 101 on 20260203120001, balance 150 to 140',
    },
    {
      rule: 'cloneFork',
      records: [first, purchase(0, 100, 30, { at: '20260203130000', terminalId: 'T2' })],
      expected: FIRST,
      found: '30 at T2 number 100 on 20260203130000, balance 100 to 70',
    },
    {
      rule: 'cloneFork',
      records: [load(0, 0, 80, { at: '20260203113000', tac: 'CLONE' })],
      expected: '100 at T1 number 0 on 20260203110000, balance 0 to 100',
      found: '80 at T1 number 0 on 20260203113000, balance 0 to 80',
    },
    {
      rule: 'loadUnfunded',
      records: [load(1, 100, 50)],
      expected: 'no authorised load',
      found: 'a load of 50',
    },
    {
      rule: 'balanceBreakAbove',
      records: [purchase(0, 150, 10)],
      expected: 'balance 100',
      found: 'balance 150',
    },
    {
      rule: 'balanceBreakBelow',
      records: [purchase(0, 60, 10)],
      expected: 'balance 100',
      found: 'balance 60',
    },
    {
      rule: 'counterGap',
      records: [first, purchase(3, 70, 10)],
      expected: 'counter 1',
      found: 'counter 3',
    },
    {
      rule: 'counterGap',
      records: [load(1, 80, 50)],
      more: { orders: [order(0, 0, 100), order(1, 80, 50)] },
      expected: 'balance 150',
      found: 'balance 130 after the last load',
    },
    {
      rule: 'uncertainTap',
      records: [],
      more: { uncertain: [tap(1, 50, { isLoad: true })] },
      expected: 'a record of 50 at T1 number 101',
      found: 'no later balance of the card is known',
    },
    {
      rule: 'uncertainTap',
      records: [purchase(3, 70, 10)],
      more: { uncertain: [tap(1, 20)] },
      expected: 'a record of 20 at T1 number 101',
      found: 'the card lost 30 at the counters 0 to 2',
    },
    {
      rule: 'hotlistedAtTerminal',
      records: [purchase(0, 100, 10, { hotlistVersion: 3 })],
      more: { listings: [listing(3)] },
      expected: 'refusal: hotlist version 3 lists the card',
      found: 'accepted on 20260203120000 at T1 holding hotlist version 3',
    },
    {
      rule: 'hotlistedAtTerminal',
      records: [purchase(0, 100, 10, { at: '20260210120001' })],
      more: { listings: [listing(3)] },
      expected: 'a list that is newer than version 3, issued on 20260203120000',
      found: 'accepted on 20260210120001 at T1 holding hotlist version 0',
    },
    {
      rule: 'hotlistedCard',
      records: [purchase(0, 100, 10, { at: '20260210120000' })],
      more: { listings: [listing(3)] },
      expected: 'the card is listed since 20260203120000, version 3',
      found: 'accepted on 20260210120000 at T1 holding hotlist version 0',
    },
    {
      rule: 'cardExpired',
      records: [first],
      more: { validUntil: '20260101' },
      expected: 'a card valid until 20260101',
      found: 'accepted on 20260203120000 at T1 holding hotlist version 0',
    },
    {
      rule: 'terminalCounterShared',
      records: [first, purchase(1, 90, 5)],
      more: {
        sharedNumbers: ['B2', 'A1'].map((otherCard) => ({
          terminalId: 'T1',
          terminalCounter: 100,
          otherCard,
        })),
      },
      expected: 'SAM number 100 of terminal T1 on one debit',
      found: '10 on 20260203120000, and a debit of card A1, B2',
    },
    {
      rule: 'overspendLimit',
      records: [purchase(0, 2101, 1)],
      expected: 'at most 2000 beyond what was loaded',
      found: '2001 beyond what was loaded',
    },
  ])('$rule: "$expected", "$found"', ({ rule, records, more, expected, found }) => {
    const findings = judge(records, more).findings.filter((finding) => finding.rule === rule);
    expect(findings).toMatchObject([{ expected, found }]);
  });

  it('names no overspend that is tolerated', () => {
    const { findings } = judge([purchase(0, 2100, 1)]);
    expect(findings.map(({ rule }) => rule)).toEqual(['balanceBreakAbove']);
  });

  it('is one for a claim that is held, whatever else holds for it', () => {
    const clone = purchase(0, 100, 30, { at: '20260203130000', hotlistVersion: 3 });
    const judged = judge([first, clone], { listings: [listing(3)] });
    expect(summary(judged).findings).toEqual(['cloneFork 30']);
  });

  it('stays for a purchase beside one that is held', () => {
    const clone = purchase(0, 100, 30, { at: '20260203120001' });
    const listed = purchase(1, 90, 5, { hotlistVersion: 3 });
    const judged = judge([first, clone, listed], { listings: [listing(3)] });
    expect(summary(judged).findings).toEqual(['cloneFork 30', 'hotlistedAtTerminal 5']);
  });

  it('gives a record the rule that comes first in the table', () => {
    const record = purchase(3, 150, 10);
    const judged = judge([record]);
    expect(judged.findings.map(({ rule }) => rule)).toEqual(['balanceBreakAbove', 'burntCounter']);
    expect(judged.ruleOfRecord.get(record.id)).toBe('balanceBreakAbove');
  });

  it('has a key of its own among all findings of a card', () => {
    const uncertain = [tap(9, 5), tap(9, 5, { isLoad: true }), tap(9, 5, { terminalId: 'T2' })];
    const records = [purchase(1, 190, 10), purchase(4, 120, 10), load(1, 300, 10)];
    const keys = judge(records, { uncertain }).findings.map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(6);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a movement', () => {
  it('has a key of its own: by it a change of the card is told from what was booked', () => {
    const orders = [order(0, 0, 100), order(1, 50, 20), order(1, 50, 30, { id: 'O1b', number: 3 })];
    const loads = [load(1, 50, 30), load(2, 70, 5), load(3, 75, 6)];
    const spent = [purchase(0, 100, 10), purchase(2, 80, 10), purchase(4, 60, 10)];
    const rises = [purchase(5, 200, 10), purchase(6, 300, 10), purchase(7, 250, 10)];
    const clone = purchase(0, 100, 30, { at: '20260203130000', tac: 'C' });
    const decisions = [
      { target: 'gap:1:2', action: 'expire' },
      { target: 'gap:3:4', action: 'refundHolder' },
      { target: 'balance', action: 'refundHolder' },
      { target: 'overspend', action: 'writeOff' },
    ] as const;
    const { movements } = judge([...loads, ...spent, ...rises, clone], { orders, decisions });
    const keys = movements.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const kinds = 'decided gap held load loadUnfunded notDone order overspend purchase';
    expect([...new Set(keys.map((key) => key.split(':', 1)[0]))].sort().join(' ')).toBe(kinds);
  });
});

describe('an uncertain tap whose record is held', () => {
  it('is settled: its record was presented, though the chain does not have it', () => {
    const misfit = purchase(1, 150, 10);
    const records = [first, misfit, purchase(2, 80, 10)];
    const rules = (terminalCounter: number, terminalId = 'T1'): readonly string[] =>
      judge(records, { uncertain: [tap(1, 10, { terminalCounter, terminalId })] }).findings.map(
        ({ rule }) => rule,
      );
    expect(rules(misfit.terminalCounter)).not.toContain('uncertainTap');
    expect(rules(555)).toContain('uncertainTap');
    expect(rules(misfit.terminalCounter, 'T2')).toContain('uncertainTap');
  });
});

describe('how a chain ends', () => {
  it.each<[string, readonly ChainRecord[], keyof typeof CHAIN_MODE]>([
    ['with a load', [first, load(1, 90, 50)], 'endsWithLoad'],
    ['with a purchase', [load(1, 100, 50), purchase(0, 150, 10)], 'endsWithPurchase'],
    ['with a purchase from too much', [first, purchase(1, 120, 10)], 'contested'],
    [
      'with a purchase that goes on from one from too much',
      [first, purchase(1, 120, 10), purchase(2, 110, 10)],
      'endsWithPurchase',
    ],
    ['with a purchase behind a loss', [first, purchase(1, 70, 10)], 'endsWithPurchase'],
    ['with a load behind a loss', [first, load(1, 80, 50)], 'contested'],
    [
      'with a load behind a load behind a loss',
      [first, load(1, 80, 50), load(2, 130, 5)],
      'contested',
    ],
  ])('%s', (_how, records, mode) => {
    const loads = records.filter(({ kind }) => kind === 'load');
    const orders = [load(0, 0, 100), ...loads].map(({ counter, before, amount }) =>
      order(counter, before, amount),
    );
    expect(judge(records, { orders }).mode).toBe(CHAIN_MODE[mode]);
  });

  it('with a load that only a balance proves', () => {
    const orders = [order(0, 0, 100), order(1, 100, 50)];
    expect(judge([purchase(0, 150, 10)], { orders }).mode).toBe(CHAIN_MODE.contested);
  });

  it('with nothing on a card that nobody has used', () => {
    const judged = judge([], { records: [], orders: [] });
    expect([judged.mode, judged.nextOnline]).toEqual([CHAIN_MODE.endsWithPurchase, 0]);
  });

  it('tells of each gap whether a load may yet fall into it', () => {
    const orders = [order(0, 0, 100), order(1, 60, 50)];
    const records = [purchase(1, 90, 10), purchase(3, 70, 10)];
    const loaded = load(1, 60, 50, { at: '20260203120004' });
    const behind = [purchase(4, 110, 10), purchase(6, 90, 10)];
    const gaps = judge([...records, loaded, ...behind], { orders }).gaps;
    expect(gaps.map(({ from, isClear }) => [from, isClear])).toEqual([
      [0, false],
      [2, false],
      [5, true],
    ]);
  });
});
