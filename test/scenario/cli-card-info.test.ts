// SPDX-License-Identifier: MIT
/** `openpurse card info` with cards of this project. */
import { describe, expect, it } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { digestOf, json, succeed } from './cli-runner.ts';

interface Info {
  readonly class: string;
  readonly purses: readonly object[];
  readonly applications: readonly object[];
  readonly selects: readonly { readonly title: string; readonly sw: string }[];
}

const folderOf = loadedFolders();

describe('card info', () => {
  it.each([
    ['alice', { kind: 'aesPurse', balance: { value: 50_000, isSure: true } }],
    ['bob', { kind: 'tdesPurse', balance: { value: 30_000, isSure: true } }],
  ])('tells the purse of %s', async (card, purse) => {
    const data = folderOf();
    const told = await json<Info>('card', 'info', '--card', card, '--data', data);
    expect(told.class).toBe('purse');
    expect(told.purses).toMatchObject([
      {
        ...purse,
        isKindSure: true,
        currency: 'INR',
        startDate: { value: '20200101', isSure: true },
        log: [{ type: 'purseLoad' }],
      },
    ]);
    expect(told.applications).toMatchObject([{ directory: 'PSE' }, { directory: 'PPSE' }]);
  });

  it('says it in words, and says nothing of a contactless card', async () => {
    const data = folderOf();
    const text = await succeed('card', 'info', '--card', 'bob', '--data', data);
    expect(text).toMatch(/^purse card\nopenpurse 3DES purse\n {2}number {3}0{19}2$/m);
    expect(text).toContain('balance  INR 300.00\n');
    expect(text).not.toMatch(/contactless|not sure|Visa/);
  });

  it('of a blank card shows every SELECT and its answer', async () => {
    const data = folderOf();
    await succeed('card', 'create', 'carol', '--blank', '--data', data);
    const text = await succeed('card', 'info', '--card', 'carol', '--data', data);
    expect(text).toMatch(/^unknown card/);
    const { selects } = await json<Info>('card', 'info', '--card', 'carol', '--data', data);
    expect(selects.length).toBeGreaterThan(8);
    for (const { title, sw } of selects) {
      expect(sw).toBe('6A82');
      expect(text).toContain(title);
    }
  });

  it('writes nothing', async () => {
    const data = folderOf();
    const before = digestOf(data);
    await succeed('card', 'info', '--card', 'alice', '--data', data);
    expect(digestOf(data)).toBe(before);
  });
});
