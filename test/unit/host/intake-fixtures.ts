// SPDX-License-Identifier: MIT
/** A host with two terminals and two cards, and the records of a short day. */
import type { AckRange } from '../../../src/clearing/messages.ts';
import {
  enrol,
  loadRequest,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type RecordFields,
  type TestHost,
} from './host-world.ts';

export const terminal = testTerminal(1, 'SHOP');
export const other = testTerminal(2, 'METRO');
export const card = testCard(1, 'aes');
const second = testCard(2, 'tdes');

/** Hosts that the test has opened. */
export const opened: TestHost[] = [];

/** Closes and removes them: call it after each test. */
export async function disposeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.dispose();
}

/** A host with two terminals and two cards, the first loaded with 100. */
export async function prepared(
  options: Parameters<typeof openTestHost>[0] = {},
): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', ...options });
  opened.push(test);
  enrol(test.host, terminal, other);
  await test.host.registerCard(card);
  await test.host.registerCard(second);
  await test.host.authoriseLoad(
    loadRequest({ card, terminal, amount: 100, before: 0, counter: 0 }),
  );
  return test;
}

export const loaded = record({
  terminal,
  card,
  kind: 'load',
  amount: 100,
  before: 0,
  counter: 0,
  sequence: 1,
});
export const buy = (
  counter: number,
  before: number,
  changes: Partial<RecordFields> = {},
): Uint8Array =>
  record({ terminal, card, counter, amount: 10, before, sequence: counter + 2, ...changes });
export const purchases = [buy(0, 100), buy(1, 90), buy(2, 80), buy(3, 70)];

export const rules = (ranges: readonly AckRange[]): readonly string[] =>
  ranges.map(({ from, to, rule }) => `${from}-${to} ${rule}`);
