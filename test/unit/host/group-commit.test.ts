// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GroupCommit } from '../../../host/intake/group-commit.ts';
import { instant } from '../../../src/time/instant.ts';
import { ensureWindow } from '../../../host/settlement/windows.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { HostStore } from '../../../host/store/store.ts';

let store: HostStore;
let transactions: number;
let commits: GroupCommit;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  ensureWindow(store, instant(0));
  transactions = 0;
  const counted: HostStore = {
    ...store,
    transaction(work) {
      transactions++;
      return store.transaction(work);
    },
  };
  commits = new GroupCommit(counted);
});
afterEach(() => {
  store.close();
});

const note = (name: string): Promise<string> =>
  commits.run(() => {
    store.setMeta('order', `${store.meta('order') ?? ''}${name}`);
    return name;
  });

it('does waiting work in one transaction, in the order in which it came', async () => {
  expect(await Promise.all(['a', 'b', 'c'].map(note))).toEqual(['a', 'b', 'c']);
  expect(store.meta('order')).toBe('abc');
  expect(transactions).toBe(1);
});

it('takes back the work that throws, and no other', async () => {
  const bad = (): Promise<never> =>
    commits.run(() => {
      store.setMeta('bad', '1');
      throw new RangeError('no');
    });
  const [first, failed, last] = await Promise.allSettled([note('a'), bad(), note('c')]);
  expect([first.status, failed.status, last.status]).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect([store.meta('order'), store.meta('bad')]).toEqual(['ac', undefined]);
});

it('holds no more than eight pieces in one transaction, and loses none', async () => {
  const names = 'a b c d e f g h i j k l m n o p q r s t'.split(' ');
  expect(await Promise.all(names.map(note))).toEqual(names);
  expect(store.meta('order')).toBe(names.join(''));
  expect(transactions).toBe(3);
});
