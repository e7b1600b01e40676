// SPDX-License-Identifier: MIT
/** `openpurse settle …`: settlement windows, and the operator's own money. */
import { Option, type Command } from 'commander';
import { account } from '../../host/ledger/accounts.table.ts';
import { adjustMerchant } from '../../host/settlement/adjust.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { releaseDormant, sweepCommission, type DormantTo } from '../../host/settlement/house.ts';
import type { MerchantSettlement } from '../../host/settlement/model.ts';
import { windowOf } from '../../host/settlement/windows.ts';
import { payShares } from '../../host/settlement/shares.ts';
import type { WindowRow } from '../../host/store/settlement-store.ts';
import { difference, negate, sumSigned } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount, parseAmount } from '../../src/money/decimal.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, money, table } from '../print/printer.ts';

const WINDOW_MAX = Number.MAX_SAFE_INTEGER;

interface AdjustOptions extends ActorOptions {
  readonly credit?: string;
  readonly debit?: string;
  readonly reason: string;
  readonly ref: string;
}

export function addSettleCommands(program: Command): void {
  const settle = program
    .command('settle')
    .description('settlement: close windows, pay merchants, take commission');
  withActorOptions(
    settle.command('close').description('close the open window and settle with every merchant'),
  )
    .option('--date <YYYY-MM-DD>', 'business date that it settles (default: today)')
    .addHelpText('after', '\nExample:\n  openpurse settle close --date 2026-02-03\n')
    .action(close);
  withSharedOptions(settle.command('list').description('every window, with its bounds'))
    .addHelpText('after', '\nExample:\n  openpurse settle list\n')
    .action(list);
  withSharedOptions(settle.command('show').description('what a window settled, by merchant'))
    .argument('<window>', 'number of the window', wholeNumber(1, WINDOW_MAX))
    .addHelpText('after', '\nExample:\n  openpurse settle show 1\n')
    .action(show);
  withActorOptions(
    settle.command('adjust').description('credit or debit a merchant besides its records'),
  )
    .argument('<merchant>', 'name of the merchant')
    .addOption(new Option('--credit <amount>', 'what it gets').conflicts('debit'))
    .option('--debit <amount>', 'what it pays')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--ref <text>', 'your own reference: the same one is posted once')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse settle adjust SHOP --credit 12.50 --reason "fee in error" --ref T-17\n',
    )
    .action(adjust);
  withActorOptions(
    settle.command('sweep').description('move earned commission out of the float bank account'),
  )
    .addHelpText('after', '\nExample:\n  openpurse settle sweep\n')
    .action(sweep);
  withActorOptions(
    settle
      .command('shares')
      .description('pay acquirers, banks and agents what they are owed, with the next close'),
  )
    .addHelpText('after', '\nExample:\n  openpurse settle shares\n')
    .action(shares);
  withActorOptions(
    settle.command('dormant').description('move money that nobody has claimed in time'),
  )
    .addOption(
      new Option('--to <owner>', "the operator's income, or owed to the state")
        .choices(['income', 'state'])
        .makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  openpurse settle dormant --to state\n')
    .action(dormant);
}

async function close(options: SharedOptions & { readonly date?: string }): Promise<void> {
  const context = new Context(options);
  const closing = { action: 'settle close', subject: options.date ?? 'today' };
  await context.changeInSteps(closing, async (host, actor) => {
    const request = options.date === undefined ? {} : { businessDate: options.date };
    const { window, isNew } = await closeWindow(host.settlement, request, actor);
    const settlements = host.store.merchantSettlements(window.id);
    const again = `nothing new to settle: window ${window.id} stands`;
    context.printer.say({
      data: { isNew, ...windowData(window), settlements },
      lines: [
        ...(isNew ? [] : [again]),
        ...settlementLines(window, settlements, host.currency),
        `ledger in ${context.data.host}`,
      ],
    });
  });
}

async function list(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const windows = host.store.windows();
    const rows = windows.map((row) => [
      row.id.toString(),
      row.state,
      row.businessDate ?? '',
      row.lastRecord?.toString() ?? '',
      row.lastJournal?.toString() ?? '',
    ]);
    const heading = ['window', 'state', 'business date', 'last record', 'last entry'];
    context.printer.say({
      data: { windows: windows.map(windowData) },
      lines: table([heading, ...rows], [0, 3, 4]),
    });
    return Promise.resolve();
  });
}

