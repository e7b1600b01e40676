// SPDX-License-Identifier: MIT
/**
 * Random days: two terminals, three cards, sales, loads and gates, tears at any write, lost answers,
 * terminals that stop dead. Whatever happens, what the card says it paid is what the journals prove, and
 * only what the host is left to decide lies between them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import type { VirtualPsam } from '../../card-applet-sim/psam/virtual-psam.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Tap } from '../../terminal/journal/tap.ts';
import { MemoryJournal } from '../../terminal/journal/memory-journal.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Crash, CrashPlan } from '../unit/terminal/crashes.ts';
import { gatePlace, TRANSIT_CONFIG } from '../unit/terminal/transit-world.ts';
import {
  balanceOf,
  FakeHost,
  isTacOf,
  newCard,
  newSam,
  openInProcess,
  openTerminal,
  PIN,
  rupees,
  TestClock,
} from '../unit/terminal/world.ts';

const START = 1_000_000;
const TERMINAL_IDS = ['001122334455', '009900990099'];
const STATIONS = ['A', 'B', 'C'];

type Verb = 'enter' | 'leave' | 'load' | 'recover' | 'sell';

interface Event {
  readonly verb: Verb;
  readonly terminal: number;
  readonly card: number;
  readonly amount: number;
  readonly minutes: number;
  readonly tear: Tear | undefined;
  /** The effect after which the terminal stops; 0 for never. */
  readonly crashAt: number;
}

const tear = fc.oneof(
  fc.record({
    phase: fc.constantFrom('before', 'inside', 'after'),
    write: fc.integer({ min: 1, max: 7 }),
  }),
  fc.constant({ phase: 'response' } as const),
) as fc.Arbitrary<Tear>;

const event: fc.Arbitrary<Event> = fc.record({
  verb: fc.constantFrom<Verb>('sell', 'sell', 'sell', 'load', 'enter', 'leave', 'recover'),
  terminal: fc.nat({ max: 1 }),
  card: fc.nat({ max: 2 }),
  amount: fc.integer({ min: 0, max: 300 }),
  // Often no time passes: the same second, the same amount, the same place.
  minutes: fc.constantFrom(0, 0, 1, 45),
  tear: fc.option(tear, { nil: undefined }),
  crashAt: fc.constantFrom(0, 0, 0, 1, 3, 5, 6, 7, 8, 9, 10),
});

class World {
  readonly clock = new TestClock();
  readonly cards: readonly VirtualCard[];
  readonly journals = TERMINAL_IDS.map(() => new MemoryJournal());
  readonly #sams: readonly VirtualPsam[] = TERMINAL_IDS.map((id) => newSam(id));
  readonly #terminals = new Map<number, Terminal>();

  constructor() {
    const options = { initial: { purseBalance: START } };
    this.cards = ['1', '2', '3'].map((serial, index) =>
      newCard(index === 1 ? 'tdes' : 'aes', { serial, ...options }),
    );
  }

  async terminal(index: number): Promise<Terminal> {
    const known = this.#terminals.get(index);
    if (known !== undefined) return known;
    const opened = await this.#open(index, new CrashPlan(0));
    this.#terminals.set(index, opened);
    return opened;
  }

  async run(step: Event): Promise<void> {
    this.clock.advanceMinutes(step.minutes);
    const card = this.cards[step.card] as VirtualCard;
    const crash = new CrashPlan(step.crashAt);
    // A terminal that will stop is one that was started for it: its SAM is reset either way.
    const terminal =
      step.crashAt === 0
        ? await this.terminal(step.terminal)
        : await this.#open(step.terminal, crash);
    if (step.crashAt > 0) this.#terminals.delete(step.terminal);
    if (step.tear !== undefined) card.memory.placeTear(step.tear);
    try {
      await this.#do(terminal, crash.channel(openInProcess(card)), step);
    } catch (error) {
      // The card may be torn again while it gets power: then it was never in the field.
      const isTorn = error instanceof Fault && error.code === 'CARD_GONE';
      if (!(error instanceof Crash) && !isTorn) throw error;
    }
    card.memory.removeTear();
  }

