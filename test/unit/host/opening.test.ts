// SPDX-License-Identifier: MIT
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stateHash } from '../../../host/report/state-hash.ts';
import { batch, enrol, hostOptions, openTestHost } from './host-world.ts';
import {
  terminal,
  other,
  card,
  loaded,
  purchases,
  prepared,
  opened,
  disposeAll,
} from './intake-fixtures.ts';

afterEach(disposeAll);

describe('opening a host', () => {
  it('takes a batch that was kept and never posted', async () => {
    let test = await prepared();
    const bytes = batch(terminal, [loaded, ...purchases]);
    await test.upload(bytes);
    const expected = stateHash(test.host.store);
    const [name = ''] = test.rawFiles();
    await test.host.close();
    // The power went between the raw file and the books.
    const bare = await prepared();
    await bare.host.close();
    writeFileSync(join(bare.directory, 'raw', name), bytes);
    test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(1, 1, test);
    expect(stateHash(test.host.store)).toBe(expected);
    rmSync(opened[0]!.directory, { recursive: true });
    opened.splice(0, 1);
  });

  it('sets a kept batch aside that cannot be taken, and opens', async () => {
    const bare = await prepared();
    await bare.host.close();
    const bytes = batch({ ...terminal, seed: other.seed }, [loaded]);
    writeFileSync(join(bare.directory, 'raw', `X-1-${'0'.repeat(64)}.opb`), bytes);
    const test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(0, 1, test);
    expect(test.rawFiles()).toEqual([`X-1-${'0'.repeat(64)}.opb.refused`]);
    expect(test.host.store.recordCount()).toBe(0);
  });

  it('removes what a dead process was receiving, and leaves what a living one is', async () => {
    const bare = await prepared();
    await bare.host.close();
    const raw = join(bare.directory, 'raw');
    // Process 1 lives as long as the machine; no process has the highest number.
    for (const owner of [1, 4194304]) writeFileSync(join(raw, `incoming-${owner}-0`), 'OPB');
    const test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(0, 1, test);
    expect(test.rawFiles()).toEqual(['incoming-1-0']);
  });

  it('in another currency is refused, and the database is closed again', async () => {
    const test = await prepared();
    await test.host.close();
    const options = hostOptions(test.directory, { currency: 'CNY', durability: 'none' });
    await expect(openTestHost(options, test.directory)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    opened.splice(0, 1, await openTestHost({ durability: 'none' }, test.directory));
  });
});

describe('enrolling a terminal', () => {
  it.each([
    ['an id in lower case', { terminalId: 'abcdefabcdef' }],
    ['an id that is too short', { terminalId: '00' }],
    ['a merchant with a space', { merchant: 'A B' }],
    ['a key that is none', { publicKey: new Uint8Array(31) }],
  ])('refuses %s', async (_name, changes) => {
    const test = await prepared();
    const good = { terminalId: '0000000000AA', merchant: 'M', publicKey: new Uint8Array(32) };
    expect(() => test.host.enrol({ ...good, ...changes })).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });

  it('again with another merchant or key is refused, the same again is not', async () => {
    const test = await prepared();
    enrol(test.host, terminal);
    expect(() => enrol(test.host, { ...terminal, merchant: 'NEW' })).toThrow(
      expect.objectContaining({ code: 'TERMINAL_EXISTS' }) as Error,
    );
    expect(() => enrol(test.host, { ...terminal, seed: other.seed })).toThrow(
      expect.objectContaining({ code: 'TERMINAL_EXISTS' }) as Error,
    );
  });

  it('registers a card once', async () => {
    const test = await prepared();
    await expect(test.host.registerCard(card)).rejects.toMatchObject({ code: 'CARD_EXISTS' });
  });
});
