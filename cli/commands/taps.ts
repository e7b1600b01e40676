// SPDX-License-Identifier: MIT
/** What `pos`, `gate` and `card load` share: a card in front of a terminal, torn or traced if asked for. */
import { Option, type Command } from 'commander';
import {
  tearAt,
  tearOnCommit,
  TEAR_MOMENTS,
  type TearMoment,
} from '../../simulation/world/tear-on-commit.ts';
import { Fault } from '../../src/errors/fault.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { HostLink } from '../../src/clearing/messages.ts';
import { REQUEST_NONCE_SIZE } from '../../src/clearing/signed-request.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { withTrace, type TraceEntry } from '../../terminal/card/trace.ts';
import { serialOf, type TapOutcome } from '../../terminal/flow/outcome.ts';
import { httpHostLink, type RequestSigner } from '../../terminal/host-link/http.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Context } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { withCardSourceOptions, type CardSourceOptions } from '../data/card-source.ts';
import { withReaders } from '../data/reader-card.ts';
import { withSession, type WrapLine } from '../data/session-files.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from '../data/system.ts';
import { withTerminal, type TerminalChoice } from '../data/terminal-setup.ts';
import { EXIT } from '../print/failure.ts';
import { sayOutcome } from '../print/outcome.ts';
import { traceLines } from '../print/trace.ts';
import { tapAtReader } from './reader-tap.ts';

/** The options of every command that presents a card. */
export interface TapOptions extends CardSourceOptions {
  readonly samReader?: string;
  readonly terminal: string;
  readonly merchant: string;
  readonly trace?: boolean;
  readonly tear?: TearMoment;
  readonly host?: string;
}

/** Adds the options of a command that presents a card. */
export function withTapOptions(
  command: Command,
  terminal: { id: string; merchant: string },
): Command {
  return withCardSourceOptions(command)
    .option('--sam-reader <name>', 'use the SAM in the PC/SC reader whose name has this part')
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
      ).choices(TEAR_MOMENTS),
    );
}

export function withHostOption(command: Command): Command {
  return command.option('--host <url>', 'clearing host (the one of the data folder when left out)');
}

/** A PIN as cards compare it: BCD, an odd last digit padded with F. @throws USAGE */
export function pinSecret(digits: string, name = '--pin'): Secret {
  if (!/^\d{4,12}$/.test(digits)) throw new Fault('USAGE', `"${name}" expected 4 to 12 digits`);
  return new Secret(fromHex(digits.length % 2 === 0 ? digits : `${digits}F`));
}

/** An amount that moves money. @throws USAGE */
export function amountToMove(text: string, currency: CurrencyCode): Amount {
  const value = parseAmount(text, currency);
  if (value > 0) return value;
  throw new Fault('USAGE', `"amount" expected more than 0, got "${text}"`);
}

/** The line of a terminal to the host; without one, a line for what needs no terminal. */
export type LinkOf = (terminal?: Terminal) => HostLink;

/** Runs `work` with the host that `--host` names, or the one of the folder. */
export async function withHostLink<T>(
  context: Context,
  url: string | undefined,
  work: (linkOf: LinkOf) => Promise<T>,
): Promise<T> {
  if (url === undefined) return context.withHost(context.keys(), (host) => work(() => host));
  return work((terminal) =>
    httpHostLink({
      baseUrl: url,
      ...(terminal === undefined ? {} : { sign: signerOf(terminal) }),
    }),
  );
}

function signerOf(terminal: Terminal): RequestSigner {
  return (target, body) =>
    terminal.signRequest(SYSTEM_RANDOM.bytes(REQUEST_NONCE_SIZE), target, body);
}

/** A message as the cardholder reads it. */
function holderLine(text: string): string {
  return `  message to the holder: ${text}`;
}

type TapWork = (terminal: Terminal, channel: CardChannel, context: Context) => Promise<TapOutcome>;

/** What came of a tap, and with which card: a file, or a reader. */
interface Tapped {
  readonly outcome: TapOutcome;
  readonly terminalId: string;
  readonly source: { readonly card: string } | { readonly reader: string | undefined };
}

interface TapSetUp {
  readonly context: Context;
  readonly options: TapOptions;
  readonly choice: TerminalChoice;
  readonly tap: TapWork;
  readonly wrap: WrapLine;
}

