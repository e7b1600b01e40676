// SPDX-License-Identifier: MIT
/**
 * A purchase, a load and a gate tap through every reader that misbehaves, at every command, in both worlds
 * that look alike: the card has done the command, or it has not. Then the same card comes again on a
 * healthy line. The money is judged by the card itself, its log, the journal and the host's books.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { openInProcess } from '../../card-applet-sim/transport/in-process.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { conservation } from '../../simulation/check/conservation.ts';
import { Oracle, trueBalance } from '../../simulation/check/oracle.ts';
import { openQuirkLine, type QuirkPlace } from '../../simulation/reader-quirks/quirk-line.ts';
import {
  READER_QUIRKS,
  readerQuirk,
  type QuirkName,
  type Work,
} from '../../simulation/reader-quirks/reader-quirks.table.ts';
import type { World, WorldCard } from '../../simulation/world/world.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { amount, ZERO } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { withDeadline } from '../../terminal/card/deadline.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Tap } from '../../terminal/journal/tap.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { gatePlace } from '../unit/terminal/transit-world.ts';
import { morningWorld, type Morning } from './morning-world.ts';

const LOADED = 100_00;
const PRICE = 20_00;
const PIN = new Secret(fromHex(DEFAULT_PIN));
/** A card in process answers before any timer can run: this only ends what would never end. */
const DEADLINE_MS = 2;
const MINUTE_MS = 60_000;
/** More commands than any tap has. */
const COMMANDS_MAX = 40;

const SUITE_NAMES: readonly SuiteName[] = ['aes', 'tdes'];
const QUIRKS = Object.keys(READER_QUIRKS) as QuirkName[];

interface Story {
  readonly name: string;
  /** What the story makes of the balance. */
  readonly balance: number;
  /** Log records of the card in the end: those of preparation and of `finish` too. */
  readonly log: number;
  prepare?(terminal: Terminal, channel: CardChannel): Promise<TapOutcome>;
  run(terminal: Terminal, channel: CardChannel): Promise<TapOutcome>;
  /** What shows that the story went well, on a healthy line. */
  finish?(terminal: Terminal, channel: CardChannel): Promise<TapOutcome>;
}

let morning: Morning;
let world: World;
let oracle: Oracle;
let terminal: Terminal;

const load = (value: number) => (at: Terminal, channel: CardChannel) =>
  at.load(channel, { amount: amount(value), hostLink: world.host, pin: PIN });
const enterAtA = (at: Terminal, channel: CardChannel): Promise<TapOutcome> =>
  at.gateEntry(channel, gatePlace('A'));
const leaveAtC = (at: Terminal, channel: CardChannel): Promise<TapOutcome> =>
  at.gateExit(channel, gatePlace('C'));

const STORIES: readonly Story[] = [
  {
    name: 'purchase',
    balance: LOADED - PRICE,
    log: 2,
    run: (at, channel) => at.purchase(channel, amount(PRICE)),
  },
  { name: 'load', balance: LOADED + PRICE, log: 2, run: load(PRICE) },
  // An entry that is lost, or made twice, would cost another fare at the exit than 30.00.
  { name: 'gate entry', balance: LOADED - 30_00, log: 3, run: enterAtA, finish: leaveAtC },
  { name: 'gate exit', balance: LOADED - 30_00, log: 3, prepare: enterAtA, run: leaveAtC },
];

beforeEach(async () => {
  morning = await morningWorld(7);
  world = morning.world;
  oracle = new Oracle();
  terminal = await world.addTerminal('METRO', 'gate', true);
});

afterEach(async () => morning.dispose());

type Run = Story['run'];

/** One tap, watched by the oracle, which throws where the outcome is not what the card did. */
async function tap(card: WorldCard, run: Run, channel: CardChannel): Promise<TapOutcome> {
  const outcome = await run(terminal, withDeadline(channel, DEADLINE_MS));
  oracle.observe(terminal.config.terminalId, card, outcome);
  world.clock.advance(MINUTE_MS);
  return outcome;
}

async function healthyTap(card: WorldCard, run: Run): Promise<TapOutcome> {
  return tap(card, run, world.present(card));
}

/** A tap through a reader with a quirk. */
async function quirkyTap(
  card: WorldCard,
  run: Run,
  { name, place }: { readonly name: QuirkName; readonly place: QuirkPlace },
): Promise<{ readonly outcome: TapOutcome; readonly hasFired: boolean }> {
  const line = openQuirkLine(() => openInProcess(card.device), name, place);
  const outcome = await tap(card, run, line.channel);
  const known = JSON.stringify(tapsOf(card));
  line.deliverLate();
  await new Promise(setImmediate);
  expect(JSON.stringify(tapsOf(card)), 'a late answer was believed').toBe(known);
  return { outcome, hasFired: line.hasFired };
}

function tapsOf(card: WorldCard): readonly Tap[] {
  return terminal.journal.taps(10_000).filter(({ serial }) => serial === card.serial);
}

async function preparedCard(story: Story, suite: SuiteName): Promise<WorldCard> {
  const card = await world.addCard(suite);
  expect((await healthyTap(card, load(LOADED))).kind).toBe('approved');
  if (story.prepare !== undefined) {
    expect((await healthyTap(card, story.prepare)).kind).toBe('approved');
  }
  return card;
}