async function show(id: number, options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const window = windowOf(host.store, id);
    const settlements = host.store.merchantSettlements(id);
    const events = host.store.settlementEvents(`window:${id}`);
    context.printer.say({
      data: { ...windowData(window), settlements, events },
      lines: [
        ...settlementLines(window, settlements, host.currency),
        ...settlements.flatMap((row) => feeLines(row, host.currency)),
      ],
    });
    return Promise.resolve();
  });
}

/** A window as JSON tells it. */
function windowData({ headHash, ...window }: WindowRow): object {
  return { ...window, headHash: headHash === null ? null : toHex(headHash) };
}

function settlementLines(
  window: WindowRow,
  settlements: readonly MerchantSettlement[],
  currency: CurrencyCode,
): readonly string[] {
  const date = window.businessDate === null ? '' : `, business date ${window.businessDate}`;
  const first = `${currency}, window ${window.id} ${window.state}${date}: ${counted(settlements.length, 'merchant')}`;
  if (settlements.length === 0) return [first];
  const heading = [
    'merchant',
    'opening',
    'gross',
    'fees',
    'adjusted',
    'reserve',
    'debts',
    'payout',
  ];
  const rows = settlements.map((row) => [
    row.merchant,
    ...[
      row.opening,
      sumSigned(row.lines.map((line) => line.gross)),
      negate(sumSigned(row.lines.map((line) => line.fee))),
      row.adjustments,
      difference(row.reserveReleased, row.reserveHeld),
      negate(row.clawback),
      row.payout,
      row.closing,
    ].map((value) => formatAmount(value, currency)),
    row.holdReason ?? '',
  ]);
  const columns = [...heading, 'carried over', ''];
  return [first, ...table([columns, ...rows], [1, 2, 3, 4, 5, 6, 7, 8])];
}

function feeLines(row: MerchantSettlement, currency: CurrencyCode): readonly string[] {
  return row.lines.map((line) => {
    const type = transactionTypeName(line.type) ?? `type ${line.type}`;
    const shares = line.shares
      .map(({ party, name, amount }) => `${party} ${name}${name === '' ? '' : ' '}${amount}`)
      .join(', ');
    const fees =
      line.feeVersion === null
        ? 'no fees in force'
        : `fee ${money(line.fee, currency)} by version ${line.feeVersion} (${shares} minor units)`;
    return `  ${row.merchant} ${type}: ${counted(line.count, 'record')}, gross ${money(line.gross, currency)}, ${fees}`;
  });
}

async function adjust(merchant: string, options: AdjustOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'settle adjust', subject: merchant }, (host, actor) => {
    const { credit, debit, reason, ref } = options;
    const text = credit ?? debit;
    if (text === undefined) {
      throw new Fault('USAGE', '"settle adjust" expected --credit or --debit, got neither');
    }
    const value = parseAmount(text, host.currency, credit === undefined ? '--debit' : '--credit');
    const amount = credit === undefined ? negate(value) : value;
    const source = `adjustment:${merchant}:${ref}`;
    const adjustment = { merchant, amount, against: account('4010'), source, reason };
    const isNew = adjustMerchant(host.settlement, adjustment, actor);
    const said = isNew ? 'adjusted' : 'was posted before: nothing changed';
    context.printer.say({
      data: { merchant, amount, ref, isNew },
      lines: [`${merchant} ${money(amount, host.currency)} ${said}`],
    });
  });
}

async function sweep(options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'settle sweep', subject: '4010' }, (host, actor) => {
    const result = sweepCommission(host.settlement, actor);
    const left = `${money(result.left, host.currency)} earned and not free in the float's bank account yet`;
    context.printer.say({
      data: result,
      lines: [`swept ${money(result.swept, host.currency)} from 1010 to 1020; ${left}`],
    });
  });
}

async function shares(options: ActorOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'settle shares', subject: '2050-2052' }, (host, actor) => {
    const paid = payShares(host.settlement, actor);
    const rows = paid.map(({ party, name, amount, payee }) => [
      `${party} ${name}`,
      money(amount, host.currency),
      payee === null
        ? `nobody to pay: openpurse merchant add ${name}`
        : `to merchant ${payee}, with the next close`,
    ]);
    context.printer.say({
      data: { shares: paid },
      lines: rows.length === 0 ? ['no party is owed anything'] : table(rows, [1]),
    });
  });
}

async function dormant(options: SharedOptions & { readonly to: DormantTo }): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'settle dormant', subject: options.to }, (host, actor) => {
    const moved = releaseDormant(host.settlement, options.to, actor);
    const to = options.to === 'income' ? "the operator's income (4040)" : 'the state (2099)';
    context.printer.say({
      data: { moved, to: options.to },
      lines: [`${money(moved, host.currency)} unclaimed for too long: now for ${to}`],
    });
  });
}
