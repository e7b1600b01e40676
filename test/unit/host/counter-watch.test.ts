// SPDX-License-Identifier: MIT
/** One SAM number on two cards: found whatever came in between, and in whatever order. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
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

const reused = ({ host }: TestHost): readonly string[] =>
  host.store
    .alerts()
    .filter(({ rule }) => rule === 'terminalCounterReused')
    .map(({ id, amount }) => `${id} ${amount}`);

const name = (counter: number, ...pair: readonly number[]): string =>
  `terminalCounterReused:${terminal.id}:${counter}:${pair.map((card) => cards[card]!.serial).join(':')} 20`;

describe('a SAM number on two cards', () => {
  it('is an alert that names both, and marks the terminal', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(2, 6, 2)]));
    expect(reused(test)).toEqual([]);
    await test.upload(batch(terminal, [sale(1, 5, 3)], { batchNumber: 2 }));
    expect(reused(test)).toEqual([name(5, 0, 1)]);
    expect(test.host.store.alerts(terminal.id).at(-1)).toMatchObject({
      expected: expect.stringContaining(
        `SAM number 5 on one debit: card ${cards[0]!.serial}`,
      ) as string,
      found: expect.stringContaining(`card ${cards[1]!.serial}`) as string,
    });
    const suspects = terminalStatuses(test.host.store).map(({ isSuspect }) => isSuspect);
    expect(suspects).toEqual([true, false]);
    expectBooksRight(test.host.store);
  });

  it('is found in one slice, too', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 5, 1), sale(1, 5, 2)]));
    expect(reused(test)).toEqual([name(5, 0, 1)]);
  });

  it('is no matter for another terminal, a late number, or the same record again', async () => {
    const test = await newHost();
    await test.upload(batch(terminal, [sale(0, 9, 1)]));
    await test.upload(batch(other, [sale(1, 9, 1, other)]));
    await test.upload(batch(terminal, [sale(2, 4, 2)], { batchNumber: 2 }));
    await test.upload(batch(terminal, [sale(0, 9, 1), sale(2, 4, 2)], { batchNumber: 3 }));
    expect(reused(test)).toEqual([]);
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
        const expected = [
          [0, 1],
          [0, 2],
          [1, 2],
        ].flatMap(([left, right]) =>
          counters[left!] === counters[right!] ? [name(counters[left!]!, left!, right!)] : [],
        );
        expect([...reused(test)].sort()).toEqual(expected.sort());
        await disposeAll();
      }),
      { numRuns: 40 },
    );
  });
});
