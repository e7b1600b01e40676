// SPDX-License-Identifier: MIT
/** `openpurse pos …`: the till. */
import type { Command } from 'commander';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { withSharedOptions } from '../context.ts';
import { DEFAULT_TERMINALS } from '../data/terminal-setup.ts';
import { withCardSourceOptions, withReplayOption } from '../data/card-source.ts';
import { serialOf } from '../../terminal/flow/outcome.ts';
import { performedLines } from '../print/actions.ts';
import { showPresentedCard } from './show-card.ts';
import {
  amountToMove,
  pinSecret,
  runTap,
  withHostLink,
  withHostOption,
  withTapOptions,
  type TapOptions,
} from './taps.ts';

const TILL = { id: DEFAULT_TERMINALS.pos, merchant: 'SHOP' } as const;
const AT_TILL = { isGate: false, place: 'till' } as const;

export function addPosCommands(program: Command): void {
  const pos = program.command('pos').description('the point of sale: takes money with no network');
  withTapOptions(withSharedOptions(pos.command('sale').description('charge an amount')), TILL)
    .argument('<amount>', 'amount, such as 12.50')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse pos sale 12.50\n  openpurse pos sale 12.50 --trace\n  openpurse pos sale 12.50 --reader ACR122\n  openpurse pos sale 12.50 --tear inside   # then the same again: recovered\n',
    )
    .action((amount: string, options: TapOptions) =>
      runTap(options, AT_TILL, (terminal, channel, { config }) =>
        terminal.purchase(channel, amountToMove(amount, config.currency)),
      ),
    );
  withHostOption(
    withTapOptions(
      withSharedOptions(pos.command('load').description('load the card online')),
      TILL,
    ),
  )
    .argument('<amount>', 'amount, such as 100')
    .option('--pin <digits>', 'PIN of the card', DEFAULT_PIN)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse pos load 100\n  openpurse pos load 100 --host http://127.0.0.1:8080\n',
    )
    .action(runLoadCommand);
  withTapOptions(
    withSharedOptions(
      pos.command('recover').description('find out what became of an uncertain tap of this card'),
    ),
    TILL,
  )
    .addHelpText('after', '\nExample:\n  openpurse pos recover\n')
    .action((options: TapOptions) =>
      runTap(options, AT_TILL, (terminal, channel) => terminal.recover(channel)),
    );
  withReplayOption(
    withCardSourceOptions(
      withSharedOptions(
        pos.command('balance').description('show balance, log and trips of the card'),
      ),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse pos balance --json\n  openpurse pos balance --reader\n',
    )
    .action(showPresentedCard);
}

/** Loads a card at the till; `card load` is the same command under another name. */
export function runLoadCommand(
  amount: string,
  options: TapOptions & { readonly pin: string },
): Promise<void> {
  return runTap(options, AT_TILL, (terminal, channel, context) =>
    withHostLink(context, options.host, async (linkOf) => {
      const hostLink = linkOf(terminal);
      const pin = pinSecret(options.pin);
      const minor = amountToMove(amount, context.config.currency);
      const outcome = await terminal.load(channel, { amount: minor, hostLink, pin });
      const serial = serialOf(outcome);
      const isHere = outcome.kind === 'approved' || outcome.kind === 'declined';
      // The card and the host are both here: what waits for the card is done at once.
      if (isHere && serial !== undefined && terminal.openActions(serial).length > 0) {
        const kinds = ['refund', 'block'] as const;
        const done = await terminal.performActions(channel, { hostLink, pin, kinds });
        if (done.kind === 'performed')
          for (const line of performedLines(done)) context.printer.tell(line);
      }
      return outcome;
    }),
  );
}
