// SPDX-License-Identifier: MIT
/** `openpurse host hotlist|action|parameters|terminal`: what the host tells terminals. */
import type { Command } from 'commander';
import { ACTIONS, type ActionKind } from '../../src/clearing/actions.table.ts';
import { NO_LIMITS, type ParameterLimits } from '../../src/clearing/parameters.ts';
import type { TerminalStanding } from '../../src/clearing/sync-messages.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { addAction, cancelAction, followLoads } from '../../host/messages/actions.ts';
import { setParameters } from '../../host/messages/parameters.ts';
import {
  noteTerminal,
  terminalStatuses,
  type TerminalStatus,
} from '../../host/messages/terminals.ts';
import type { ActionRow } from '../../host/store/message-store.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { money, table } from '../print/printer.ts';

export function addMessageCommands(host: Command): void {
  withActorOptions(
    host.command('hotlist').description('show the hotlist, put a card on it or take one off'),
  )
    .argument('[serial]', 'card to put on the list, or to take off')
    .option('--reason <text>', 'why', 'operator')
    .option('--remove', 'take the card off: it was found')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse host hotlist 1 --reason stolen\n  openpurse host hotlist 1 --remove --reason found\n',
    )
    .action(hotlist);
  addActionCommands(host);
  addTerminalCommands(host);
  withActorOptions(
    host.command('parameters').description('show or set the offline limits of terminals'),
  )
    .option('--terminal <id>', 'of this terminal alone (of all others when left out)')
    .option('--per-tap <amount>', 'most of one tap')
    .option('--day-amount <amount>', 'most of one card on one day')
    .option('--day-count <number>', 'most taps of one card on one day', wholeNumber(0, 1_000_000))
    .option(
      '--hotlist-max-age <minutes>',
      'age at which a hotlist is stale',
      wholeNumber(0, 1_000_000),
    )
    .option('--stale-per-tap <amount>', 'most of one tap with a stale hotlist')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse host parameters\n  openpurse host parameters --per-tap 200 --hotlist-max-age 1440\n',
    )
    .action(parameters);
}

function addActionCommands(host: Command): void {
  const action = host.command('action').description('what is to be done when a card is next seen');
  withActorOptions(action.command('add').description('add an action for a card'))
    .argument('<kind>', Object.keys(ACTIONS).join(', '))
    .argument('<serial>', 'application serial number, 1 to 20 digits')
    .option('--amount <amount>', 'of a refund, out of what is owed to holders (2095)')
    .option('--text <text>', 'of a message to the cardholder')
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse host action add block 1\n  openpurse host action add refund 1 --amount 2.50\n  openpurse host action add message 1 --text "please call us"\n',
    )
    .action(add);
  withSharedOptions(action.command('list').description('every action and what became of it'))
    .addHelpText('after', '\nExample:\n  openpurse host action list --json\n')
    .action(list);
  withActorOptions(action.command('cancel').description('take back an action that is open'))
    .argument('<id>', 'as in the list')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse host action cancel 0123456789ABCDEF0123456789ABCDEF\n',
    )
    .action(cancel);
}

const NOTICES: readonly {
  readonly name: string;
  readonly standing: TerminalStanding;
  readonly description: string;
}[] = [
  {
    name: 'lost',
    standing: 'lost',
    description: 'a terminal is lost: it takes no card once it hears of it, and gets no load',
  },
  { name: 'retire', standing: 'retired', description: 'a terminal is taken out of use' },
  { name: 'activate', standing: 'active', description: 'a terminal is back in use' },
];

