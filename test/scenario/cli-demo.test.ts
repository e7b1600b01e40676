// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json, openpurse, succeed, temporaryFolder } from './cli-runner.ts';

const CONSERVATION = { difference: 0, inFlight: 0, cardBalances: 604_50, float: 604_50 };

describe('the demo', () => {
  it('tells a day from the first card to the books, and money is conserved', async () => {
    const text = await succeed('demo');
    const story = [
      '1. The issuer makes two cards',
      'ravi: card 00000000000000000002, suite 3DES (PBOC)',
      'APPROVED  load of INR 500.00',
      '> DEBIT FOR PURCHASE',
      'APPROVED  sale of INR 45.50',
      'APPROVED  exit of INR 50.00',
      'UNCERTAIN  the answer of the card was lost',
      'APPROVED (recovered: the card had been debited)  sale of INR 20.00',
      '= float INR 800.00, difference INR 0.00',
      '100000000001 batch 1: 5 records, accepted',
      'the host says duplicate',
      '2040:CAFE',
      'no exceptions',
      'float INR 604.50, difference INR 0.00',
    ];
    let at = 0;
    for (const line of story) {
      const found = text.indexOf(line, at);
      expect(found, line).toBeGreaterThanOrEqual(at);
      at = found + line.length;
    }
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('gives the same as data, and keeps its folder for the other commands', async () => {
    const data = join(temporaryFolder(), 'demo');
    const day = await json<Record<string, unknown>>('demo', '--data', data);
    expect(day).toMatchObject({
      currency: 'INR',
      conservation: CONSERVATION,
      conservationBeforeUpload: { difference: 0, inFlight: 195_50 },
      torn: { outcome: 'uncertain' },
      recovered: { outcome: 'approved', tap: { isRecovered: true } },
      report: { exceptions: [] },
      data,
    });
    const { stateHashBefore, stateHashAfter } = day['duplicateUpload'] as Record<string, string>;
    expect(stateHashAfter).toBe(stateHashBefore);
    expect(await succeed('card', 'show', 'asha', '--data', data)).toContain('balance INR 434.50');
    expect(await succeed('host', 'report', '--data', data)).toMatch(/METRO +INR 50\.00/);
    expect((await openpurse('demo', '--data', data)).code).toBe(2);
  });
});