/** A tap may be called declined only where its card did nothing, and no row waits for an answer. */
function expectHonest(outcome: TapOutcome, card: WorldCard, where: string): void {
  const pending = tapsOf(card).filter(({ state }) => state === 'pending');
  if (outcome.kind === 'uncertain' && outcome.tap.state === 'pending') {
    expect(pending, where).toHaveLength(1);
  } else if (outcome.kind === 'declined' && outcome.serial === undefined) {
    // The card could not be identified: of this tap nothing happened, of an earlier one nothing is said.
    expect(outcome.settled, where).toEqual([]);
  } else if (outcome.kind !== 'notPresented') {
    expect(pending, where).toEqual([]);
  }
}

/** The card, its log and the journal tell the same story, of one charge. */
async function expectOneCharge(card: WorldCard, story: Story, where: string): Promise<void> {
  if (story.finish !== undefined) {
    expect((await healthyTap(card, story.finish)).kind, where).toBe('approved');
  }
  expect(trueBalance(card), where).toBe(story.balance);
  const reading = await terminal.readCard(world.present(card));
  expect(reading, where).toMatchObject({ kind: 'read', balance: story.balance });
  expect(reading.kind === 'read' ? reading.log.length : 0, where).toBe(story.log);
  const states = tapsOf(card).map(({ state }) => state);
  expect(
    states.filter((state) => state === 'approved'),
    where,
  ).toHaveLength(story.log);
  expect(
    states.filter((state) => state !== 'approved' && state !== 'declined'),
    where,
  ).toEqual([]);
}

/** The evening: the host judges every record, and the books agree with the cards. */
async function clearAndCompare(): Promise<void> {
  for (;;) {
    const closed = terminal.closeBatch();
    if (closed === undefined) break;
    await terminal.uploadBatch(closed.number, world.host);
  }
  const { exceptions, conservation: books } = reconciliationReport(world.host);
  expect(exceptions).toEqual([]);
  expect(books.isHeld).toBe(true);
  expect(conservation(world, oracle, ZERO).difference).toBe(0);
}

interface Sweep {
  readonly name: QuirkName;
  readonly work: Work;
  readonly suite: SuiteName;
}

/**
 * The story on a new card for every command of it, until the quirk has nothing more to meet. Returns how
 * the taps at the quirk ended.
 */
async function sweep(story: Story, { name, work, suite }: Sweep): Promise<readonly TapOutcome[]> {
  const outcomes: TapOutcome[] = [];
  for (let at = 1; at <= COMMANDS_MAX; at++) {
    const where = `${name} at command ${at}, suite ${suite}, card: ${work}`;
    const card = await preparedCard(story, suite);
    const { outcome, hasFired } = await quirkyTap(card, story.run, { name, place: { at, work } });
    expectHonest(outcome, card, where);
    outcomes.push(outcome);
    if (outcome.kind !== 'approved') {
      expect((await healthyTap(card, story.run)).kind, where).toBe('approved');
    }
    await expectOneCharge(card, story, where);
    if (!hasFired) return outcomes;
  }
  throw new Error(`${story.name} expected at most ${COMMANDS_MAX} commands`);
}

describe.each(QUIRKS)('a reader with the quirk %s', (name) => {
  it.each(STORIES)('costs the holder of a $name nothing, at any command', async (story) => {
    for (const suite of SUITE_NAMES) {
      const kinds = new Set<TapOutcome['kind']>();
      for (const work of readerQuirk(name).work) {
        const outcomes = await sweep(story, { name, work, suite });
        expect(outcomes.length).toBeGreaterThan(4);
        for (const { kind } of outcomes) kinds.add(kind);
      }
      expect(kinds).toContain('approved');
      // A card that was led elsewhere refuses the debit, and its refusal is a proof.
      expect(kinds.has('uncertain')).toBe(name !== 'neighbourSelect');
    }
    await clearAndCompare();
  });
});

describe.each(QUIRKS)('a recovery through a reader with the quirk %s', (name) => {
  it.each(STORIES)('of a $name whose answer was lost charges once', async (story) => {
    for (const suite of SUITE_NAMES) {
      for (const work of readerQuirk(name).work) await sweepRecovery(story, { name, work, suite });
    }
    await clearAndCompare();
  });
});

/** The first tap is torn after the commit, the second meets the quirk, the third is healthy. */
async function sweepRecovery(story: Story, { name, work, suite }: Sweep): Promise<void> {
  for (let at = 1; at <= COMMANDS_MAX; at++) {
    const where = `${name} at command ${at} of the recovery, suite ${suite}, card: ${work}`;
    const card = await preparedCard(story, suite);
    const torn = world.present(card, { phase: 'response' });
    expect((await tap(card, story.run, torn)).kind, where).toBe('uncertain');
    const { outcome, hasFired } = await quirkyTap(card, story.run, { name, place: { at, work } });
    expect(['approved', 'notPresented', 'uncertain', 'declined'], where).toContain(outcome.kind);
    expectHonest(outcome, card, where);
    if (outcome.kind !== 'approved') {
      const third = await healthyTap(card, story.run);
      expect(third, where).toMatchObject({ kind: 'approved', tap: { isRecovered: true } });
    }
    await expectOneCharge(card, story, where);
    if (!hasFired) return;
  }
  throw new Error(`${story.name} expected at most ${COMMANDS_MAX} commands`);
}
