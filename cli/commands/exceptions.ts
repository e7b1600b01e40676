// SPDX-License-Identifier: MIT
/** `openpurse exceptions …`: the desk, where people explain and decide what the books cannot. */
import type { Command } from 'commander';
import { ExceptionDesk, type DeskCase, type DeskItem } from '../../host/exceptions/desk.ts';
import type { Actor } from '../../host/access/actor.ts';
import type { ClearingHost } from '../../host/host.ts';
import type { DeskRequest } from '../../host/store/desk-store.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { sum } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { Context, withActorOptions, type ActorOptions } from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, money, table } from '../print/printer.ts';

interface FilterOptions extends ActorOptions {
  readonly rule?: string;
  readonly severity?: string;
  readonly merchant?: string;
  readonly state?: string;
  readonly overdue?: boolean;
}

interface NoteOptions extends FilterOptions {
  readonly note: string;
}

const DAY_MS = 86_400_000;

export function addExceptionCommands(program: Command): void {
  const exceptions = program
    .command('exceptions')
    .description('the exceptions desk: list, explain, propose, approve by a second person');
  withFilters(exceptions.command('list').description('what is open, by rule'))
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse exceptions list\n  openpurse exceptions list --severity critical --overdue\n',
    )
    .action(list);
  withActorOptions(
    exceptions.command('show').description('one exception: both values, evidence, history'),
  )
    .argument('<id>', 'as in the list')
    .addHelpText('after', '\nExample:\n  openpurse exceptions show E0123456789\n')
    .action(show);
  withNote(
    exceptions.command('propose').description('ask for an action on exceptions, one or many'),
  )
    .argument('<action>', 'payMerchant, refuseMerchant, refundHolder, expire, writeOff, release')
    .argument('[ids...]', 'as in the list; without any, all that the filters leave')
    .option('--older-than <days>', 'only what is open for longer', wholeNumber(0, 10_000))
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse exceptions propose payMerchant E0123456789 --note "terminal followed the rules"\n  openpurse exceptions propose expire --rule counterGap --older-than 180 --note "season is over"\n',
    )
    .action(propose);
  withActorOptions(
    exceptions.command('requests').description('what was proposed, and what became of it'),
  )
    .option('--all', 'also what is decided')
    .addHelpText('after', '\nExample:\n  openpurse exceptions requests --all\n')
    .action(requests);
  for (const [name, description] of [
    ['approve', 'carry out what somebody else proposed; money moves'],
    ['refuse', 'refuse what somebody proposed, or withdraw what is your own'],
  ] as const) {
    withActorOptions(exceptions.command(name).description(description))
      .argument('<requests...>', 'as in the requests')
      .option('--note <text>', 'why', '')
      .addHelpText(
        'after',
        `\nExample:\n  openpurse exceptions ${name} R0123456789-1 --as bob --key-file bob.key\n`,
      )
      .action((ids: readonly string[], options: NoteOptions) => decide(name, ids, options));
  }
  for (const [name, description] of [
    ['acknowledge', 'quiet exceptions until they change'],
    ['note', 'write a note into their history'],
  ] as const) {
    withNote(exceptions.command(name).description(description))
      .argument('[ids...]', 'as in the list; without any, all that the filters leave')
      .addHelpText(
        'after',
        `\nExample:\n  openpurse exceptions ${name} E0123456789 --note "asked"\n`,
      )
      .action((ids: readonly string[], options: NoteOptions) => write(name, ids, options));
  }
}

function withFilters(command: Command): Command {
  return withActorOptions(command)
    .option('--rule <name>', 'only of this rule, by name or number')
    .option('--severity <name>', 'only info, warning or critical')
    .option('--merchant <name>', 'only of this merchant')
    .option('--state <name>', 'only open, proposed or acknowledged')
    .option('--overdue', 'only what is past its deadline');
}

const withNote = (command: Command): Command =>
  withFilters(command).requiredOption('--note <text>', 'why');

