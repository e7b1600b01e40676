// SPDX-License-Identifier: MIT
/** Rules 20 and 21: debits that did happen, and for which the merchant is not simply paid. */
import { describe, expect, it } from 'vitest';
import { CHAIN_MODE } from '../../../host/chain/model.ts';
import { judge, listing, purchase, summary } from './chain-fixtures.ts';

const SHOP = '2040:SHOP';

describe('a hotlisted card', () => {
  it('accepted by a terminal that held the list is not paid for, and stays in the chain', () => {
    const held = purchase(0, 100, 10, { hotlistVersion: 3 });
    const older = purchase(1, 90, 10, { hotlistVersion: 2 });
    const judged = judge([held, older], { listings: [listing(3, { at: '20270101000000' })] });
    expect(summary(judged)).toMatchObject({
      balance: 80,
      findings: ['hotlistedAtTerminal 10'],
      accounts: { [SHOP]: -10, '2075': -10, '2010': -80 },
    });
    expect(judged.ruleOfRecord.get(held.id)).toBe('hotlistedAtTerminal');
    expect(judged.mode).toBe(CHAIN_MODE.contested);
  });

  it.each([
    ['before the listing', '20260203115959', undefined],
    ['after it', '20260203120001', 'hotlistedCard'],
    ['when the list of the terminal is too old', '20260210120001', 'hotlistedAtTerminal'],
    ['in the second it came off the list', '20260303000000', 'hotlistedAtTerminal'],
    ['after the card came off the list', '20260303000001', undefined],
  ] as const)('accepted by a terminal with an older list %s', (_when, at, rule) => {
    const record = purchase(0, 100, 10, { hotlistVersion: 2, at });
    const listed = listing(3, { toVersion: 5, removedAt: '20260303000000' });
    const judged = judge([record], { listings: [listed] });
    expect(judged.ruleOfRecord.get(record.id)).toBe(rule);
    expect(summary(judged).accounts[SHOP]).toBe(rule === 'hotlistedAtTerminal' ? undefined : -10);
  });

  it('is no longer listed for a terminal that holds the version which took it off', () => {
    const record = purchase(0, 100, 10, { hotlistVersion: 5 });
    const judged = judge([record], { listings: [listing(3, { toVersion: 5 })] });
    expect(judged.findings).toEqual([]);
  });

  it('was off the list for a while: a list of that time does not name it', () => {
    const taken = [2, 3, 4, 5, 6, 7].map((hotlistVersion, counter) =>
      purchase(counter, 100 - counter * 10, 10, { hotlistVersion, at: '20260203110000' }),
    );
    const listings = [listing(3, { toVersion: 4 }), listing(6, { toVersion: 7 })];
    const found = judge(taken, { listings }).findings.map(({ recordId }) => recordId);
    expect(found).toEqual([taken[1]!.id, taken[4]!.id]);
  });

  it('goes before the rules that come after it in the table', () => {
    const both = purchase(3, 150, 10, { hotlistVersion: 1 });
    const judged = judge([both], { listings: [listing(1)] });
    expect(judged.findings.map(({ rule }) => rule).sort()).toEqual([
      'balanceBreakAbove',
      'burntCounter',
      'hotlistedAtTerminal',
    ]);
    expect(judged.ruleOfRecord.get(both.id)).toBe('hotlistedAtTerminal');
  });
});

describe('an expired card', () => {
  it.each([
    ['20260203', undefined, -10],
    ['20260202', 'cardExpiredInGrace', -10],
    ['20260104', 'cardExpiredInGrace', -10],
    ['20260103', 'cardExpired', undefined],
  ] as const)('valid until %s, used on 20260203', (validUntil, rule, paid) => {
    const record = purchase(0, 100, 10);
    const judged = judge([record], { validUntil });
    expect(judged.ruleOfRecord.get(record.id)).toBe(rule);
    expect(summary(judged).accounts[SHOP]).toBe(paid);
    expect(summary(judged).balance).toBe(90);
  });
});
