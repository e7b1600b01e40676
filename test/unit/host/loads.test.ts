// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import type { LoadRequest } from '../../../src/clearing/messages.ts';
import { amount } from '../../../src/money/amount.ts';
import { deriveCardKeys } from '../../../src/purse/card-keys.ts';
import { MAC_INPUTS } from '../../../src/purse/mac-inputs.table.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { expectBooksRight } from './books-check.ts';
import {
  ALL_KEYS,
  batch,
  enrol,
  issuerKeys,
  loadRequest,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type TestHost,
} from './host-world.ts';

const terminal = testTerminal(1);
const cards = { aes: testCard(1, 'aes'), tdes: testCard(2, 'tdes') };
const newer = testCard(3, 'aes', 2);

const opened: TestHost[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

async function prepared(keys = ALL_KEYS): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', keys });
  opened.push(test);
  enrol(test.host, terminal);
  for (const card of [cards.aes, cards.tdes, newer]) await test.host.registerCard(card);
  return test;
}

const request = (suite: 'aes' | 'tdes', changes: Partial<LoadRequest> = {}): LoadRequest => ({
  ...loadRequest({ card: cards[suite], terminal, amount: 500, before: 0, counter: 0 }),
  ...changes,
});

describe.each(['aes', 'tdes'] as const)('authorising a load of a %s card', (suite) => {
  it('answers with the MAC2 of the host and puts the money in flight', async () => {
    const test = await prepared();
    const answer = await test.host.authoriseLoad(request(suite));
    const masters = ALL_KEYS.masters(1, suite);
    const keys = deriveCardKeys(suite, masters, serialNumberBytes(cards[suite].serial));
    const mac2 = SUITES[suite]
      .sessionMasterKey(keys.load)
      .sessionKey({
        session: 'load',
        cardRandom: fromHex(request(suite).cardRandom),
        counter: 0,
        terminalCounter: 0,
      })
      .mac(
        MAC_INPUTS.loadMac2[suite].encode({
          amount: amount(500),
          transactionType: 2,
          terminalId: fromHex(terminal.id),
          date: fromHex(answer.date),
          time: fromHex(answer.time),
        }),
      );
    expect(answer.mac2).toBe(toHex(mac2));
    // 1770000000 seconds after 1970, five and a half hours ahead of UTC.
    expect(`${answer.date} ${answer.time}`).toBe('20260202 081000');
    const { store } = test.host;
    expect(store.loadsInFlight()).toMatchObject([{ amount: 500, counter: 0, agent: terminal.id }]);
    expect(store.balance('2015' as never)).toBe(-500);
    expectBooksRight(store);
  });

  it('again gets the same answer and moves no money, in whatever order its fields come', async () => {
    const test = await prepared();
    const first = await test.host.authoriseLoad(request(suite));
    const turned = Object.fromEntries(Object.entries(request(suite)).reverse());
    expect(await test.host.authoriseLoad(request(suite))).toEqual(first);
    expect(await test.host.authoriseLoad(turned as unknown as LoadRequest)).toEqual(first);
    expect(test.host.store.balance('2015' as never)).toBe(-500);
    expect([...test.host.store.entries()]).toHaveLength(1);
  });

  it.each<[string, Partial<LoadRequest>, string]>([
    ['a wrong MAC1', { mac1: suite === 'aes' ? '00'.repeat(8) : '00'.repeat(4) }, 'mac1'],
    ['another amount than the MAC1 covers', { amount: 501 }, 'mac1'],
    ['another balance than the MAC1 covers', { balanceBefore: 1 }, 'mac1'],
    ['another counter than the session', { onlineCounter: 1 }, 'mac1'],
    ['a MAC1 that is cut short', { mac1: '0000' }, 'mac1'],
    ['no amount', { amount: 0 }, 'amount'],
    ['more than the card can hold', { balanceBefore: 0xffffffff }, 'amount'],
    ['a purchase', { transactionType: 6 }, 'transactionType'],
    ['an unknown algorithm', { algorithmId: 4 }, 'algorithmId'],
    ['the other suite', { algorithmId: suite === 'aes' ? 0 : 0x88 }, 'keyVersion'],
    ['another key version', { keyVersion: 2 }, 'keyVersion'],
    ['an unknown card', { serial: '99' }, 'serial'],
    ['an unknown terminal', { terminalId: '0000000000FF' }, 'terminalId'],
  ])('refuses %s, and no money moves', async (_name, changes, field) => {
    const test = await prepared();
    const refused = test.host.authoriseLoad(request(suite, changes));
    await expect(refused).rejects.toMatchObject({
      code: 'LOAD_REFUSED',
      message: expect.stringContaining(`"${field}"`) as string,
    });
    expect(test.host.store.balances().filter(({ balance }) => balance !== 0)).toEqual([]);
  });

  it('refuses a hotlisted card', async () => {
    const test = await prepared();
    test.host.hotlistCard(cards[suite].serial, 'lost');
    await expect(test.host.authoriseLoad(request(suite))).rejects.toMatchObject({
      code: 'LOAD_REFUSED',
    });
  });

  it('owes the first order back when the card asks again without having loaded', async () => {
    const test = await prepared();
    await test.host.authoriseLoad(request(suite));
    const again = loadRequest({ card: cards[suite], terminal, amount: 700, before: 0, counter: 0 });
    await test.host.authoriseLoad(again);
    const { store } = test.host;
    expect(store.balance('2015' as never)).toBe(-700);
    expect(store.balance('2095' as never)).toBe(-500);
    expectBooksRight(store);
  });

  it('refuses a counter that the card has passed', async () => {
    const test = await prepared();
    const card = cards[suite];
    await test.host.authoriseLoad(request(suite));
    const fields = { card, terminal, amount: 500, before: 0, counter: 0 };
    const loaded = record({ ...fields, kind: 'load', sequence: 1 });
    await test.upload(batch(terminal, [loaded]));
    const old = loadRequest({ ...fields, amount: 600 });
    await expect(test.host.authoriseLoad(old)).rejects.toMatchObject({ code: 'LOAD_REFUSED' });
    expectBooksRight(test.host.store);
  });
});

describe('authorising loads', () => {
  it('refuses a card whose key version is not held', async () => {
    const test = await prepared(issuerKeys(1));
    const asked = loadRequest({ card: newer, terminal, amount: 5, before: 0, counter: 0 });
    await expect(test.host.authoriseLoad(asked)).rejects.toMatchObject({
      code: 'KEY_VERSION_UNKNOWN',
    });
  });
});

describe('the hotlist', () => {
  it('grows by a version with each card, and not with the same card again', async () => {
    const test = await prepared();
    expect(test.host.hotlist()).toMatchObject({ version: 0, serials: [] });
    test.host.hotlistCard(cards.tdes.serial, 'lost');
    const list = test.host.hotlistCard(cards.aes.serial, 'cloned');
    expect(list).toMatchObject({ version: 2, serials: [cards.aes.serial, cards.tdes.serial] });
    expect(test.host.hotlistCard(cards.aes.serial, 'again')).toEqual(list);
    expect(test.host.hotlist()).toEqual(list);
  });

  it('refuses a card that is not issued', async () => {
    const test = await prepared();
    expect(() => test.host.hotlistCard('99', 'x')).toThrow(
      expect.objectContaining({ code: 'CARD_NOT_FOUND' }) as Error,
    );
  });
});
