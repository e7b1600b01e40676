// SPDX-License-Identifier: MIT
/** `openpurse terminal …`: terminals of the data folder and what they and the host have to say. */
import type { Command } from 'commander';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import type { BatchAck } from '../../src/clearing/messages.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { synchronise, synchronisedLines, type Synchronised } from '../data/terminal-sync.ts';
import { DEFAULT_TERMINALS, withTerminal } from '../data/terminal-setup.ts';
import { performedLines } from '../print/actions.ts';
import { EXIT } from '../print/failure.ts';
import { sayOutcome } from '../print/outcome.ts';
import { ackSaid, eachTerminal } from './batch.ts';
import { pinSecret, withHostLink, withHostOption } from './taps.ts';

interface TerminalOptions extends SharedOptions {
  readonly terminal?: string;
  readonly host?: string;
}

interface ActionsOptions extends TerminalOptions {
  readonly card?: string;
  readonly pin: string;
}

export function addTerminalCommands(program: Command): void {
  const terminal = program
    .command('terminal')
    .description('bring terminals and host up to date, carry out what the host wants done');
  withHostOption(
    withSharedOptions(
      terminal
        .command('sync')
        .description('fetch hotlist, parameters, actions and time; send what the host asks for'),
    ),
  )
    .option('--terminal <id>', 'only this terminal')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse terminal sync\n  openpurse terminal sync --host http://127.0.0.1:8080\n',
    )
    .action(sync);
  withHostOption(
    withSharedOptions(
      terminal
        .command('actions')
        .description('carry out what the host wants done with a card, or list what waits'),
    ),
  )
    .option('--card <name>', 'card to present; without it the waiting actions are listed')
    .option('--terminal <id>', 'terminal that does it', DEFAULT_TERMINALS.pos)
    .option('--pin <digits>', 'PIN of the card', DEFAULT_PIN)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse terminal actions\n  openpurse terminal actions --card alice\n',
    )
    .action(actions);
}

async function sync(options: TerminalOptions): Promise<void> {
  const context = new Context(options);
  const acks: BatchAck[] = [];
  const done: Synchronised[] = [];
  await withHostLink(context, options.host, (linkOf) =>
    eachTerminal(context, options.terminal, async (terminal) => {
      done.push(await synchronise(terminal, linkOf(terminal), acks));
    }),
  );
  const lines = done.flatMap(synchronisedLines);
  const sent = acks.length === 0 ? [] : ackSaid(acks).lines;
  context.printer.say({
    data: { terminals: done, batches: acks },
    lines: lines.length === 0 ? ['no terminals'] : [...lines, ...sent],
  });
}

async function actions(options: ActionsOptions): Promise<void> {
  const context = new Context(options);
  const { card: name, host, pin, terminal: id } = options;
  const choice = {
    id: id ?? DEFAULT_TERMINALS.pos,
    merchant: 'SHOP',
    place: 'till',
    isGate: false,
  } as const;
  if (name === undefined) {
    await withTerminal(context, choice, (terminal) => {
      const open = terminal.openActions();
      const lines = open.map(
        ({ kind, serial, id: action }) => `${kind}  card ${serial}  ${action}`,
      );
      const said = { data: { open }, lines: lines.length === 0 ? ['no actions wait'] : lines };
      context.printer.say(said);
      return Promise.resolve();
    });
    return;
  }
  const cards = new CardFiles(context.data);
  await cards.use(cards.find(name), (card) =>
    withTerminal(context, choice, (terminal) =>
      withHostLink(context, host, async (linkOf) => {
        const hostLink = linkOf(terminal);
        const channel = card.open();
        const outcome = await terminal.performActions(channel, { hostLink, pin: pinSecret(pin) });
        await channel.close();
        if (outcome.kind === 'performed') {
          context.printer.say({ data: outcome, lines: performedLines(outcome) });
          return;
        }
        context.printer.say(sayOutcome(outcome.outcome, context.config.currency));
        process.exitCode = EXIT.notApproved;
      }),
    ),
  );
}