function addTerminalCommands(host: Command): void {
  const terminal = host.command('terminal').description('terminals: lost, retired, in use');
  for (const { name, standing, description } of NOTICES) {
    withActorOptions(terminal.command(name).description(description))
      .argument('<id>', 'terminal, 12 hexadecimal digits')
      .option('--reason <text>', 'why', 'operator')
      .addHelpText('after', `\nExample:\n  openpurse host terminal ${name} 100000000001\n`)
      .action((id: string, options: ActorOptions & { readonly reason: string }) =>
        notice(id.toUpperCase(), standing, options),
      );
  }
  withSharedOptions(
    terminal.command('list').description('every terminal: what it holds, lacks, and what is odd'),
  )
    .addHelpText('after', '\nExample:\n  openpurse host terminal list\n')
    .action(listTerminals);
}

async function hotlist(
  serial: string | undefined,
  options: ActorOptions & { readonly reason: string; readonly remove?: boolean },
): Promise<void> {
  const context = new Context(options);
  const { reason, remove } = options;
  const list =
    serial === undefined
      ? await context.withHost(context.keys(), (host) => Promise.resolve(host.hotlist()))
      : await context.change(
          { action: 'host hotlist', subject: `card ${serial}` },
          (host, actor) =>
            remove === true
              ? host.unlistCard(serial, reason, actor.name)
              : host.hotlistCard(serial, reason, actor.name),
        );
  const cards = list.serials.length === 0 ? ['no cards'] : list.serials;
  context.printer.say({ data: list, lines: [`hotlist version ${list.version}`, ...cards] });
}

const actionLine = (row: ActionRow, currency: CurrencyCode): readonly string[] => [
  row.id,
  row.kind,
  row.serial,
  row.amount === 0 ? row.text : money(row.amount, currency),
  row.state,
  row.detail,
];

async function add(
  kind: string,
  serial: string,
  options: ActorOptions & { readonly amount?: string; readonly text?: string },
): Promise<void> {
  const context = new Context(options);
  const { currency } = context.config;
  const change = { action: 'host action add', subject: `${kind} card ${serial}` };
  await context.change(change, (host, actor) => {
    const row = addAction(host.store, {
      kind: actionKind(kind),
      serial,
      amount: options.amount === undefined ? amount(0) : parseAmount(options.amount, currency),
      text: options.text ?? '',
      actor: actor.name,
      at: context.clock.now(),
    });
    // A card that is to be blocked must not be taken before it is.
    if (row.kind === 'block') host.hotlistCard(serial, `block ${row.id}`);
    context.printer.say({ data: row, lines: table([actionLine(row, currency)]) });
  });
}

/** @throws USAGE */
function actionKind(text: string): ActionKind {
  if (Object.hasOwn(ACTIONS, text)) return text as ActionKind;
  throw new Fault(
    'USAGE',
    `"kind" expected one of ${Object.keys(ACTIONS).join(', ')}, got "${text}"`,
  );
}

async function list(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  const { currency } = context.config;
  await context.withHost(context.keys(), (host) => {
    host.store.transaction(() => {
      followLoads(host.store, context.clock.now());
    });
    const rows = host.store.actions();
    const lines =
      rows.length === 0 ? ['no actions'] : table(rows.map((row) => actionLine(row, currency)));
    context.printer.say({ data: { actions: rows }, lines });
    return Promise.resolve();
  });
}

async function cancel(id: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'host action cancel', subject: id }, (host, actor) => {
    cancelAction(host.store, id.toUpperCase(), { by: actor.name, at: context.clock.now() });
    context.printer.say({
      data: { id: id.toUpperCase(), state: 'cancelled' },
      lines: ['cancelled'],
    });
  });
}

async function notice(
  terminal: string,
  standing: TerminalStanding,
  options: ActorOptions & { readonly reason: string },
): Promise<void> {
  const context = new Context(options);
  const { reason } = options;
  const change = { action: `host terminal ${standing}`, subject: `terminal ${terminal}` };
  await context.change(change, (host, actor) => {
    noteTerminal(host.store, {
      terminal,
      standing,
      reason,
      actor: actor.name,
      at: context.clock.now(),
    });
    const lines = [`terminal ${terminal} is ${standing}`];
    context.printer.say({ data: { terminal, standing, reason }, lines });
  });
}