/** Presents the card at the terminal and prints what came of it. */
export async function runTap(
  options: TapOptions,
  place: Pick<TerminalChoice, 'isGate' | 'place'>,
  tap: TapWork,
): Promise<void> {
  const context = new Context(options);
  const { printer } = context;
  const { currency } = context.config;
  const trace: object[] = [];
  const sink =
    (who: 'card' | 'sam') =>
    (entry: TraceEntry): void => {
      trace.push({ with: who, ...entry });
      for (const line of traceLines(who, entry)) printer.tell(line);
    };
  const messages: string[] = [];
  const tapAndTell: TapWork = async (terminal, channel, tapContext) => {
    const outcome = await tap(terminal, channel, tapContext);
    const serial = serialOf(outcome);
    if (serial !== undefined) messages.push(...terminal.takeMessages(serial));
    return outcome;
  };
  const isTraced = options.trace === true;
  const { record, pcapng, reveal } = options;
  await withSession({ record, pcapng, reveal, currency, clock: SYSTEM_CLOCK }, async (recorded) => {
    const wrap: WrapLine = (channel, role, line) => {
      const inner = recorded(channel, role, line);
      return isTraced ? withTrace(inner, sink(role), { role, currency }) : inner;
    };
    const choice = {
      ...place,
      id: options.terminal,
      merchant: options.merchant,
      wrapSam: (channel: CardChannel) => wrap(channel, 'sam'),
    };
    const setUp = { context, options, choice, tap: tapAndTell, wrap };
    const { outcome, terminalId, source } = await (options.reader === undefined
      ? tapWithImage(setUp)
      : tapInReader(setUp, options.reader));
    const said = sayOutcome(outcome, currency);
    const where = `terminal ${terminalId}, journal in ${context.data.terminal(terminalId)}`;
    printer.say({
      data: { ...said.data, currency, ...source, messages, ...(isTraced ? { trace } : {}) },
      lines: [...said.lines, ...messages.map(holderLine), `  ${where}`],
    });
    if (outcome.kind !== 'approved') process.exitCode = EXIT.notApproved;
  });
}

/** The card is an image of the data folder. */
async function tapWithImage({ context, options, choice, tap, wrap }: TapSetUp): Promise<Tapped> {
  if (options.samReader !== undefined) {
    throw new Fault('USAGE', '"--sam-reader" expected --reader beside it, got a card image');
  }
  const cards = new CardFiles(context.data);
  const path = cards.find(options.card);
  const { tear } = options;
  return cards.use(path, (card) =>
    withTerminal(context, choice, async (terminal) => {
      const open = card.open();
      const torn = tear === undefined ? open : tearOnCommit(open, card.device, tearAt(tear));
      const outcome = await tap(
        terminal,
        wrap(torn, 'card', { reader: undefined, atr: card.device.atr }),
        context,
      );
      await open.close();
      return { outcome, terminalId: terminal.config.terminalId, source: { card: path } };
    }),
  );
}

/** The card is held to a reader, the SAM may be in another. */
function tapInReader(
  { context, options, choice, tap, wrap }: TapSetUp,
  filter: string | true,
): Promise<Tapped> {
  if (options.tear !== undefined || options.card !== undefined) {
    throw new Fault('USAGE', '"--reader" expected neither --card nor --tear beside it');
  }
  const { samReader, wait } = options;
  const sam = samReader === undefined ? {} : { sam: samReader };
  return withReaders({ filter, waitSeconds: wait, ...sam }, async (readers) => {
    const samLine = await readers.sam();
    const withSam =
      samLine === undefined
        ? choice
        : {
            ...choice,
            sam: samLine.channel,
            wrapSam: (channel: CardChannel) => wrap(channel, 'sam', samLine),
          };
    return withTerminal(context, withSam, async (terminal) => {
      const { outcome, reader } = await tapAtReader({
        readers,
        terminal,
        tap: (channel) => tap(terminal, channel, context),
        wrap: (line) => wrap(line.channel, 'card', line),
        tell: (line) => {
          context.printer.tell(line);
        },
      });
      return { outcome, terminalId: terminal.config.terminalId, source: { reader } };
    });
  });
}
