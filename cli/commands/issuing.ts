// SPDX-License-Identifier: MIT
/** `openpurse holder …`, `lot …`, `issue …`: what the issuer does with accounts, lots and cards. */
import { Option, type Command } from 'commander';
import type { Actor } from '../../host/access/actor.ts';
import type { ClearingHost } from '../../host/host.ts';
import type { CardDetails, HolderRow } from '../../host/issuing/model.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type Change,
  type SharedOptions,
} from '../context.ts';
import { keyVersionOf } from '../data/new-card.ts';
import { SUITE_NAMES } from '../parse-options.ts';
import { historyLines, supportLines } from '../print/support.ts';
import { counted, money, table, type Said } from '../print/printer.ts';
import { isoDate } from '../../src/time/civil.ts';

/** Runs `work` on the host of the folder and prints what it says. */
export async function say(
  options: SharedOptions,
  work: (host: ClearingHost, context: Context) => Said,
): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    context.printer.say(work(host, context));
    return Promise.resolve();
  });
}

/** Runs a change of the host as its actor and prints what came of it. */
export async function act(
  options: ActorOptions,
  change: Change,
  work: (host: ClearingHost, actor: Actor) => Said,
): Promise<void> {
  const context = new Context(options);
  await context.change(change, (host, actor) => {
    context.printer.say(work(host, actor));
  });
}

/** The same of a change that keeps a note of its own when it is refused. */
export async function actNoting(
  options: ActorOptions,
  change: Change,
  work: (host: ClearingHost, actor: Actor) => Said,
): Promise<void> {
  const context = new Context(options);
  await context.changeInSteps(change, (host, actor) => {
    context.printer.say(work(host, actor));
    return Promise.resolve();
  });
}

export function addIssuingCommands(program: Command): void {
  addHolderCommands(program);
  addLotCommands(program);
  addIssueCommands(program);
}

function addHolderCommands(program: Command): void {
  const holder = program
    .command('holder')
    .description('accounts of holders; an anonymous card needs none');
  withActorOptions(holder.command('open').description('open an account'))
    .argument('<id>', 'id of the account: letters, digits, . _ -')
    .requiredOption('--name <text>', 'name of the holder')
    .option('--contact <text>', 'how to reach the holder', '')
    .addHelpText('after', '\nExample:\n  openpurse holder open ada --name "Ada Lovelace"\n')
    .action((id: string, options: SharedOptions & { name: string; contact: string }) =>
      act(options, { action: 'holder open', subject: id }, (host) => {
        const { name, contact } = options;
        return holderSaid(host.issuing.openHolder({ id, name, contact }), 'open');
      }),
    );
  withSharedOptions(holder.command('list').description('every account'))
    .addHelpText('after', '\nExample:\n  openpurse holder list\n')
    .action((options: SharedOptions) =>
      say(options, (host) => {
        const holders = host.store.holders();
        const rows = holders.map(({ id, name, closedAt }) => [
          id,
          name,
          closedAt === null ? 'open' : 'closed',
        ]);
        const lines = rows.length === 0 ? ['no holders'] : table([['holder', 'name', ''], ...rows]);
        return { data: { holders }, lines };
      }),
    );
  withSharedOptions(holder.command('show').description('one account with its cards and money'))
    .argument('<id>', 'id of the account')
    .addHelpText('after', '\nExample:\n  openpurse holder show ada\n')
    .action((id: string, options: SharedOptions) => say(options, (host) => showHolder(host, id)));
  withActorOptions(
    holder.command('close').description('close an account with no card in use and no money left'),
  )
    .argument('<id>', 'id of the account')
    .addHelpText('after', '\nExample:\n  openpurse holder close ada\n')
    .action((id: string, options: SharedOptions) =>
      act(options, { action: 'holder close', subject: id }, (host) =>
        holderSaid(host.issuing.closeHolder(id), 'closed'),
      ),
    );
}

function holderSaid(holder: HolderRow, state: string): Said {
  return { data: holder, lines: [`holder ${holder.id}, ${holder.name}: ${state}`] };
}

function showHolder({ issuing, currency }: ClearingHost, id: string): Said {
  const view = issuing.holder(id);
  const rows = view.cards.map((card) => [
    card.serial,
    card.state,
    money(card.balance, currency),
    money(card.deposit, currency),
    money(card.owed, currency),
  ]);
  const heading = ['card', 'state', 'balance', 'deposit', 'owed'];
  const state = view.closedAt === null ? 'open' : 'closed';
  return {
    data: { currency, ...view },
    lines: [
      `holder ${id}, ${view.name}: ${state}, ${money(view.money, currency)} in all`,
      ...(rows.length === 0 ? ['no cards'] : table([heading, ...rows], [2, 3, 4])),
    ],
  };
}

interface LotOptions extends SharedOptions {
  readonly suite: string;
  readonly keyVersion: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly deposit: string;
  readonly fee: string;
}

