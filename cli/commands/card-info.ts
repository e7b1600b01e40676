// SPDX-License-Identifier: MIT
/** `openpurse card info`: what card this is, and what it says of itself. Nothing is written. */
import type { Command } from 'commander';
import { identifyAnyCard } from '../../terminal/identify/identify-card.ts';
import { Context, withSharedOptions } from '../context.ts';
import {
  withCardLine,
  withCardSourceOptions,
  withReplayOption,
  type CardSourceOptions,
} from '../data/card-source.ts';
import { cardInfoSaid } from '../print/card-info.ts';

export function addCardInfoCommand(card: Command): void {
  withReplayOption(
    withCardSourceOptions(
      withSharedOptions(
        card.command('info').description('identify a card of any kind; nothing is written'),
      ),
    ),
  )
    .addHelpText(
      'after',
      '\nAccount numbers of payment cards are not read.\n\nExamples:\n  openpurse card info --card alice\n  openpurse card info --reader --json\n  openpurse card info --reader --record card.txt\n  openpurse card info --replay card.txt\n',
    )
    .action(info);
}

async function info(options: CardSourceOptions): Promise<void> {
  const context = new Context(options);
  await withCardLine(context, options, async (line) => {
    const identity = await identifyAnyCard(line);
    context.printer.say(cardInfoSaid(identity, line, context.config.currency));
  });
}