async function listTerminals(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  const { currency } = context.config;
  await context.withHost(context.keys(), (host) => {
    const terminals = terminalStatuses(host.store);
    const lines =
      terminals.length === 0
        ? ['no terminals']
        : terminals.flatMap((status) => statusLines(status, currency));
    context.printer.say({ data: { terminals }, lines });
    return Promise.resolve();
  });
}

function statusLines(status: TerminalStatus, currency: CurrencyCode): readonly string[] {
  const { contact, missing, gone } = status;
  const at = (ms: number): string => new Date(ms).toISOString();
  const range = ({ from, to }: { from: number; to: number }): string => `${from} to ${to}`;
  return [
    `${status.id}  ${status.merchant}  ${status.standing}${status.isSuspect ? ', SAM SUSPECT' : ''}  records to ${status.headSequence}`,
    contact === null
      ? '  never synchronised'
      : `  last heard ${at(contact.at)}: hotlist version ${contact.hotlistVersion}, parameters ${contact.parameters}, ${contact.unsentRecords} unsent`,
    ...missing.map((gap) => `  missing: records ${range(gap)}, since ${at(gap.since)}`),
    ...gone.map((gap) => `  gone at the terminal: records ${range(gap)}`),
    ...status.alerts.map(
      ({ rule, shade, expected, found, amount: value }) =>
        `  ALERT ${rule} (${shade}), ${money(value, currency)}: expected ${expected}; found ${found}`,
    ),
  ];
}

interface ParameterOptions extends ActorOptions {
  readonly terminal?: string;
  readonly perTap?: string;
  readonly dayAmount?: string;
  readonly dayCount?: number;
  readonly hotlistMaxAge?: number;
  readonly stalePerTap?: string;
}

async function parameters(options: ParameterOptions): Promise<void> {
  const context = new Context(options);
  const { currency } = context.config;
  const terminal = options.terminal?.toUpperCase() ?? '';
  const limits = limitsOf(options, currency);
  const whose = terminal === '' ? 'all terminals' : `terminal ${terminal}`;
  const row =
    Object.keys(limits).length === 0
      ? await context.withHost(context.keys(), ({ store }) =>
          Promise.resolve(store.parametersFor(terminal)),
        )
      : await context.change({ action: 'host parameters', subject: whose }, ({ store }, actor) =>
          setParameters(store, {
            terminal,
            limits: { ...NO_LIMITS, ...store.parametersFor(terminal)?.limits, ...limits },
            actor: actor.name,
            at: context.clock.now(),
          }),
        );
  const lines =
    row === undefined
      ? ['none: terminals have the limits of their own configuration']
      : [
          `parameters version ${row.version} for ${row.terminal === '' ? 'all terminals' : row.terminal}`,
          ...table(Object.entries(row.limits).map(([name, value]) => [name, `${value ?? 'none'}`])),
        ];
  context.printer.say({ data: { parameters: row ?? null }, lines });
}

/** What the options name. */
function limitsOf(options: ParameterOptions, currency: CurrencyCode): Partial<ParameterLimits> {
  const { perTap, dayAmount, dayCount, hotlistMaxAge, stalePerTap } = options;
  const minor = (text: string, name: string): number => parseAmount(text, currency, name);
  return {
    ...(perTap === undefined ? {} : { perTap: minor(perTap, '--per-tap') }),
    ...(dayAmount === undefined ? {} : { dayAmount: minor(dayAmount, '--day-amount') }),
    ...(dayCount === undefined ? {} : { dayCount }),
    ...(hotlistMaxAge === undefined ? {} : { hotlistMaxAgeMinutes: hotlistMaxAge }),
    ...(stalePerTap === undefined ? {} : { stalePerTap: minor(stalePerTap, '--stale-per-tap') }),
  };
}
