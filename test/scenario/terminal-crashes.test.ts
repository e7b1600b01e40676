// SPDX-License-Identifier: MIT
/**
 * The terminal loses power after every single effect: each command to card, SAM or host, each write to the
 * journal. A new terminal opens the same SQLite file; the card is tapped again and is charged once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoadLink } from '../../src/clearing/messages.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import { SqliteJournal } from '../../terminal/journal/sqlite-journal.ts';
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
  SUITE_NAMES,
  TestClock,
} from '../unit/terminal/world.ts';

interface Story {
  readonly name: string;
  readonly balance: number;
  run(terminal: Terminal, channel: CardChannel, host: LoadLink): Promise<TapOutcome>;
}

const STORIES: readonly Story[] = [
  {
    name: 'purchase',
    balance: 9_500,
    run: (terminal, channel) => terminal.purchase(channel, rupees(500)),
  },
  {
    name: 'load',
    balance: 12_000,
    run: (terminal, channel, hostLink) =>
      terminal.load(channel, { amount: rupees(2_000), hostLink, pin: PIN }),
  },
  {
    name: 'gate entry',
    balance: 10_000,
    run: (terminal, channel) => terminal.gateEntry(channel, gatePlace('A')),
  },
  {
    // Without an entry: the highest fare to C.
    name: 'gate exit',
    balance: 7_000,
    run: (terminal, channel) => terminal.gateExit(channel, gatePlace('C')),
  },
];

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openpurse-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs a story with a crash, and again on what it left behind; tells how many effects came before. */
async function crashAfter(suite: SuiteName, story: Story, at: number): Promise<boolean> {
  const path = join(directory, `${at}.db`);
  const card = newCard(suite);
  const sam = newSam();
  const clock = new TestClock();
  const config = { transit: TRANSIT_CONFIG };
  const doomed = new SqliteJournal(path);
  const crash = new CrashPlan(at);
  const first = await openTerminal({
    clock,
    config,
    journal: crash.journal(doomed),
    samChannel: tapAfterOpening(openInProcess(sam), crash),
  });
  const isCrashed = await story
    .run(first, crash.channel(openInProcess(card)), crash.host(new FakeHost()))
    .then(
      () => false,
      (error: unknown) => {
        expect(error).toBeInstanceOf(Crash);
        return true;
      },
    );
  doomed.close();
  if (!isCrashed) return false;
  clock.advanceMinutes(1);
  const journal = new SqliteJournal(path);
  const done = journal.summary().taps.approved;
  const second = await openTerminal({ clock, config, journal, samChannel: openInProcess(sam) });
  const outcome = await story.run(second, openInProcess(card), new FakeHost());
  // Crashed after the row was approved: the gate remembers the entry, a till makes a second sale.
  const isRemembered = done === 1 && story.name === 'gate entry';
  expect(outcome).toMatchObject(
    isRemembered ? { kind: 'declined', reason: 'alreadyEntered' } : { kind: 'approved' },
  );
  const charges = isRemembered ? done : done + 1;
  await expectCharges(second, charges);
  const balance = 10_000 + charges * (story.balance - 10_000);
  expect(balanceOf(card), `after effect ${at}`).toBe(balance);
  journal.close();
  return true;
}

/** Opening the SAM is no part of the story. */
function tapAfterOpening(channel: CardChannel, crash: CrashPlan): CardChannel {
  const counted = crash.channel(channel);
  let opening = 3;
  return {
    transceive: (command) =>
      opening-- > 0 ? channel.transceive(command) : counted.transceive(command),
    close: () => channel.close(),
  };
}

async function expectCharges(terminal: Terminal, charges: number): Promise<void> {
  const { taps } = terminal.journal.summary();
  expect(taps).toMatchObject({ approved: charges, pending: 0, uncertain: 0, suspicious: 0 });
  const host = new FakeHost();
  await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
  expect(host.records).toHaveLength(charges);
  for (const record of host.records) {
    const suite = record.algorithmId === 0 ? 'tdes' : 'aes';
    expect(isTacOf(record, suite)).toBe(true);
  }
  expect(host.records.map(({ terminalSequence }) => terminalSequence)).toEqual(
    host.records.map((_, index) => index + 1),
  );
}

describe.each(SUITE_NAMES)('a terminal that stops, with a card of suite %s,', (suite) => {
  it.each(STORIES)('after any effect of a $name charges once', async (story) => {
    let effects = 0;
    while (await crashAfter(suite, story, effects + 1)) effects++;
    // SELECT, EF15, INIT, …, the last write.
    expect(effects).toBeGreaterThanOrEqual(6);
  });
});
