// SPDX-License-Identifier: MIT
/** `openpurse merchant …`: who is paid, where, and whether. */
import { Option, type Command } from 'commander';
import type { ClearingHost } from '../../host/host.ts';
import { merchantPosition } from '../../host/settlement/close-checks.ts';
import {
  addMerchant,
  holdPayouts,
  merchantOf,
  releasePayouts,
  setMerchant,
  type MerchantChange,
} from '../../host/settlement/merchants.ts';
import type { Actor } from '../../host/access/actor.ts';
import type { Merchant, MerchantStatus } from '../../host/settlement/model.ts';
import { sum } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { basisPoints, wholeNumber } from '../parse-options.ts';
import { money, table } from '../print/printer.ts';

interface SetOptions extends ActorOptions {
  readonly name?: string;
  readonly kind?: string;
  readonly status?: MerchantStatus;
  readonly account?: string;
  readonly holder?: string;
  readonly bic?: string;
  readonly reserve?: number;
  readonly reserveDays?: number;
  readonly minimum?: string;
}

const NAME = ['<merchant>', 'name of the merchant, as its terminals have it'] as const;

export function addMerchantCommands(program: Command): void {
  const merchant = program
    .command('merchant')
    .description('merchants: where they are paid, and whether');
  withSharedOptions(merchant.command('list').description('every merchant, and what it is owed'))
    .addHelpText('after', '\nExample:\n  openpurse merchant list\n')
    .action(list);
  withSharedOptions(merchant.command('show').description('one merchant and its history'))
    .argument(...NAME)
    .addHelpText('after', '\nExample:\n  openpurse merchant show SHOP\n')
    .action(show);
  withActorOptions(
    merchant
      .command('add')
      .description(
        'register somebody who is paid and has no terminal: an acquirer, a bank, an agent',
      ),
  )
    .argument('<merchant>', 'name, as fee schedules have it')
    .addHelpText('after', '\nExample:\n  openpurse merchant add ACME\n')
    .action(add);
  withActorOptions(merchant.command('set').description('change what is given, leave the rest'))
    .argument(...NAME)
    .option('--name <text>', 'name for people')
    .option('--kind <text>', 'kind of business')
    .addOption(
      new Option(
        '--status <status>',
        'suspended: nothing is paid out; closed: the rest is',
      ).choices(['active', 'suspended', 'closed']),
    )
    .option('--account <number>', 'IBAN, or the number that the bank uses')
    .option('--holder <text>', 'holder of the account (default: the name for people)')
    .option('--bic <code>', 'BIC of the bank, where the scheme needs one')
    .option('--reserve <rate>', 'kept back of each net: 5% or basis points', basisPoints)
    .option('--reserve-days <days>', 'when it is released', wholeNumber(0, 3660))
    .option('--minimum <amount>', 'a smaller payout waits for the next window')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse merchant set SHOP --name "The Shop" --account DE02120300000000202051 --reserve 5% --reserve-days 30\n',
    )
    .action(set);
  withActorOptions(merchant.command('hold').description('pay nothing out until released'))
    .argument(...NAME)
    .requiredOption('--reason <text>', 'why; the merchant reads it')
    .addHelpText('after', '\nExample:\n  openpurse merchant hold SHOP --reason "batch 7 open"\n')
    .action(hold);
  withActorOptions(merchant.command('release').description('pay out again, with the next close'))
    .argument(...NAME)
    .addHelpText('after', '\nExample:\n  openpurse merchant release SHOP\n')
    .action(release);
}

async function add(id: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'merchant add', subject: id }, (host, actor) => {
    const merchant = addMerchant(host.settlement, id, actor);
    context.printer.say({ data: merchant, lines: merchantLines(merchant, host.currency) });
  });
}

