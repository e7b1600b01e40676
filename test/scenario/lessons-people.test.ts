// SPDX-License-Identifier: MIT
/**
 * What went wrong with other ledgers where people decide and look, each as a test named after its lesson;
 * the others are in lessons.test.ts.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../host/access/actor.ts';
import { ExceptionDesk } from '../../host/exceptions/desk.ts';
import { listExceptions } from '../../host/exceptions/list.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { instant } from '../../src/time/instant.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import { batch, record, type TestHost } from '../unit/host/host-world.ts';
import {
  buy,
  card,
  disposeAll,
  loaded,
  other,
  prepared,
  purchases,
  terminal,
} from '../unit/host/intake-fixtures.ts';
import { ACCOUNT, ANN, openShop } from '../unit/host/settlement/settlement-fixtures.ts';

afterEach(disposeAll);

const BOB: Actor = { name: 'bob', role: 'approver', merchant: null };

/** What a merchant is owed, minor units. */
const owed = ({ store }: TestHost['host'], merchant = terminal.merchant): number =>
  0 - store.balance(account('2040', merchant));

/** A clone's purchase of 30 at the other merchant, held, with a request to pay it. */
async function suspended(): Promise<{ test: TestHost; desk: ExceptionDesk; request: string }> {
  const test = await prepared();
  await test.upload(batch(terminal, [loaded, buy(0, 100)]));
  const clone = { terminal: other, card, counter: 0, amount: 30, before: 100, sequence: 1 };
  await test.upload(batch(other, [record({ ...clone, time: '130000' })]));
  const desk = new ExceptionDesk(test.host);
  const held = desk.list(ANN).find(({ rule }) => rule === 'cloneFork');
  const [request] = desk.propose([held?.id ?? ''], 'payMerchant', '', ANN);
  return { test, desk, request: request?.id ?? '' };
}

describe('a double click does a thing once (openMF/web-app #3902)', () => {
  it('a decision that is approved twice at the same time is booked once', async () => {
    const { test, desk, request } = await suspended();
    await Promise.all([desk.approve(request, '', BOB), desk.approve(request, '', BOB)]);
    expect(owed(test.host, other.merchant)).toBe(30);
    expectBooksRight(test.host.store);
  });

  it('a window that is closed twice at the same time is settled once', async () => {
    const shop = await openShop();
    shop.set('SHOP', { account: ACCOUNT });
    await shop.sell();
    const { settlement, store } = shop.test.host;
    const closed = await Promise.all(
      [1, 2, 3].map(() => closeWindow(settlement, { businessDate: '2026-02-02' }, ANN)),
    );
    expect(closed.map(({ window }) => window.id)).toEqual([1, 1, 1]);
    expect(store.payouts().map(({ amount }) => amount)).toEqual([40]);
    shop.check();
  });
});

describe('nobody takes money out of suspense alone (MTN Uganda 2011)', () => {
  it('who proposes a release does not approve it, whatever the role', async () => {
    const { test, desk, request } = await suspended();
    for (const role of ['operator', 'approver'] as const) {
      const self: Actor = { ...ANN, role };
      await expect(desk.approve(request, '', self)).rejects.toThrow(/expected/);
    }
    expect(owed(test.host, other.merchant)).toBe(0);
    expect(test.host.store.balance(account('2075'))).toBe(-30);
  });

  it('every cent in suspense has a record, an age and somebody who answers for it', async () => {
    const { test } = await suspended();
    const held = listExceptions(test.host.store, instant(1_770_000_000_000)).filter(
      ({ rule }) => rule === 'cloneFork',
    );
    expect(held.map(({ moneyAtRisk, liable }) => [moneyAtRisk, liable])).toEqual([[30, 'issuer']]);
    for (const { deadline, evidence, openedAt } of held) {
      expect(evidence).toHaveLength(1);
      expect(deadline ?? 0).toBeGreaterThan(openedAt);
    }
  });
});

describe('an exception says why, with both values (hyperswitch-control-center #5233)', () => {
  it('whatever its source', async () => {
    const { test } = await suspended();
    const forged = record({
      terminal,
      card,
      counter: 9,
      amount: 1,
      before: 50,
      sequence: 20,
      forged: true,
    });
    await test.upload(batch(terminal, [buy(5, 40), forged], { batchNumber: 3 }));
    const list = listExceptions(test.host.store, instant(1_770_000_000_000));
    expect(list.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['cloneFork', 'counterGap', 'tacInvalid', 'terminalGap']),
    );
    for (const { id, expected, found } of list) {
      expect({ id, expected, found }).toEqual({
        id,
        expected: expect.stringMatching(/\w/) as unknown,
        found: expect.stringMatching(/\w/) as unknown,
      });
      expect(found).not.toBe(expected);
    }
  });
});

describe('duplicate batches come in shades (Chase Paymentech, codes 103 to 106)', () => {
  const first = [loaded, ...purchases];
  const another = (amounts: readonly number[]): readonly Uint8Array[] =>
    amounts.map((amount, index) => {
      const before = 60 - amounts.slice(0, index).reduce((sum, paid) => sum + paid, 0);
      return buy(4 + index, before, { amount });
    });

  it.each([
    { name: 'the very same bytes', batchNumber: 1, records: first, shade: null, paid: 40 },
    {
      name: 'other number, same records',
      batchNumber: 2,
      records: first,
      shade: 'sameCountAmount',
      paid: 40,
    },
    {
      name: 'same number, count and amount',
      batchNumber: 1,
      records: another([10, 10, 10, 5, 5]),
      shade: 'sameNumberCountAmount',
      paid: 80,
    },
    {
      name: 'same number, other count',
      batchNumber: 1,
      records: another([10]),
      shade: 'sameNumber',
      paid: 50,
    },
    {
      name: 'same number, some of the records',
      batchNumber: 1,
      records: first.slice(0, 2),
      shade: 'sameNumber',
      paid: 40,
    },
  ])('$name: each sale is paid once', async ({ batchNumber, records, shade, paid }) => {
    const test = await prepared();
    await test.upload(batch(terminal, first));
    const ack = await test.upload(batch(terminal, records, { batchNumber }));
    expect(ack.result).toBe(shade === null ? 'duplicate' : 'accepted');
    expect(owed(test.host)).toBe(paid);
    expectBooksRight(test.host.store);
    const shades = test.host.store
      .alerts(terminal.id)
      .filter(({ rule }) => rule === 'batchNumberReused')
      .map((alert) => alert.shade);
    expect(shades).toEqual(shade === null ? [] : [shade]);
  });
});
