// SPDX-License-Identifier: MIT
/** Where a command finds its card: an image of the data folder (`--card`), or a reader (`--reader`). */
import type { Command } from 'commander';
import type { CardLine } from '../../terminal/reader/card-line.ts';
import type { Context, SharedOptions } from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { CardFiles } from './card-files.ts';
import { withReaderCard } from './reader-card.ts';

export interface CardSourceOptions extends SharedOptions {
  readonly card?: string;
  /** Part of a reader's name; true for whichever reader sees a card first. */
  readonly reader?: string | true;
  /** Seconds to wait for a card in a reader. */
  readonly wait: number;
}

/** Adds the options of a command that talks to a card. */
export function withCardSourceOptions(command: Command): Command {
  return command
    .option('--card <name>', 'card by name or path (the only one when left out)')
    .option(
      '--reader [name]',
      'take the card in a PC/SC reader, any or the one whose name has this part',
    )
    .option(
      '--wait <seconds>',
      'how long to wait for a card in a reader',
      wholeNumber(1, 3600),
      30,
    );
}

/** Runs `work` with the card that the options name; its memory is saved, its line is closed. */
export async function withCardLine<T>(
  context: Context,
  options: CardSourceOptions,
  work: (line: CardLine) => Promise<T>,
): Promise<T> {
  if (options.reader !== undefined) {
    return withReaderCard(context, { filter: options.reader, waitSeconds: options.wait }, work);
  }
  const cards = new CardFiles(context.data);
  const path = cards.find(options.card);
  return cards.use(path, async (card) => {
    const channel = card.open();
    try {
      return await work({ channel, reader: undefined, where: path, atr: card.device.atr });
    } finally {
      await channel.close();
    }
  });
}