  async #do(
    terminal: Terminal,
    channel: ReturnType<CrashPlan['channel']>,
    step: Event,
  ): Promise<void> {
    const place = gatePlace(STATIONS[step.amount % 3] as string);
    switch (step.verb) {
      case 'sell':
        await terminal.purchase(channel, rupees(step.amount));
        return;
      case 'load': {
        const request = { amount: rupees(step.amount), hostLink: new FakeHost(), pin: PIN };
        await terminal.load(channel, request);
        return;
      }
      case 'enter':
        await terminal.gateEntry(channel, place);
        return;
      case 'leave':
        await terminal.gateExit(channel, place);
        return;
      case 'recover':
        await terminal.recover(channel);
    }
  }

  async #open(index: number, crash: CrashPlan): Promise<Terminal> {
    const journal = this.journals[index] as MemoryJournal;
    const sam = this.#sams[index] as VirtualPsam;
    return openTerminal({
      clock: this.clock,
      journal: crash.journal(journal),
      samChannel: openInProcess(sam),
      config: { terminalId: TERMINAL_IDS[index], transit: TRANSIT_CONFIG },
    });
  }
}

function sum(taps: readonly Tap[], of: (tap: Tap) => boolean): number {
  return taps.filter(of).reduce((total, { amount }) => total + amount, 0);
}

async function checkMoney(world: World): Promise<void> {
  for (const index of TERMINAL_IDS.keys()) {
    const terminal = await world.terminal(index);
    for (const card of world.cards) await terminal.recover(openInProcess(card));
  }
  const taps = world.journals.flatMap((journal) => journal.taps(10_000));
  expect(taps.filter(({ state }) => state === 'pending' || state === 'suspicious')).toEqual([]);
  for (const [index, card] of world.cards.entries()) {
    const serial = String(index + 1).padStart(20, '0');
    const own = taps.filter((tap) => tap.serial === serial);
    const proven =
      START +
      sum(own, ({ state, operation }) => state === 'approved' && operation === 'load') -
      sum(own, ({ state, operation }) => state === 'approved' && operation !== 'load');
    const open = own.filter(({ state }) => state === 'uncertain');
    const loads = sum(open, ({ operation }) => operation === 'load');
    const debits = sum(open, ({ operation }) => operation !== 'load');
    const balance = balanceOf(card);
    expect(balance).toBeGreaterThanOrEqual(proven - debits);
    expect(balance).toBeLessThanOrEqual(proven + loads);
    if (open.length === 0) expect(balance).toBe(proven);
  }
}

async function checkRecords(world: World): Promise<void> {
  for (const [index, journal] of world.journals.entries()) {
    const taps = journal.taps(10_000);
    const terminal = await world.terminal(index);
    const host = new FakeHost();
    const batch = terminal.closeBatch();
    if (batch !== undefined) await terminal.uploadBatch(batch.number, host);
    expect(host.records.map(({ terminalSequence }) => terminalSequence)).toEqual(
      host.records.map((_, at) => at + 1),
    );
    const proven = host.records.filter(({ kind }) => kind !== 3);
    expect(proven).toHaveLength(taps.filter(({ state }) => state === 'approved').length);
    for (const record of proven) {
      expect(isTacOf(record, record.algorithmId === 0 ? 'tdes' : 'aes')).toBe(true);
    }
    const counters = proven.map(
      (record) => `${record.applicationSerialNumber.join()} ${record.kind} ${record.counterBefore}`,
    );
    expect(new Set(counters).size).toBe(counters.length);
  }
}

describe('any day of taps, tears and crashes', () => {
  it('ends with journals that prove what the cards hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
        const world = new World();
        for (const step of events) await world.run(step);
        await checkMoney(world);
        await checkRecords(world);
      }),
      { numRuns: 150 },
    );
  });
});
