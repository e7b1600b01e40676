// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import type { ShownCard } from './cli-folder.ts';
import { json, openpurse, succeed, temporaryFolder } from './cli-runner.ts';

interface Answer {
  readonly outcome: string;
  readonly serial: string;
  readonly steps: readonly {
    readonly title: string;
    readonly command: string;
    readonly sw?: string;
  }[];
}

async function blankFolder(): Promise<string> {
  const data = temporaryFolder();
  await succeed('card', 'create', 'carol', '--blank', '--data', data);
  return data;
}

describe('card personalise', () => {
  it.each(['3des', 'aes'])('makes a %s card that is loaded and pays', async (suite) => {
    const data = await blankFolder();
    const card = ['--card', 'carol', '--data', data];
    const confirmed = ['--suite', suite, '--serial', '7', '--confirm', ...card];
    const { outcome, serial } = await json<Answer>('card', 'personalise', ...confirmed);
    expect({ outcome, serial }).toEqual({ outcome: 'personalised', serial: '7'.padStart(20, '0') });
    expect(await succeed('card', 'load', '100', ...card)).toContain('APPROVED');
    expect(await succeed('pos', 'sale', '12.50', ...card)).toContain('APPROVED');
    await succeed('batch', 'upload', '--data', data);
    const shown = await json<ShownCard>('card', 'show', 'carol', '--data', data);
    expect(shown).toMatchObject({ suite, balance: 8750 });
    const again = await openpurse('card', 'personalise', '--erase', '--confirm', ...card);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('CARD_NOT_BLANK');
  });

  it('writes nothing and registers nothing without --confirm', async () => {
    const data = await blankFolder();
    const plan = await json<Answer>('card', 'personalise', '--serial', '7', '--data', data);
    expect(plan.outcome).toBe('planned');
    expect(plan.steps.filter(({ sw }) => sw === undefined).length).toBeGreaterThan(30);
    // The serial number is still free.
    const text = await succeed('card', 'personalise', '--serial', '7', '--confirm', '--data', data);
    expect(text).toContain('the card is a purse');
  });

  it('gives a serial number once, and leaves the second card blank', async () => {
    const data = await blankFolder();
    await succeed('card', 'create', 'alice', '--serial', '7', '--data', data);
    const options = ['--card', 'carol', '--serial', '7', '--confirm', '--data', data];
    const { code, stderr } = await openpurse('card', 'personalise', ...options);
    expect(code).toBe(1);
    expect(stderr).toContain('CARD_EXISTS');
    expect(
      (await json<Answer>('card', 'personalise', ...options.slice(0, 2), '--data', data)).outcome,
    ).toBe('planned');
  });

  it('stops at a wrong transport key with exit code 3', async () => {
    const data = await blankFolder();
    const key = '0123456789ABCDEF';
    const { code, stdout } = await openpurse(
      ...['card', 'personalise', '--transport-key', key, '--confirm', '--data', data],
    );
    expect(code).toBe(3);
    expect(stdout).toContain('no step before it wrote anything');
    expect(stdout).not.toContain(key);
  });
});
