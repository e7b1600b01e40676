// SPDX-License-Identifier: MIT
/**
 * Where a command finds its card: an image of the data folder (`--card`), a reader (`--reader`) or a
 * recording (`--replay`); and what it records of the session.
 */
import type { Command } from 'commander';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import { replay } from '../../terminal/transcript/replay.ts';
import type { Context, SharedOptions } from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { CardFiles, type FileDevice } from './card-files.ts';
import { withReaderCard } from './reader-card.ts';
import { withSession, type WrapLine } from './session-files.ts';
import { SYSTEM_CLOCK } from './system.ts';
import { readTranscript } from './transcript-file.ts';

/** The options of a command that talks to a card. */
export interface CardSourceOptions extends SharedOptions {
  readonly card?: string;
  /** Part of a reader's name; true for whichever reader sees a card first. */
  readonly reader?: string | true;
  /** Seconds to wait for a card in a reader. */
  readonly wait: number;
  /** Path of a transcript whose card answers. */
  readonly replay?: string;
  readonly record?: string;
  readonly pcapng?: string;
  readonly reveal?: boolean;
}

/** Adds the options of a command that talks to a card. */
export function withCardSourceOptions(
  command: Command,
  cardHelp = 'card by name or path (the only one when left out)',
): Command {
  return command
    .option('--card <name>', cardHelp)
    .option(
      '--reader [name]',
      'take the card in a PC/SC reader, any or the one whose name has this part',
    )
    .option('--wait <seconds>', 'how long to wait for a card in a reader', wholeNumber(1, 3600), 30)
    .option('--record <file>', 'write the APDU dialogue to a new file, as a transcript')
    .option('--pcapng <file>', 'write the APDU dialogue to a new file, as a capture for Wireshark')
    .option('--reveal', 'do not mask PINs and keys in --record and --pcapng');
}

/** Adds `--replay` to a command that needs no more of the world than a card. */
export function withReplayOption(command: Command): Command {
  return command.option(
    '--replay <file>',
    'take the card of a transcript: it answers as it did, and stops at another command',
  );
}

/** Runs `work` with the card that the options name; its memory is saved, its line is closed. */
export function withCardLine<T>(
  context: Context,
  options: CardSourceOptions,
  work: (line: CardLine) => Promise<T>,
): Promise<T> {
  const { record, pcapng, reveal } = options;
  const { currency } = context.config;
  return withSession({ record, pcapng, reveal, currency, clock: SYSTEM_CLOCK }, (wrap) =>
    withSource(context, options, (line) => work(recorded(line, wrap))),
  );
}

/** A card that was reset is one that is presented anew. */
function recorded(line: CardLine, wrap: WrapLine): CardLine {
  const { reset } = line;
  const channel = wrap(line.channel, 'card', line);
  if (reset === undefined) return { ...line, channel };
  return { ...line, channel, reset: async () => recorded(await reset(), wrap) };
}

async function withSource<T>(
  context: Context,
  options: CardSourceOptions,
  work: (line: CardLine) => Promise<T>,
): Promise<T> {
  const { card: name, reader, replay: file, wait } = options;
  if (file !== undefined) {
    if (name !== undefined || reader !== undefined) {
      throw new Fault('USAGE', '"--replay" expected neither --card nor --reader beside it');
    }
    return work(replayedCard(file));
  }
  if (reader !== undefined) {
    return withReaderCard(context, { filter: reader, waitSeconds: wait }, work);
  }
  const cards = new CardFiles(context.data);
  const path = cards.find(name);
  return cards.use(path, (card) => withImage(card, work));
}

/** Runs `work` with the card of an image. */
async function withImage<T>(
  card: FileDevice<VirtualCard>,
  work: (line: CardLine) => Promise<T>,
): Promise<T> {
  let channel = card.open();
  const present = (): CardLine => ({
    channel,
    reader: undefined,
    where: card.path,
    atr: card.device.atr,
    async reset() {
      await channel.close();
      channel = card.open();
      return present();
    },
  });
  try {
    return await work(present());
  } finally {
    await channel.close();
  }
}

/** The card of a transcript, at each reset as it was presented next. */
function replayedCard(file: string): CardLine {
  const session = replay(readTranscript(file));
  const present = (): CardLine => {
    const line = session.present('card');
    return { ...line, where: line.reader ?? file, reset: () => Promise.resolve().then(present) };
  };
  return present();
}
