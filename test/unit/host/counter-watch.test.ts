// SPDX-License-Identifier: MIT
/** One SAM number on two cards: found whatever came in between, and in whatever order. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { terminalStatuses } from '../../../host/messages/terminals.ts';
import { expectBooksRight } from './books-check.ts';
import {
  batch,
  enrol,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type TestHost,
} from './host-world.ts';
import { disposeAll, opened } from './intake-fixtures.ts';

afterEach(disposeAll);

const terminal = testTerminal(1, 'SHOP');
const other = testTerminal(2, 'METRO');
const cards = [1, 2, 3].map((number) => testCard(number, 'aes'));

async function newHost(): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', sliceRecords: 2 });
  opened.push(test);
  enrol(test.host, terminal, other);
  for (const card of cards) await test.host.registerCard(card);
  return test;
}

/** A purchase of 10 at a card, with a SAM number of its own. */
const sale = (card: number, terminalCounter: number, sequence: number, at = terminal): Uint8Array =>
  record({
    terminal: at,
    card: cards[card]!,
    counter: 0,
    amount: 10,
    before: 100,
    sequence,
    terminalCounter,
  });

/** Numbers that cards share, from the side of each. */
const shared = ({ host }: TestHost): readonly string[] =>
  host.store
    .allFindings()
    .filter(({ rule }) => rule === 'terminalCounterShared')
    .map(({ serial, expected, found }) => `${toHex(serial)} ${expected} ${found}`)
    .sort();

/** What is found of a number that is on two cards or more. */
const found = (counter: number, ...numbers: readonly number[]): readonly string[] =>
  numbers
    .map((number) => {
      const others = numbers.filter((other) => other !== number);
      const serials = others.map((other) => cards[other]!.serial).sort();
      return `${cards[number]!.serial} SAM number ${counter} of terminal ${terminal.id} on one debit 10 on 20260203120000, and a debit of card ${serials.join(', ')}`;
    })
    .sort();

const balance = ({ host }: TestHost, name: string): number =>
  host.store.balances().find(({ account }) => account === name)?.balance ?? 0;

describe('a SAM number on two cards', () => {
  it('is in suspense on both, whichever the host saw first, and marks the terminal', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(2, 6, 2)]));
    expect(shared(test)).toEqual([]);
    expect(balance(test, '2040:SHOP')).toBe(-20);
    const ack = await test.upload(batch(terminal, [sale(1, 5, 3)], { batchNumber: 2 }));
    expect(ack.records).toMatchObject([{ from: 3, to: 3, rule: 'terminalCounterShared' }]);
    expect(shared(test)).toEqual(found(5, 0, 1));
    // The third card's merchant is paid; the two debits are out of the purses and wait.
    expect(balance(test, '2040:SHOP')).toBe(-10);
    expect(balance(test, '2075')).toBe(-20);
    const suspects = terminalStatuses(test.host.store).map(({ isSuspect }) => isSuspect);
    expect(suspects).toEqual([true, false]);
    expectBooksRight(test.host.store);
  });

  it('is found in one slice, too', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(1, 5, 2)]));
    expect(shared(test)).toEqual(found(5, 0, 1));
    expect(balance(test, '2040:SHOP')).toBe(0);
    expectBooksRight(test.host.store);
  });

  it('leaves the next purchases of both cards alone', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(1, 5, 2)]));
    const next = record({
      ...{ terminal, card: cards[0]!, counter: 1, amount: 10, before: 90 },
      ...{ sequence: 3, terminalCounter: 7 },
    });
    const ack = await test.upload(batch(terminal, [next], { batchNumber: 2 }));
    expect(ack.records).toMatchObject([{ from: 3, to: 3, rule: 'accepted' }]);
    expect(balance(test, '2040:SHOP')).toBe(-10);
    expectBooksRight(test.host.store);
  });

  it('is decided card by card: one merchant paid, the other holder given his money back', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(1, 5, 2)]));
    for (const [index, action] of (['payMerchant', 'refundHolder'] as const).entries()) {
      const { serial } = cards[index]!;
      const key = test.host.store
        .findings(serialNumberBytes(serial))
        .find(({ rule }) => rule === 'terminalCounterShared')!.key;
      const target = `held:${key.slice('terminalCounterShared:'.length)}`;
      test.host.decide({ serial, target, action, request: `R${index}` });
    }
    expect(shared(test)).toEqual([]);
    expect(balance(test, '2040:SHOP')).toBe(-10);
    expect(balance(test, '2095')).toBe(-10);
    expect(balance(test, '2075')).toBe(0);
    expectBooksRight(test.host.store);
  });

  it('is no matter for another terminal, a late number, or the same record again', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 9, 1)]));
    await test.upload(batch(other, [sale(1, 9, 1, other)]));
    await test.upload(batch(terminal, [sale(2, 4, 2)], { batchNumber: 2 }));
    await test.upload(batch(terminal, [sale(0, 9, 1), sale(2, 4, 2)], { batchNumber: 3 }));
    expect(shared(test)).toEqual([]);
  });

  it('is found exactly, for any numbers in any order and any cutting', async () => {
    const numbers = fc.tuple(...cards.map(() => fc.integer({ min: 1, max: 4 })));
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(numbers, order, fc.boolean(), async (counters, arrival, isOneBatch) => {
        const test = await newHost();
        const records = arrival.map((card, index) => sale(card, counters[card]!, index + 1));
        const cut = isOneBatch ? [records] : records.map((each) => [each]);
        for (const [index, each] of cut.entries()) {
          await test.upload(batch(terminal, each, { batchNumber: index + 1 }));
        }
        const numbersInUse = [...new Set(counters)];
        const expected = numbersInUse.flatMap((number) => {
          const holders = [0, 1, 2].filter((card) => counters[card] === number);
          return holders.length > 1 ? found(number, ...holders) : [];
        });
        expect(shared(test)).toEqual([...expected].sort());
        expectBooksRight(test.host.store);
        await disposeAll();
      }),
      { numRuns: 40 },
    );
  });
});
