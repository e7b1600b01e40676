// SPDX-License-Identifier: MIT
/**
 * A tap at a reader: the card may leave at any moment and come back. While the outcome is unknown the
 * cashier is asked for the same card again, and nobody is charged in between.
 */
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import {
  after,
  type TapOutcome,
  type Uncertain,
  type UncertainCause,
} from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { CardReaders } from '../data/reader-card.ts';

export interface ReaderTap {
  readonly readers: CardReaders;
  readonly terminal: Terminal;
  /** What the user asked for. */
  readonly tap: (channel: CardChannel) => Promise<TapOutcome>;
  /** Wraps the line to the card, for traces and recordings. */
  readonly wrap: (line: CardLine) => CardChannel;
  readonly tell: (line: string) => void;
}

/** What a card that is presented again can decide. */
const ASK_AGAIN: ReadonlySet<UncertainCause> = new Set([
  'answerLost',
  'answerUnclear',
  'samFailed',
]);
/** A card that fails so often is broken, or is not held still. */
const PRESENTATIONS_MAX = 10;
/** Longer than the poll of a reader, shorter than a cashier's patience. */
const LEAVING_SECONDS = 2;

/** Taps until the outcome is known, or no card comes any more. */
export async function tapAtReader(
  order: ReaderTap,
): Promise<{ readonly outcome: TapOutcome; readonly reader: string | undefined }> {
  const { readers, tell, tap } = order;
  tell('hold the card to the reader');
  let line = await readers.nextCard();
  let outcome = await present(order, line, tap);
  for (let times = 1; times < PRESENTATIONS_MAX && isAskedAgain(outcome); times++) {
    tell(
      outcome.kind === 'uncertain'
        ? `outcome unknown: hold card ${outcome.tap.serial} to the reader again`
        : 'the card left before anything happened: hold it to the reader again',
    );
    // A card that was taken away is still shown for a moment; one that only fell silent stays.
    await readers.removed(line, LEAVING_SECONDS);
    const next = await cardOrNone(readers);
    if (next === undefined) break;
    line = next;
    outcome =
      outcome.kind === 'uncertain'
        ? await settle(order, line, outcome)
        : await present(order, line, tap);
  }
  return { outcome, reader: line.reader };
}

function isAskedAgain(outcome: TapOutcome): boolean {
  return (
    outcome.kind === 'notPresented' ||
    (outcome.kind === 'uncertain' && ASK_AGAIN.has(outcome.cause))
  );
}

async function present(
  { wrap }: ReaderTap,
  line: CardLine,
  work: (channel: CardChannel) => Promise<TapOutcome>,
): Promise<TapOutcome> {
  try {
    return await work(wrap(line));
  } finally {
    await line.channel.close();
  }
}

/** Finds out about the open tap; only the card that made it, and was not charged, is charged anew. */
async function settle(order: ReaderTap, line: CardLine, open: Uncertain): Promise<TapOutcome> {
  const { readers, terminal, tap, tell } = order;
  return present(order, line, async (channel) => {
    const found = await terminal.recover(channel);
    if (found.kind === 'notPresented') return open;
    if (found.kind !== 'declined') return found;
    if (found.reason === 'notDebited') return after(found.settled, await tap(channel));
    tell(`another card: it is not charged, card ${open.tap.serial} is still open`);
    await readers.removed(line);
    return open;
  });
}

/** The next card; undefined when none comes, which leaves what is open to a later tap. */
async function cardOrNone(readers: CardReaders): Promise<CardLine | undefined> {
  try {
    return await readers.nextCard();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
