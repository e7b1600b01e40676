// SPDX-License-Identifier: MIT
/**
 * The product's core test: the card loses power at every physical write, before it, inside it and after
 * it, and with its answer on the line; then the same card is presented again. The card is debited or
 * credited once, the journal says the same, and the record carries the card's TAC.
 */
import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { gatePlace, TRANSIT_CONFIG } from '../unit/terminal/transit-world.ts';
import {
  balanceOf,
  FakeHost,
  isTacOf,
  newCard,
  openInProcess,
  openTerminal,
  PIN,
  rupees,
  SUITE_NAMES,
  TestClock,
} from '../unit/terminal/world.ts';

interface Story {
  readonly name: string;
  /** What the balance of 10,000 becomes. */
  readonly balance: number;
  /** Records with a TAC, preparation included. */
  readonly records: number;
  prepare(terminal: Terminal, card: VirtualCard): Promise<unknown>;
  run(terminal: Terminal, channel: CardChannel): Promise<TapOutcome>;
}

const nothing = (): Promise<void> => Promise.resolve();

const STORIES: readonly Story[] = [
  {
    name: 'purchase',
    balance: 9_500,
    records: 1,
    prepare: nothing,
    run: (terminal, channel) => terminal.purchase(channel, rupees(500)),
  },
  {
    name: 'load',
    balance: 12_000,
    records: 1,
    prepare: nothing,
    run: (terminal, channel) =>
      terminal.load(channel, { amount: rupees(2_000), hostLink: new FakeHost(), pin: PIN }),
  },
  {
    name: 'gate entry',
    balance: 10_000,
    records: 1,
    prepare: nothing,
    run: (terminal, channel) => terminal.gateEntry(channel, gatePlace('A')),
  },
  {
    name: 'gate exit',
    balance: 7_000,
    records: 2,
    prepare: (terminal, card) => terminal.gateEntry(openInProcess(card), gatePlace('A')),
    run: (terminal, channel) => terminal.gateExit(channel, gatePlace('C')),
  },
];

/** Every tear at the first `writes` writes, and the lost answer of the committing command. */
function tearsAt(writes: number): readonly Tear[] {
  const numbers = Array.from({ length: writes }, (_, index) => index + 1);
  return numbers.flatMap((write): Tear[] => [
    { phase: 'before', write },
    { phase: 'inside', write },
    { phase: 'after', write },
  ]);
}

async function world(suite: SuiteName, story: Story): Promise<[Terminal, VirtualCard, TestClock]> {
  const clock = new TestClock();
  const terminal = await openTerminal({ clock, config: { transit: TRANSIT_CONFIG } });
  const card = newCard(suite);
  await story.prepare(terminal, card);
  clock.advanceMinutes(10);
  return [terminal, card, clock];
}

/** How many physical writes the story makes when nothing goes wrong. */
async function countWrites(suite: SuiteName, story: Story): Promise<number> {
  const [terminal, card] = await world(suite, story);
  const before = card.revision;
  const outcome = await story.run(terminal, openInProcess(card));
  expect(outcome.kind).toBe('approved');
  return card.revision - before;
}

async function expectOneCharge(terminal: Terminal, card: VirtualCard, story: Story): Promise<void> {
  expect(balanceOf(card)).toBe(story.balance);
  const approved = terminal.journal.taps(10).filter(({ state }) => state === 'approved');
  expect(approved).toHaveLength(story.records);
  expect(terminal.journal.summary().taps).toMatchObject({
    pending: 0,
    uncertain: 0,
    suspicious: 0,
  });
  const host = new FakeHost();
  const batch = terminal.closeBatch();
  await terminal.uploadBatch(batch?.number ?? 0, host);
  expect(host.records).toHaveLength(story.records);
  const suite = approved[0]?.suite ?? 'aes';
  for (const record of host.records) expect(isTacOf(record, suite)).toBe(true);
  const last = host.records.at(-1);
  expect(last?.balanceAfter).toBe(story.balance);
}

describe.each(SUITE_NAMES)('a card of suite %s that is torn', (suite) => {
  it.each(STORIES)('in a $name is charged once when it is tapped again', async (story) => {
    const writes = await countWrites(suite, story);
    expect(writes).toBeGreaterThan(4);
    let uncertain = 0;
    let recovered = 0;
    let repeated = 0;
    for (const tear of tearsAt(writes)) {
      const [terminal, card, clock] = await world(suite, story);
      card.memory.placeTear(tear);
      const first = await story.run(terminal, openInProcess(card));
      // VERIFY counts down its tries before it compares: a tear there is before any money.
      const { pending } = terminal.journal.summary().taps;
      expect(first.kind, JSON.stringify(tear)).toBe(pending === 1 ? 'uncertain' : 'notPresented');
      uncertain += pending;
      clock.advanceMinutes(1);
      const second = await story.run(terminal, openInProcess(card));
      expect(second.kind, JSON.stringify(tear)).toBe('approved');
      if (second.kind === 'approved' && second.tap.isRecovered) recovered++;
      else repeated++;
      await expectOneCharge(terminal, card, story);
    }
    // Both worlds that look alike from the terminal have been there.
    expect(uncertain).toBeGreaterThan(4 * 3);
    expect(recovered).toBeGreaterThan(0);
    expect(repeated).toBeGreaterThan(0);
  });

  it.each(STORIES)('at any answer of a $name is charged once', async (story) => {
    for (let answers = 1; ; answers++) {
      const [terminal, card, clock] = await world(suite, story);
      const first = await story.run(terminal, loseAnswer(openInProcess(card), answers, card));
      if (first.kind === 'approved') {
        expect(answers).toBeGreaterThan(4);
        break;
      }
      expect(['uncertain', 'notPresented']).toContain(first.kind);
      clock.advanceMinutes(1);
      const second = await story.run(terminal, openInProcess(card));
      expect(second.kind).toBe('approved');
      await expectOneCharge(terminal, card, story);
    }
  });
});

/** The answer to command number `number` is lost, and the card with it. */
function loseAnswer(channel: CardChannel, number: number, card: VirtualCard): CardChannel {
  let count = 0;
  return {
    async transceive(command) {
      count++;
      const answer = await channel.transceive(command);
      if (count < number) return answer;
      if (count === number) card.powerOff();
      return new Uint8Array(0);
    },
    close: () => channel.close(),
  };
}