function addLotCommands(program: Command): void {
  const lot = program.command('lot').description('lots of cards: what they are and what they cost');
  withActorOptions(lot.command('add').description('add a lot; it is never changed'))
    .argument('<id>', 'name of the lot: letters, digits, . _ -')
    .addOption(
      new Option('--suite <name>', 'crypto suite').choices(Object.keys(SUITE_NAMES)).default('aes'),
    )
    .option('--key-version <number>', 'version of the issuer keys', '1')
    .requiredOption('--valid-from <day>', 'first day of its cards, such as 2026-01-01')
    .requiredOption('--valid-until <day>', 'last day of its cards')
    .option('--deposit <amount>', 'given back when the card comes back', '0')
    .option('--fee <amount>', 'what a card costs', '0')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse lot add 2026A --valid-from 2026-01-01 --valid-until 2028-12-31 --deposit 20 --fee 5\n',
    )
    .action((id: string, options: LotOptions) =>
      act(options, { action: 'lot add', subject: id }, (host) => addLot(host, id, options)),
    );
  withSharedOptions(
    lot.command('list').description('lots, with what their cards were loaded with and have spent'),
  )
    .addHelpText('after', '\nExample:\n  openpurse lot list\n')
    .action((options: SharedOptions) => say(options, listLots));
}

function addLot({ issuing, currency }: ClearingHost, id: string, options: LotOptions): Said {
  const { validFrom, validUntil } = options;
  const lot = issuing.addLot({
    id,
    suite: SUITE_NAMES[options.suite] ?? 'aes',
    keyVersion: keyVersionOf(options.keyVersion),
    validFrom,
    validUntil,
    deposit: parseAmount(options.deposit, currency, '--deposit'),
    fee: parseAmount(options.fee, currency, '--fee'),
  });
  const price = `deposit ${money(lot.deposit, currency)}, fee ${money(lot.fee, currency)}`;
  return {
    data: { currency, ...lot },
    lines: [`lot ${id}: valid ${isoDate(lot.validFrom)} to ${isoDate(lot.validUntil)}, ${price}`],
  };
}

function listLots({ issuing, currency }: ClearingHost): Said {
  const lots = issuing.lots();
  const rows = lots.map((line) => [
    line.lot,
    line.cards.toString(),
    money(line.balance, currency),
    money(line.loaded, currency),
    money(line.spent, currency),
  ]);
  const heading = ['lot', 'cards', 'on cards', 'loaded', 'spent'];
  const lines = rows.length === 0 ? ['no lots'] : table([heading, ...rows], [1, 2, 3, 4]);
  return { data: { currency, lots }, lines };
}

interface ReasonOptions extends SharedOptions {
  readonly reason: string;
}

interface EndOptions extends ReasonOptions {
  readonly returnedTo?: string;
}

interface ReplaceOptions extends EndOptions {
  readonly by: string;
  readonly agent: string;
}

const SERIAL = 'application serial number, 1 to 20 digits';

/** A command about one card. */
function cardCommand(issue: Command, name: string, description: string): Command {
  return withActorOptions(issue.command(name).description(description)).argument(
    '<serial>',
    SERIAL,
  );
}

function addIssueCommands(program: Command): void {
  const issue = program
    .command('issue')
    .description('the life of cards: hand over, block, replace, retire');
  cardCommand(issue, 'card', 'hand a card of the stock over, for its deposit and fee')
    .requiredOption('--agent <name>', 'who takes the money')
    .option('--holder <id>', 'account of its holder (anonymous when left out)')
    .addHelpText('after', '\nExample:\n  openpurse issue card 42 --agent KIOSK --holder ada\n')
    .action((serial: string, options: SharedOptions & { agent: string; holder?: string }) =>
      act(options, { action: 'issue card', subject: serial }, ({ issuing, currency }, actor) => {
        const { agent, holder = null } = options;
        return cardSaid(issuing.issue({ serial, agent, holder }, actor), currency);
      }),
    );
  cardCommand(issue, 'show', 'what a card has been through')
    .addHelpText('after', '\nExample:\n  openpurse issue show 42\n')
    .action((serial: string, options: SharedOptions) =>
      say(options, ({ issuing }) => {
        const view = issuing.support(serial);
        const { serial: digits, state, lot, holder, validity, replacedBy, events } = view;
        return {
          data: { serial: digits, state, lot, holder, validity, replacedBy, events },
          lines: [`card ${digits}: ${state}`, ...historyLines(view)],
        };
      }),
    );
  addHotlistCommands(issue);
  addEndCommands(issue);
  withSharedOptions(issue.command('keys').description('cards by key version and lot'))
    .addHelpText('after', '\nExample:\n  openpurse issue keys\n')
    .action((options: SharedOptions) => say(options, listKeyVersions));
}

