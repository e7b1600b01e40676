// SPDX-License-Identifier: MIT
/**
 * Sessions at a till, recorded and replayed: the same terminal over the recording sends the same bytes and
 * comes to the same outcome, with no card and no SAM. `vitest -u` records the kept session anew.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tearOnCommit } from '../../simulation/world/tear-on-commit.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { replay, type Replay } from '../../terminal/transcript/replay.ts';
import { newRecording, type Recording } from '../unit/terminal/transcript/recording.ts';
import {
  newCard,
  newSam,
  openInProcess,
  openTerminal,
  rupees,
  SUITE_NAMES,
  TestClock,
} from '../unit/terminal/world.ts';

const PRICE = rupees(1_250);

interface Session {
  readonly outcomes: readonly TapOutcome[];
  readonly text: string;
}

/** A till over channels that are recorded; each of `taps` opens a card and does something with it. */
async function session(
  sam: (recording: Recording) => CardChannel,
  ...taps: readonly ((recording: Recording) => CardChannel)[]
): Promise<Session> {
  const clock = new TestClock();
  const recording = newRecording(clock);
  const terminal = await openTerminal({ clock, samChannel: sam(recording) });
  const outcomes: TapOutcome[] = [];
  for (const open of taps) {
    const channel = open(recording);
    outcomes.push(await terminal.purchase(channel, PRICE));
    await channel.close();
  }
  return { outcomes, text: recording.text };
}

const virtualSam = ({ wrap }: Recording): CardChannel => wrap(openInProcess(newSam()), 'sam');

/** The card leaves in the middle of its commit and comes back: it has paid once. */
function tornSession(): Promise<Session> {
  const card = newCard('aes');
  const line = { reader: 'Desk 00', atr: card.atr };
  return session(
    virtualSam,
    ({ wrap }) => {
      const torn = tearOnCommit(openInProcess(card), card, { phase: 'after', write: 2 });
      return wrap(torn, 'card', line);
    },
    ({ wrap }) => wrap(openInProcess(card), 'card', line),
  );
}

/** The taps of a replayed session, each recorded again. */
function again(session: Replay, role: 'card' | 'sam'): (recording: Recording) => CardChannel {
  return ({ wrap }) => {
    const line = session.present(role);
    return wrap(line.channel, role, line);
  };
}

const KEPT = fileURLToPath(new URL('../transcripts/torn-sale.txt', import.meta.url));

describe.each(SUITE_NAMES)('a sale to a card of suite %s', (suite) => {
  const record = (): Promise<Session> =>
    session(virtualSam, ({ wrap }) => wrap(openInProcess(newCard(suite)), 'card'));

  it('is replayed byte for byte, to the same outcome', async () => {
    const recorded = await record();
    expect(recorded.outcomes).toMatchObject([{ kind: 'approved' }]);
    const replayed = replay(parseTranscript(recorded.text));
    const second = await session(again(replayed, 'sam'), again(replayed, 'card'));
    expect(second).toEqual(recorded);
    expect(replayed.finish()).toEqual({ kind: 'complete' });
  });

  it('of another amount stops the replay', async () => {
    const replayed = replay(parseTranscript((await record()).text));
    const terminal = await openTerminal({ samChannel: replayed.present('sam').channel });
    const fault = {
      code: 'TRANSCRIPT_MISMATCH',
      message: expect.stringMatching(
        /^"line \d+" expected card > 805001020B01000004E2.*, got 805001020B01000004E3.* \(INITIALIZE FOR PURCHASE\)$/,
      ) as string,
    };
    const sale = terminal.purchase(replayed.present('card').channel, rupees(1_251));
    await expect(sale).rejects.toMatchObject(fault);
    expect(replayed.finish()).toMatchObject({ kind: 'mismatch', fault });
  });
});

describe('a sale that is torn and recovered', () => {
  it('is recorded as the kept session', async () => {
    const { outcomes, text } = await tornSession();
    expect(outcomes.map(({ kind }) => kind)).toEqual(['uncertain', 'approved']);
    await expect(text).toMatchFileSnapshot(KEPT);
  });

  it('is replayed from the kept session', async () => {
    const kept = readFileSync(KEPT, 'utf8');
    const replayed = replay(parseTranscript(kept));
    const card = again(replayed, 'card');
    const { outcomes, text } = await session(again(replayed, 'sam'), card, card);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['uncertain', 'approved']);
    expect(text).toBe(kept);
    expect(replayed.finish()).toEqual({ kind: 'complete' });
  });
});
