// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/time/instant.ts';
import { listingsAfter, merchantLookup } from '../../../host/chain/evidence.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';

describe('the stretches during which the hotlist names a card', () => {
  // Kolkata is 5:30 ahead of UTC.
  const at = (day: number): ReturnType<typeof instant> => instant(Date.UTC(2026, 1, day, 20));
  const added = { op: 'add', version: 3, at: at(3) } as const;
  const removed = { op: 'remove', version: 5, at: at(6) } as const;
  const again = { op: 'add', version: 8, at: at(9) } as const;
  const first = { fromVersion: 3, toVersion: null, at: '20260204013000', removedAt: null };
  const over = { ...first, toVersion: 5, removedAt: '20260207013000' };

  it.each([
    ['none', [], []],
    ['one that lasts', [added], [first]],
    ['one that is over', [added, removed], [over]],
    ['two', [added, removed, again], [over, { fromVersion: 8, toVersion: null, removedAt: null }]],
    ['none of a removal alone', [removed], []],
  ])('are %s, in local time', (_what, changes, listings) => {
    const found = listingsAfter(changes, 330);
    expect(found).toHaveLength(listings.length);
    expect(found).toMatchObject(listings);
  });

  it('make a list without them too old after seven days', () => {
    expect(listingsAfter([added], 330)[0]!.tooOldAt).toBe('20260211013000');
  });
});

describe('the merchant of a terminal', () => {
  it('is nobody for one that is not enrolled', () => {
    const store = openSqliteStore(':memory:');
    expect(merchantLookup(store)('T9')).toBe('');
    store.close();
  });
});