async function list(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store, currency }) => {
    const merchants = store
      .merchants()
      .map((row) => ({ ...row, owed: merchantPosition(store, row.id) }));
    const rows = merchants.map((row) => [
      row.id,
      row.displayName,
      row.kind,
      row.status,
      row.account?.number ?? 'no account',
      money(row.owed, currency),
      row.holdReason === null ? '' : `held: ${row.holdReason}`,
    ]);
    const heading = ['merchant', 'name', 'kind', 'status', 'account', 'owed', ''];
    context.printer.say({
      data: { currency, merchants },
      lines: rows.length === 0 ? ['no merchants'] : table([heading, ...rows], [5]),
    });
    return Promise.resolve();
  });
}

async function show(id: string, options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store, currency }) => {
    const merchant = merchantOf(store, id);
    const owed = merchantPosition(store, id);
    const reserve = sum(store.heldReserves(id).map(({ amount }) => amount));
    const events = store.settlementEvents(`merchant:${id}`);
    context.printer.say({
      data: { currency, ...merchant, owed, reserve, events },
      lines: [
        ...merchantLines(merchant, currency),
        `owed ${money(owed, currency)}, in reserve ${money(reserve, currency)}`,
        ...events.map(({ at, actor, action, detail }) => {
          const when = new Date(at).toISOString();
          return `  ${when} ${actor} ${action} ${detail}`;
        }),
      ],
    });
    return Promise.resolve();
  });
}

function merchantLines(merchant: Merchant, currency: CurrencyCode): readonly string[] {
  const { id, displayName, kind, status, account, holdReason } = merchant;
  const { reserveBasisPoints, reserveDays, minimumPayout } = merchant;
  return [
    `${id}: ${displayName}${kind === '' ? '' : `, ${kind}`}, ${status}`,
    account === null
      ? 'no bank account: nothing can be paid out'
      : `paid to ${account.number}${account.bic === '' ? '' : ` at ${account.bic}`}, ${account.holder}`,
    `reserve ${reserveBasisPoints} basis points for ${reserveDays} days, minimum payout ${money(minimumPayout, currency)}`,
    ...(holdReason === null ? [] : [`payouts held: ${holdReason}`]),
  ];
}

/** The account that the options name; parts that are not given stay. */
function accountOf(options: SetOptions, known: Merchant): Merchant['account'] {
  const number = options.account ?? known.account?.number;
  if (number === undefined) return null;
  const { holder = options.name ?? known.displayName, bic = '' } = known.account ?? {};
  return { number, holder: options.holder ?? holder, bic: options.bic ?? bic };
}

/** What the options change; what they do not name stays. */
function changeOf(options: SetOptions, known: Merchant, currency: CurrencyCode): MerchantChange {
  const { minimum } = options;
  return {
    displayName: options.name ?? known.displayName,
    kind: options.kind ?? known.kind,
    status: options.status ?? known.status,
    account: accountOf(options, known),
    reserveBasisPoints: options.reserve ?? known.reserveBasisPoints,
    reserveDays: options.reserveDays ?? known.reserveDays,
    minimumPayout:
      minimum === undefined ? known.minimumPayout : parseAmount(minimum, currency, '--minimum'),
  };
}

async function set(id: string, options: SetOptions): Promise<void> {
  const context = new Context(options);
  await change(context, 'set', id, ({ settlement, store, currency }, actor) =>
    setMerchant(settlement, id, changeOf(options, merchantOf(store, id), currency), actor),
  );
}

async function hold(
  id: string,
  options: SharedOptions & { readonly reason: string },
): Promise<void> {
  const context = new Context(options);
  await change(context, 'hold', id, ({ settlement }, actor) =>
    holdPayouts(settlement, id, options.reason, actor),
  );
}

async function release(id: string, options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await change(context, 'release', id, ({ settlement }, actor) =>
    releasePayouts(settlement, id, actor),
  );
}

async function change(
  context: Context,
  verb: string,
  subject: string,
  work: (host: ClearingHost, actor: Actor) => Merchant,
): Promise<void> {
  await context.change({ action: `merchant ${verb}`, subject }, (host, actor) => {
    const merchant = work(host, actor);
    context.printer.say({ data: merchant, lines: merchantLines(merchant, host.currency) });
  });
}
