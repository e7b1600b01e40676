// SPDX-License-Identifier: MIT
/** Decisions of people at a whole host: booked, conserved, and evidence like any other. */
import { afterEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { instant, plusMs } from '../../../src/time/instant.ts';
import { account } from '../../../host/ledger/accounts.table.ts';
import { noteTerminal } from '../../../host/messages/terminals.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { expectBooksRight } from './books-check.ts';
import { batch, record } from './host-world.ts';
import {
  buy,
  card,
  disposeAll,
  loaded,
  other,
  prepared,
  rules,
  terminal,
} from './intake-fixtures.ts';

afterEach(disposeAll);

const MERCHANT = account('2040', terminal.merchant);
const CLAIM = account('2075');

describe('a decision at the host', () => {
  it('pays a held claim once, and leaves the books right', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded]));
    const genuine = buy(0, 100);
    await test.upload(batch(terminal, [genuine], { batchNumber: 2 }));
    const clone = record({
      terminal: other,
      card,
      counter: 0,
      amount: 30,
      before: 100,
      sequence: 1,
    });
    await test.upload(batch(other, [clone]));
    const { store } = test.host;
    const held = store.allFindings().find(({ rule }) => rule === 'cloneFork');
    const target = `held:${held?.key.slice('cloneFork:'.length) ?? ''}`;
    expect(store.balance(CLAIM)).toBe(-30);
    const decision = { serial: card.serial, target, action: 'payMerchant', request: 'R1' } as const;
    test.host.decide(decision);
    test.host.decide(decision);
    expect([store.balance(CLAIM), store.balance(account('1060'))]).toEqual([0, 30]);
    expect(store.balance(account('2040', other.merchant))).toBe(-30);
    expect(store.allFindings()).toEqual([]);
    expectBooksRight(store);
    const wrong = { ...decision, request: 'R2', target: 'gap:5:6', action: 'expire' } as const;
    const before = stateHash(store);
    expect(() => test.host.decide(wrong)).toThrow(/"target" expected one of held:/);
    expect(stateHash(store)).toBe(before);
  });
});

describe('a purchase that comes late', () => {
  const DAY_MS = 86_400_000;
  const at = (days: number): { now(): ReturnType<typeof instant> } => ({
    now: () => instant(1_770_000_000_000 + days * DAY_MS),
  });

  it.each([
    [30, '2-2 accepted'],
    [33, '2-2 lateForApproval'],
    [190, '2-2 tooLate'],
  ])('%i days after it was made falls under its rule', async (days, rule) => {
    const test = await prepared({ clock: at(days) });
    await test.upload(batch(terminal, [loaded]));
    const ack = await test.upload(batch(terminal, [buy(0, 100)], { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual([rule]);
    expectBooksRight(test.host.store);
  });

  it('is paid when it is released, once, and is then a duplicate', async () => {
    const test = await prepared({ clock: at(40) });
    await test.upload(batch(terminal, [loaded]));
    const purchase = buy(0, 100);
    await test.upload(batch(terminal, [purchase], { batchNumber: 2 }));
    const { store } = test.host;
    const [row] = store.quarantine();
    const digest = toHex(row?.digest ?? new Uint8Array());
    await test.host.release(digest, 'R1');
    await test.host.release(digest, 'R1');
    expect([store.balance(MERCHANT), store.balance(account('9010'))]).toEqual([-10, 0]);
    expectBooksRight(store);
    const ack = await test.upload(batch(terminal, [purchase], { batchNumber: 9 }));
    expect(rules(ack.records)).toEqual(['2-2 duplicateRecord']);
    await expect(test.host.release(digest, 'R2')).rejects.toThrow(
      /expected a purchase that is held/,
    );
  });
});

describe('a purchase of a terminal that was not in use', () => {
  const at = instant(1_770_000_000_000);
  it.each([
    ['made before it was retired', '020000', '2-2 accepted'],
    ['made after it was retired', '235959', '2-2 terminalInactive'],
  ])('%s', async (_when, time, rule) => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded]));
    // 2026-02-02 08:10 local time; the records are of the day after, so the notice is of that day, too.
    const noon = plusMs(at, 19 * 3_600_000);
    noteTerminal(test.host.store, {
      terminal: terminal.id,
      standing: 'retired',
      reason: 'replaced',
      actor: 'alice',
      at: noon,
    });
    const ack = await test.upload(batch(terminal, [buy(0, 100, { time })], { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual([rule]);
    expectBooksRight(test.host.store);
  });
});
