// SPDX-License-Identifier: MIT
/** Records that claim what another record has, as `judgeCard` tells them apart: host/chain/forks.ts. */
import { describe, expect, it } from 'vitest';
import { judge, listing, load, order, purchase, summary } from './chain-fixtures.ts';
import type { ChainRecord } from '../../../host/chain/model.ts';

const SHOP = '2040:SHOP';

describe('two debits at one counter', () => {
  const early = purchase(1, 90, 20, { at: '20260203120001', terminalId: 'T1', tac: 'A' });
  const late = purchase(1, 90, 30, { at: '20260203120002', terminalId: 'T2', tac: 'B' });
  const first = purchase(0, 100, 10);

  it('leave the earlier one in the chain, in whatever order they came', () => {
    const one = judge([first, early, late]);
    expect(one.ruleOfRecord.get(late.id)).toBe('cloneFork');
    expect(summary(judge([late, early, first]))).toEqual(summary(one));
    expect(summary(one)).toMatchObject({
      balance: 70,
      accounts: { [SHOP]: -30, '1060': 30, '2075': -30 },
      findings: ['cloneFork 30'],
    });
  });

  it('leave the one that continues the chain, even when it is the later', () => {
    const foreign = purchase(1, 55, 5, { at: '20260203120000', tac: 'C' });
    const judged = judge([first, foreign, late]);
    expect(judged.ruleOfRecord.get(foreign.id)).toBe('cloneFork');
    expect(summary(judged).balance).toBe(60);
  });

  it('are a rollback when the branch had gone on before the second was made', () => {
    const chain = [first, early, purchase(2, 70, 5, { at: '20260203120003' })];
    const restored = purchase(1, 90, 40, { at: '20260203130000', terminalId: 'T3', tac: 'D' });
    const judged = judge([...chain, restored]);
    expect(judged.ruleOfRecord.get(restored.id)).toBe('rollback');
    expect(summary(judged)).toMatchObject({ balance: 65, findings: ['rollback 40'] });
  });

  describe('behind a gap', () => {
    const chain = [first, purchase(3, 60, 20), purchase(4, 40, 5)];
    const second = (at: string): ChainRecord =>
      purchase(3, 60, 30, { at, terminalId: 'T2', tac: 'S' });
    it.each([
      ['before the branch ended are a fork', '20260203120003', 'cloneFork'],
      ['in the second in which it ended are a fork', '20260203120004', 'cloneFork'],
      ['after it ended are a rollback', '20260203120005', 'rollback'],
    ])('%s', (_when, at, rule) => {
      const held = second(at);
      expect(judge([...chain, held]).ruleOfRecord.get(held.id)).toBe(rule);
    });
  });

  it('are told apart by everything that they say: two with one TAC do not hide each other', () => {
    // A 3DES TAC covers neither counter nor balances: the same TAC under many balances.
    const forged = [120, 130, 140].map((before) => purchase(1, before, 20, { tac: 'A' }));
    const judged = judge([first, early, ...forged]);
    expect(summary(judged).accounts['2075']).toBe(-60);
    expect(new Set(judged.findings.map(({ key }) => key)).size).toBe(3);
    expect(new Set(judged.movements.map(({ key }) => key)).size).toBe(judged.movements.length);
  });

  it('are one when only their envelopes differ, with the higher hotlist version', () => {
    const newer = { ...early, id: 999, hotlistVersion: 7 };
    for (const records of [
      [first, early, newer],
      [first, newer, early],
    ]) {
      const judged = judge(records, { listings: [listing(7)] });
      expect(summary(judged)).toMatchObject({ balance: 70, findings: ['hotlistedAtTerminal 20'] });
    }
  });
});

describe('one number of a terminal under two counters', () => {
  it('is a replay: the second is held', () => {
    const genuine = purchase(0, 100, 10, { tac: 'A' });
    const replayed = purchase(1, 90, 10, { tac: 'A', terminalCounter: genuine.terminalCounter });
    const judged = judge([replayed, genuine]);
    expect(judged.ruleOfRecord.get(replayed.id)).toBe('terminalCounterReused');
    expect(summary(judged)).toMatchObject({
      balance: 90,
      accounts: { [SHOP]: -10, '1060': 10, '2075': -10 },
    });
  });

  it.each([
    ['before', 102],
    ['after', 100],
  ])('is nothing special on a load %s the debit', (_when, terminalCounter) => {
    const between = load(1, 90, 50, { terminalCounter, terminalId: 'T1' });
    const records = [purchase(0, 100, 10), between, purchase(1, 140, 10), purchase(2, 130, 10)];
    const judged = judge(records, { orders: [order(0, 0, 100), order(1, 90, 50)] });
    expect(summary(judged)).toMatchObject({ balance: 120, findings: [] });
  });

  it('is nothing special at another terminal', () => {
    const other = purchase(1, 90, 10, { terminalId: 'T2', terminalCounter: 100 });
    expect(summary(judge([purchase(0, 100, 10), other]))).toMatchObject({ findings: [] });
  });
});

describe('two copies of a card that both go on', () => {
  it('are interleaved chains: the second chain is held', () => {
    const first = [purchase(1, 90, 10), purchase(2, 80, 10)];
    const second = [purchase(1, 90, 30, { at: '20260203120001' }), purchase(2, 60, 20)].map(
      (record, index) => ({ ...record, tac: `B${index}`, terminalId: 'T2' }),
    );
    const judged = judge([purchase(0, 100, 10), ...first, ...second]);
    expect(second.map(({ id }) => judged.ruleOfRecord.get(id))).toEqual([
      'interleavedChains',
      'interleavedChains',
    ]);
    expect(summary(judged)).toMatchObject({ balance: 70, accounts: { '2075': -50 } });
  });

  it.each([
    ['at the next counter from another balance', 2, 55],
    ['from the balance of the other at a later counter', 3, 60],
    ['from the balance of the other at an earlier counter', 0, 60],
  ])('are forks of their own where one goes on %s', (_what, counter, before) => {
    const chain = [100, 90, 80, 70].map((balance, index) => purchase(index, balance, 10));
    const at = '20260203120000';
    const later = { at: `${at.slice(0, -1)}9`, terminalId: 'T2' };
    const one = purchase(1, 90, 30, { ...later, tac: 'B1' });
    const other = purchase(counter, before, 20, { ...later, terminalCounter: 300, tac: 'B2' });
    // Neither is a rollback: the chain was still going on when they were made.
    const judged = judge([
      ...chain.slice(0, 3),
      { ...chain[3]!, at: '20260203130000' },
      one,
      other,
    ]);
    expect([one, other].map(({ id }) => judged.ruleOfRecord.get(id))).toEqual([
      'cloneFork',
      'cloneFork',
    ]);
  });
});
