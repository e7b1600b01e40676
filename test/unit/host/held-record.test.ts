// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { stateHash } from '../../../host/report/state-hash.ts';
import { cardStatement } from '../../../host/report/statements.ts';
import { expectBooksRight } from './books-check.ts';
import { ALL_KEYS, batch, issuerKeys, record, testCard } from './host-world.ts';
import {
  terminal,
  other,
  card,
  loaded,
  buy,
  rules,
  prepared,
  opened,
  disposeAll,
} from './intake-fixtures.ts';

afterEach(disposeAll);

describe('a record that cannot be judged yet', () => {
  it('of a card that is registered later is released then', async () => {
    const test = await prepared();
    const late = testCard(5, 'aes');
    const held = record({ terminal, card: late, counter: 0, amount: 10, before: 30, sequence: 9 });
    const ack = await test.upload(batch(terminal, [held]));
    expect(rules(ack.records)).toEqual(['9-9 cardNotIssued']);
    expectBooksRight(test.host.store);
    await test.host.registerCard(late);
    expect(test.host.store.quarantine()).toEqual([]);
    expect(cardStatement(test.host.store, late.serial)).toMatchObject({ nextOffline: 1 });
    expectBooksRight(test.host.store);
  });

  it('of a key version that is added later is released when the host opens with it', async () => {
    let test = await prepared({ keys: issuerKeys(1) });
    const newer = testCard(6, 'tdes', 2);
    await test.host.registerCard(newer);
    const held = record({ terminal, card: newer, counter: 0, amount: 10, before: 30, sequence: 9 });
    const ack = await test.upload(batch(terminal, [held]));
    expect(rules(ack.records)).toEqual(['9-9 tacUnverifiable']);
    test = await test.reopen({ keys: ALL_KEYS });
    opened.splice(0, 1, test);
    expect(test.host.store.quarantine()).toEqual([]);
    expectBooksRight(test.host.store);
  });

  it('for want of both is released once it has both', async () => {
    let test = await prepared({ keys: issuerKeys(1) });
    const newer = testCard(6, 'aes', 2);
    const held = record({ terminal, card: newer, counter: 0, amount: 10, before: 30, sequence: 9 });
    await test.upload(batch(terminal, [held]));
    test = await test.reopen({ keys: ALL_KEYS });
    opened.splice(0, 1, test);
    expect(test.host.store.quarantine().map(({ rule }) => rule)).toEqual(['cardNotIssued']);
    await test.host.registerCard(newer);
    expect(test.host.store.quarantine()).toEqual([]);
    expectBooksRight(test.host.store);
  });

  it('of a key version that is added later is forged by then, if its TAC is wrong', async () => {
    const newer = testCard(6, 'tdes', 2);
    const fields = { terminal, card: newer, counter: 0, amount: 10, before: 30, sequence: 9 };
    const bytes = batch(terminal, [record({ ...fields, forged: true })]);
    let late = await prepared({ keys: issuerKeys(1) });
    await late.host.registerCard(newer);
    const ack = await late.upload(bytes);
    expect(rules(ack.records)).toEqual(['9-9 tacUnverifiable']);
    late = await late.reopen({ keys: ALL_KEYS });
    opened.splice(0, 1, late);
    const early = await prepared();
    await early.host.registerCard(newer);
    await early.upload(bytes);
    expect(late.host.store.quarantine().map(({ rule }) => rule)).toEqual(['tacInvalid']);
    expect(stateHash(late.host.store)).toBe(stateHash(early.host.store));
    expectBooksRight(late.host.store);
    expect(late.host.store.terminal(terminal.id)?.headCounter).toBe(0);
    // Once more it is held as it is.
    const entries = [...late.host.store.entries()].length;
    expect(await late.host.retryHeld()).toBe(0);
    expect([...late.host.store.entries()]).toHaveLength(entries);
  });

  it('is released once, whoever asks how often at the same time', async () => {
    const test = await prepared();
    const late = testCard(5, 'aes');
    const held = record({ terminal, card: late, counter: 0, amount: 10, before: 30, sequence: 9 });
    await test.upload(batch(terminal, [held]));
    await Promise.all([
      test.host.registerCard(late),
      test.host.retryHeld(),
      test.host.registerCard(testCard(6, 'aes')),
    ]);
    expect(test.host.store.recordCount()).toBe(1);
    expectBooksRight(test.host.store);
  });

  it('counts as seen for its terminal: the number cannot be used again unseen', async () => {
    const test = await prepared();
    const late = testCard(5, 'tdes');
    const fields = { terminal, card: late, amount: 0, before: 0, terminalCounter: 500 };
    await test.upload(batch(terminal, [record({ ...fields, counter: 0, sequence: 9 })]));
    await test.host.registerCard(late);
    const replay = record({ ...fields, counter: 1, sequence: 10 });
    const ack = await test.upload(batch(terminal, [replay], { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual(['10-10 terminalCounterReused']);
    expectBooksRight(test.host.store);
  });

  it('with a TAC of the other suite is not that of an issued card', async () => {
    const test = await prepared();
    const impostor = record({
      terminal,
      card: { ...card, suite: 'tdes' },
      counter: 0,
      amount: 0,
      before: 0,
      sequence: 9,
    });
    const ack = await test.upload(batch(terminal, [impostor]));
    expect(rules(ack.records)).toEqual(['9-9 cardNotIssued']);
    expect(await test.host.retryHeld()).toBe(0);
    expectBooksRight(test.host.store);
  });

  it('with a TAC that is not the card’s moves no money, now or later', async () => {
    const test = await prepared();
    const ack = await test.upload(batch(terminal, [loaded, buy(0, 100, { forged: true })]));
    expect(rules(ack.records)).toEqual(['1-1 accepted', '2-2 tacInvalid']);
    expect(await test.host.retryHeld()).toBe(0);
    expect(test.host.store.balance('2040:SHOP' as never)).toBe(0);
    expect(test.host.store.balance('9010' as never)).toBe(10);
    expectBooksRight(test.host.store);
  });
});

describe('an earlier claim that arrives late', () => {
  it('takes the float by reversing entries, and the one that had it is held', async () => {
    const test = await prepared();
    const later = buy(0, 100, { time: '130000' });
    await test.upload(batch(terminal, [loaded, later]));
    const earlier = record({
      terminal: other,
      card,
      counter: 0,
      amount: 25,
      before: 100,
      sequence: 1,
      time: '110000',
    });
    const ack = await test.upload(batch(other, [earlier]));
    expect(rules(ack.records)).toEqual(['1-1 lateRecord']);
    const { store } = test.host;
    expect(store.balance('2040:METRO' as never)).toBe(-25);
    expect(store.balance('2040:SHOP' as never)).toBe(0);
    expect(store.balance('2075' as never)).toBe(-10);
    expect([...store.entries()].at(-1)).toMatchObject({
      kind: 'correction',
      postings: [
        { account: '1060', amount: 10 },
        { account: '2010', amount: 15 },
        { account: '2040:METRO', amount: -25 },
        { account: '2040:SHOP', amount: 10 },
        { account: '2075', amount: -10 },
      ],
    });
    expectBooksRight(store);
  });
});