/** Reads as the actor; nothing is changed and nothing noted. */
function reading<T>(
  options: ActorOptions,
  work: (desk: ExceptionDesk, actor: Actor, host: ClearingHost, context: Context) => T,
): Promise<T> {
  const context = new Context(options);
  return context.withHost(context.keys(), (host) =>
    Promise.resolve(work(new ExceptionDesk(host), context.actor(host.store), host, context)),
  );
}

function filtered(
  items: readonly DeskItem[],
  options: FilterOptions,
  now: number,
): readonly DeskItem[] {
  const { rule, severity, merchant, state, overdue } = options;
  return items.filter(
    (item) =>
      (rule === undefined || item.rule === rule || `${RULES[item.rule].number}` === rule) &&
      (severity === undefined || RULES[item.rule].severity === severity) &&
      (merchant === undefined || item.merchant === merchant) &&
      (state === undefined || item.state === state) &&
      (overdue !== true || (item.deadline !== null && item.deadline < now)),
  );
}

async function list(options: FilterOptions): Promise<void> {
  await reading(options, (desk, actor, { currency, clock }, { printer }) => {
    const items = filtered(desk.list(actor), options, clock.now());
    const risk = sum(items.map(({ moneyAtRisk }) => moneyAtRisk));
    const rows = items.map((item) => [
      item.id,
      `${RULES[item.rule].number} ${item.rule}`,
      RULES[item.rule].severity,
      item.subject,
      money(item.moneyAtRisk, currency),
      item.liable,
      day(item.deadline),
      item.state,
    ]);
    const heading = ['id', 'rule', 'severity', 'subject', 'at risk', 'liable', 'until', 'state'];
    printer.say({
      data: { exceptions: items },
      lines:
        items.length === 0
          ? ['no exceptions']
          : [
              ...table([heading, ...rows], [4]),
              '',
              `${counted(items.length, 'exception')}, ${money(risk, currency)} at risk`,
            ],
    });
  });
}

const day = (at: number | null): string =>
  at === null ? '' : new Date(at).toISOString().slice(0, 10);
const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

async function show(id: string, options: ActorOptions): Promise<void> {
  await reading(options, (desk, actor, { currency }, { printer }) => {
    const told = desk.show(id.toUpperCase(), actor);
    printer.say({ data: told, lines: caseLines(told, currency) });
  });
}

function caseLines(told: DeskCase, currency: CurrencyCode): readonly string[] {
  const { current, first, requests: asked, history } = told;
  const matter = current ?? first;
  const lines = [`${told.id}: ${current === null ? 'settled' : current.state}`];
  if (matter !== null) {
    const { number, verdict, severity, meaning, resolution } = RULES[matter.rule];
    lines.push(
      `  rule ${number} ${matter.rule} (${verdict}, ${severity}): ${meaning}`,
      `  ${matter.subject}${matter.merchant === null ? '' : `, merchant ${matter.merchant}`}${matter.terminal === null ? '' : `, terminal ${matter.terminal}`}`,
      `  expected ${matter.expected}`,
      `  found    ${matter.found}`,
      '           (amounts and times as they lie in the records: minor units, YYYYMMDDHHMMSS)',
      `  at risk  ${money(matter.moneyAtRisk, currency)}, liable: ${matter.liable}${matter.deadline === null ? '' : `, until ${day(matter.deadline)}`}`,
      `  do       ${resolution}`,
      ...matter.evidence.map((name) => `  evidence ${name}`),
    );
  }
  if (current !== null && current.actions.length > 0) {
    lines.push(
      `  may be proposed, for ${money(current.value, currency)}: ${current.actions.join(', ')}`,
    );
  }
  for (const request of asked) lines.push(`  ${requestLine(request, currency)}`);
  for (const { at, actor, kind, note } of history)
    lines.push(`  ${minute(at)} ${actor} ${kind} ${note}`);
  return lines;
}

