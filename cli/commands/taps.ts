// SPDX-License-Identifier: MIT
/** What `pos`, `gate` and `card load` share: a card in front of a terminal, torn or traced if asked for. */
import { Option, type Command } from 'commander';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import type { Tear } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import { tearOnCommit } from '../../simulation/world/tear-on-commit.ts';
import { Fault } from '../../src/errors/fault.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { HostLink } from '../../src/clearing/messages.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { withTrace, type TraceEntry } from '../../terminal/card/trace.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import { httpHostLink } from '../../terminal/host-link/http.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Context, type SharedOptions } from '../context.ts';
import { CardFiles, type FileDevice } from '../data/card-files.ts';
import { withTerminal, type TerminalChoice } from '../data/terminal-setup.ts';
import { EXIT } from '../print/failure.ts';
import { sayOutcome } from '../print/outcome.ts';
import { traceLines } from '../print/trace.ts';

const TEARS = ['before', 'inside', 'after', 'response'] as const;

/** The options of every command that presents a card. */
export interface TapOptions extends SharedOptions {
  readonly card?: string;
  readonly terminal: string;
  readonly merchant: string;
  readonly trace?: boolean;
  readonly tear?: (typeof TEARS)[number];
  readonly host?: string;
}

/** Adds the options of a command that presents a card. */
export function withTapOptions(
  command: Command,
  terminal: { id: string; merchant: string },
): Command {
  return command
    .option('--card <name>', 'card by name or path (the only one when left out)')
    .option(
      '--terminal <id>',
      'terminal, 12 hexadecimal digits; made and enrolled when new',
      terminal.id,
    )
    .option('--merchant <name>', 'merchant of a new terminal', terminal.merchant)
    .option('--trace', 'print the APDU dialogue with every field decoded')
    .addOption(
      new Option(
        '--tear <when>',
        'take the card away while it commits: before, inside or after the write, or with the response lost',
      ).choices(TEARS),
    );
}

export function withHostOption(command: Command): Command {
  return command.option('--host <url>', 'clearing host (the one of the data folder when left out)');
}

/** The purse's commit: its second physical write is the marker that decides. */
const COMMIT_WRITE = 2;

function tearOf(when: TapOptions['tear']): Tear | undefined {
  if (when === undefined) return undefined;
  return when === 'response' ? { phase: when } : { phase: when, write: COMMIT_WRITE };
}

/** A PIN as cards compare it: BCD, an odd last digit padded with F. @throws USAGE */
export function pinSecret(digits: string): Secret {
  if (!/^\d{4,12}$/.test(digits)) throw new Fault('USAGE', '"--pin" expected 4 to 12 digits');
  return new Secret(fromHex(digits.length % 2 === 0 ? digits : `${digits}F`));
}

/** An amount that moves money. @throws USAGE */
export function amountToMove(text: string, currency: CurrencyCode): Amount {
  const value = parseAmount(text, currency);
  if (value > 0) return value;
  throw new Fault('USAGE', `"amount" expected more than 0, got "${text}"`);
}

/** Runs `work` with the host that `--host` names, or the one of the folder. */
export async function withHostLink<T>(
  context: Context,
  url: string | undefined,
  work: (link: HostLink) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return work(httpHostLink({ baseUrl: url }));
  return context.withHost(context.keys(), work);
}

/** Presents the card at the terminal and prints what came of it. */
export async function runTap(
  options: TapOptions,
  place: Pick<TerminalChoice, 'isGate' | 'place'>,
  tap: (terminal: Terminal, channel: CardChannel, context: Context) => Promise<TapOutcome>,
): Promise<void> {
  const context = new Context(options);
  const { printer } = context;
  const cards = new CardFiles(context.data);
  const path = cards.find(options.card);
  const { currency } = context.config;
  const trace: object[] = [];
  const sink =
    (who: 'card' | 'sam') =>
    (entry: TraceEntry): void => {
      trace.push({ with: who, ...entry });
      for (const line of traceLines(who, entry)) printer.tell(line);
    };
  const isTraced = options.trace === true;
  const wrap = (channel: CardChannel, role: 'card' | 'sam'): CardChannel =>
    isTraced ? withTrace(channel, sink(role), { role, currency }) : channel;
  const choice = {
    ...place,
    id: options.terminal,
    merchant: options.merchant,
    wrapSam: (channel: CardChannel) => wrap(channel, 'sam'),
  };
  const tear = tearOf(options.tear);
  const present = (card: FileDevice<VirtualCard>) =>
    withTerminal(context, choice, async (terminal) => {
      const open = card.open();
      const torn = tear === undefined ? open : tearOnCommit(open, card.device, tear);
      const outcome = await tap(terminal, wrap(torn, 'card'), context);
      await open.close();
      return { outcome, terminalId: terminal.config.terminalId };
    });
  const { outcome, terminalId } = await cards.use(path, present);
  const said = sayOutcome(outcome, currency);
  const where = `terminal ${terminalId}, journal in ${context.data.terminal(terminalId)}`;
  printer.say({
    data: { ...said.data, currency, card: path, ...(isTraced ? { trace } : {}) },
    lines: [...said.lines, `  ${where}`],
  });
  if (outcome.kind !== 'approved') process.exitCode = EXIT.notApproved;
}