function addHotlistCommands(issue: Command): void {
  cardCommand(issue, 'block', 'put a card on the hotlist')
    .option('--reason <text>', 'why', 'lost')
    .addHelpText('after', '\nExample:\n  openpurse issue block 42 --reason stolen\n')
    .action((serial: string, options: ReasonOptions) =>
      act(options, { action: 'issue block', subject: serial }, ({ issuing }, actor) => {
        issuing.block(serial, options.reason, actor);
        return stateSaid(issuing.support(serial));
      }),
    );
  cardCommand(issue, 'unblock', 'take a card off the hotlist')
    .option('--reason <text>', 'why', 'found')
    .addHelpText('after', '\nExample:\n  openpurse issue unblock 42\n')
    .action((serial: string, options: ReasonOptions) =>
      act(options, { action: 'issue unblock', subject: serial }, ({ issuing }, actor) => {
        issuing.unblock(serial, options.reason, actor);
        return stateSaid(issuing.support(serial));
      }),
    );
}

function addEndCommands(issue: Command): void {
  const returnedTo = '--returned-to <agent>';
  const returned = 'the card is back: this agent gives its deposit back';
  cardCommand(issue, 'replace', 'hand another card over instead; a lost one goes on the hotlist')
    .requiredOption('--by <serial>', 'the card of the stock that takes its place')
    .requiredOption('--agent <name>', 'who hands it over')
    .option('--reason <text>', 'why', 'replaced')
    .option(returnedTo, returned)
    .addHelpText('after', '\nExample:\n  openpurse issue replace 42 --by 43 --agent KIOSK\n')
    .action((serial: string, options: ReplaceOptions) =>
      act(options, { action: 'issue replace', subject: serial }, ({ issuing, currency }, actor) => {
        const { by, agent, reason, returnedTo: to = null } = options;
        return cardSaid(
          issuing.replace({ serial, by, agent, reason, returnedTo: to }, actor),
          currency,
        );
      }),
    );
  cardCommand(issue, 'retire', 'take a card out of use; one that is not back goes on the hotlist')
    .option('--reason <text>', 'why', 'retired')
    .option(returnedTo, returned)
    .addHelpText('after', '\nExample:\n  openpurse issue retire 42 --returned-to KIOSK\n')
    .action((serial: string, options: EndOptions) =>
      act(options, { action: 'issue retire', subject: serial }, ({ issuing, currency }, actor) => {
        const { reason, returnedTo: to = null } = options;
        return cardSaid(issuing.retire({ serial, reason, returnedTo: to }, actor), currency);
      }),
    );
  cardCommand(issue, 'deposit', 'settle the deposit of a card that is out of use')
    .addOption(new Option(returnedTo, returned).conflicts('keep'))
    .option('--keep', 'the card will not come back: the deposit is income')
    .addHelpText('after', '\nExample:\n  openpurse issue deposit 42 --returned-to KIOSK\n')
    .action((serial: string, options: SharedOptions & { returnedTo?: string; keep?: boolean }) =>
      act(options, { action: 'issue deposit', subject: serial }, ({ issuing, currency }, actor) => {
        const { returnedTo: to = null, keep = false } = options;
        if (to === null && !keep)
          throw new Fault('USAGE', '"--returned-to" expected an agent, or --keep, got none');
        return cardSaid(issuing.settleDeposit({ serial, returnedTo: to }, actor), currency);
      }),
    );
  cardCommand(issue, 'refund-balance', 'what a card out of use still holds is owed to its holder')
    .addHelpText('after', '\nExample:\n  openpurse issue refund-balance 42\n')
    .action((serial: string, options: SharedOptions) =>
      act(
        options,
        { action: 'issue refund-balance', subject: serial },
        ({ issuing, currency }, actor) => {
          issuing.refundBalance(serial, actor);
          const view = issuing.support(serial);
          return { data: { currency, ...view.money }, lines: supportLines(view, currency) };
        },
      ),
    );
}

function cardSaid(
  { serial, state, lot, holder, deposit }: CardDetails,
  currency: CurrencyCode,
): Said {
  const digits = formatSerialNumber(serial);
  const whose = holder === null ? 'anonymous' : `of ${holder}`;
  return {
    data: { currency, serial: digits, state, lot, holder, deposit },
    lines: [`card ${digits}: ${state}, lot ${lot}, ${whose}, deposit ${money(deposit, currency)}`],
  };
}

function stateSaid({ serial, state }: { readonly serial: string; readonly state: string }): Said {
  return { data: { serial, state }, lines: [`card ${serial}: ${state}`] };
}

function listKeyVersions({ issuing, currency }: ClearingHost): Said {
  const keyVersions = issuing.keyVersions();
  const rows = keyVersions.map((line) => [
    line.keyVersion.toString(),
    line.suite === 'tdes' ? '3des' : line.suite,
    line.lot,
    counted(line.cards, 'card'),
    money(line.balance, currency),
    Object.entries(line.states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', '),
  ]);
  const heading = ['keys', 'suite', 'lot', 'cards', 'on cards', 'states'];
  const lines = rows.length === 0 ? ['no cards'] : table([heading, ...rows], [0, 4]);
  return { data: { currency, keyVersions }, lines };
}
