// SPDX-License-Identifier: MIT
/** `openpurse apdu`: commands to a card, one after the other, and every field of what goes both ways. */
import type { Command } from 'commander';
import { toHex } from '../../src/bytes/hex.ts';
import type { TraceEntry } from '../../terminal/card/trace.ts';
import { Context, withSharedOptions } from '../context.ts';
import {
  withCardLine,
  withCardSourceOptions,
  withReplayOption,
  type CardSourceOptions,
} from '../data/card-source.ts';
import { EXIT } from '../print/failure.ts';
import { traceLines } from '../print/trace.ts';
import { CardSession, type LineOutcome } from '../shell/card-session.ts';
import { resetCard, resetLines } from '../shell/reset-card.ts';
import { planArgument } from '../shell/plan-line.ts';

interface ApduOptions extends CardSourceOptions {
  readonly follow?: boolean;
}

interface Sent {
  readonly command: string;
  readonly outcome: LineOutcome;
  readonly exchanges: readonly TraceEntry[];
  /** Answer to the reset, of a reset. */
  readonly atr?: string;
}

export function addApduCommands(program: Command): void {
  withReplayOption(
    withCardSourceOptions(
      withSharedOptions(
        program
          .command('apdu')
          .description('send commands to a card and show every field of them and of the answers')
          .argument('<command...>', 'APDU in hex, or a command of `openpurse shell` in quotes'),
      ),
    ),
  )
    .option('--follow', 'fetch the rest after 61xx, and send again after 6Cxx')
    .addHelpText(
      'after',
      '\nNothing is sent if an argument is wrong. A refusal does not stop the commands after it; no answer\ndoes. PINs are masked. Exit code 3: a command was refused, or not answered.\n\nExamples:\n  openpurse apdu 00A4040007F04F505552534500 805C000204 --card alice\n  openpurse apdu "select aes" balance "log 3" --reader ACR122\n',
    )
    .action(apdu);
}

async function apdu(commands: readonly string[], options: ApduOptions): Promise<void> {
  const context = new Context(options);
  const { printer, config } = context;
  const { currency } = config;
  const plans = commands.map((text, index) => planArgument(text, index + 1, currency));
  await withCardLine(context, options, async (card) => {
    const { reader, where } = card;
    let line = card;
    let exchanges: TraceEntry[] = [];
    const sink = (entry: TraceEntry): void => {
      exchanges.push(entry);
      for (const text of traceLines('card', entry)) printer.tell(text);
    };
    const session = new CardSession(line.channel, {
      currency,
      sink,
      follows: options.follow === true,
    });
    const sent: Sent[] = [];
    for (const plan of plans) {
      exchanges = [];
      if (plan.kind === 'reset') {
        line = await resetCard(line);
        session.present(line.channel);
        const atr = toHex(line.atr);
        sent.push({ command: 'reset', outcome: 'done', exchanges, atr });
        for (const text of resetLines(atr)) printer.tell(text);
        continue;
      }
      const outcome = await session.run(plan);
      sent.push({ command: plan.name, outcome, exchanges });
      if (plan.note !== undefined && outcome === 'done') printer.tell(`     ${plan.note}`);
      if (outcome === 'lost') break;
    }
    const source = reader === undefined ? { file: where } : { reader };
    printer.say({ data: { ...source, commands: sent }, lines: [] });
    if (sent.some(({ outcome }) => outcome !== 'done')) process.exitCode = EXIT.notApproved;
  });
}