function requestLine(request: DeskRequest, currency: CurrencyCode): string {
  const { id, exception, action, value, state, proposedBy, decidedBy } = request;
  const by = decidedBy === null ? '' : ` by ${decidedBy}`;
  return `${id}  ${exception}  ${action}  ${money(value, currency)}  proposed by ${proposedBy}  ${state}${by}`;
}

/** The exceptions that are named, or all that the filters leave; never simply all. */
function chosen(
  ids: readonly string[],
  options: FilterOptions & { readonly olderThan?: number },
  items: () => readonly DeskItem[],
  now: number,
): readonly string[] {
  if (ids.length > 0) return ids;
  const { rule, severity, merchant, state, overdue, olderThan } = options;
  const hasFilter = [rule, severity, merchant, state, overdue, olderThan].some(
    (value) => value !== undefined,
  );
  if (!hasFilter) throw new Fault('USAGE', '"ids" expected ids, or a filter such as --rule');
  return filtered(items(), options, now)
    .filter(({ openedAt }) => olderThan === undefined || openedAt + olderThan * DAY_MS < now)
    .map(({ id }) => id);
}

async function propose(
  action: string,
  ids: readonly string[],
  options: NoteOptions & { readonly olderThan?: number },
): Promise<void> {
  const context = new Context(options);
  const change = { action: `exceptions propose ${action}`, subject: subjectOf(ids, options) };
  await context.change(change, (host, actor) => {
    const desk = new ExceptionDesk(host);
    const names = chosen(ids, options, () => desk.list(actor), host.clock.now());
    const proposed = desk.propose(names, action, options.note, actor);
    context.printer.say({
      data: { requests: proposed },
      lines: [
        ...proposed.map((request) => requestLine(request, host.currency)),
        proposed.length === 0
          ? 'nothing fits'
          : 'nothing has moved: a second person approves with openpurse exceptions approve',
      ],
    });
  });
}

const subjectOf = (ids: readonly string[], { rule }: FilterOptions): string =>
  ids.length > 0 ? ids.join(' ') : `rule ${rule ?? 'any'}`;

async function requests(options: ActorOptions & { readonly all?: boolean }): Promise<void> {
  await reading(options, (_desk, _actor, { store, currency }, { printer }) => {
    const asked = store
      .deskRequests()
      .filter(({ state }) => options.all === true || state === 'proposed');
    printer.say({
      data: { requests: asked },
      lines:
        asked.length === 0
          ? ['nothing is proposed']
          : asked.map((request) => requestLine(request, currency)),
    });
  });
}

async function decide(
  verb: 'approve' | 'refuse',
  ids: readonly string[],
  options: NoteOptions,
): Promise<void> {
  const context = new Context(options);
  const change = { action: `exceptions ${verb}`, subject: ids.join(' ') };
  await context.changeInSteps(change, async (host, actor) => {
    const desk = new ExceptionDesk(host);
    const decided: DeskRequest[] = [];
    for (const id of ids) {
      decided.push(
        verb === 'approve'
          ? await desk.approve(id, options.note, actor)
          : desk.refuse(id, options.note, actor),
      );
    }
    context.printer.say({
      data: { requests: decided },
      lines: decided.map((request) => requestLine(request, host.currency)),
    });
  });
}

async function write(
  verb: 'acknowledge' | 'note',
  ids: readonly string[],
  options: NoteOptions,
): Promise<void> {
  const context = new Context(options);
  const change = { action: `exceptions ${verb}`, subject: subjectOf(ids, options) };
  await context.change(change, (host, actor) => {
    const desk = new ExceptionDesk(host);
    const names = chosen(ids, options, () => desk.list(actor), host.clock.now());
    if (verb === 'acknowledge') desk.acknowledge(names, options.note, actor);
    else desk.note(names, options.note, actor);
    const done = verb === 'acknowledge' ? 'acknowledged' : 'noted';
    context.printer.say({
      data: { ids: names },
      lines: [`${counted(names.length, 'exception')} ${done}`],
    });
  });
}
