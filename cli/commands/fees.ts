// SPDX-License-Identifier: MIT
/** `openpurse fees …`: versioned fee schedules. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ANY, type FeeSchedule, type FeeTerms } from '../../host/settlement/fee-terms.ts';
import { FEE_BOUNDS } from '../../host/settlement/fee-bounds.table.ts';
import { feeParty } from '../../host/settlement/fees.ts';
import { setFees } from '../../host/settlement/schedules.ts';
import { ZERO } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  TRANSACTION_TYPES,
  transactionTypeName,
  type TransactionTypeName,
} from '../../src/purse/transaction-types.table.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { basisPoints } from '../parse-options.ts';
import { money } from '../print/printer.ts';

interface Share {
  readonly party: string;
  readonly name: string;
  readonly rate: string;
}

interface Tier {
  readonly from: string;
  readonly rates: readonly number[];
}

interface SetOptions extends ActorOptions {
  readonly merchant: string;
  readonly type: string;
  readonly share: readonly Share[];
  readonly tier?: readonly Tier[];
  readonly basis: FeeTerms['basis'];
  readonly minimum?: string;
  readonly cap?: string;
  readonly residue: string;
  readonly from?: string;
  readonly unusual?: boolean;
}

/** `operator=3%`, `acquirer:ACME=0.5%`; may be given again. */
function share(text: string, before: readonly Share[] = []): readonly Share[] {
  const match = /^(\w+)(?::([^=]*))?=(.+)$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError('expected PARTY[:NAME]=RATE, such as acquirer:ACME=0.5%.');
  }
  const [, party = '', name = '', rate = ''] = match;
  basisPoints(rate);
  return [...before, { party, name, rate }];
}

/** `1000=2.5%,0.5%`: rates of the shares in their order; may be given again. */
function tier(text: string, before: readonly Tier[] = []): readonly Tier[] {
  const [from = '', rates = ''] = text.split('=');
  return [...before, { from, rates: rates.split(',').map(basisPoints) }];
}

export function addFeeCommands(program: Command): void {
  const { min, max } = FEE_BOUNDS.operatorBasisPoints;
  const fees = program.command('fees').description('what merchants pay for clearing');
  withSharedOptions(fees.command('list').description('every version of every schedule'))
    .addHelpText('after', '\nExample:\n  openpurse fees list\n')
    .action(list);
  withActorOptions(fees.command('set').description('add a version; none is ever changed'))
    .option('--merchant <merchant>', 'for one merchant', ANY)
    .addOption(
      new Option('--type <type>', 'for one transaction type')
        .choices([ANY, ...Object.keys(TRANSACTION_TYPES)])
        .default(ANY),
    )
    .requiredOption(
      '--share <party:name=rate>',
      'operator=3%, or acquirer, bank or agent with a name; again for each party',
      share,
    )
    .option('--tier <from=rates>', 'other rates from an amount on: 1000=2.5%,0.5%', tier)
    .addOption(
      new Option('--basis <basis>', 'of the gross of a window, or of each record')
        .choices(['window', 'record'])
        .default('window'),
    )
    .option('--minimum <amount>', 'least fee on a basis')
    .option('--cap <amount>', 'greatest fee on a basis')
    .option('--residue <party>', 'who gets what rounding leaves over', 'operator')
    .option('--from <YYYY-MM-DD>', 'first business date (default: the first that is open)')
    .option('--unusual', `allow an operator's share that is not ${min} to ${max} basis points`)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse fees set --share operator=3% --share acquirer:ACME=0.5%\n  openpurse fees set --merchant SHOP --type pursePurchase --share operator=4% --tier 1000=3.5% --cap 50\n',
    )
    .action(set);
}

function termsOf(options: SetOptions, currency: CurrencyCode): FeeTerms {
  const { share: shares, tier: tiers = [], basis, minimum, cap, residue } = options;
  return {
    basis,
    recipients: shares.map(({ party, name }) => ({ party: feeParty(party), name })),
    tiers: [
      { from: ZERO, basisPoints: shares.map(({ rate }) => basisPoints(rate)) },
      ...tiers.map(({ from, rates }) => ({
        from: parseAmount(from, currency, '--tier'),
        basisPoints: rates,
      })),
    ],
    minimum: minimum === undefined ? ZERO : parseAmount(minimum, currency, '--minimum'),
    cap: cap === undefined ? null : parseAmount(cap, currency, '--cap'),
    residue: feeParty(residue),
  };
}

/** The code of a type of the table, which commander has checked. */
function typeCode(name: string): FeeSchedule['type'] {
  if (name === ANY) return ANY;
  if (!Object.hasOwn(TRANSACTION_TYPES, name)) {
    throw new Fault('USAGE', `"--type" expected a transaction type, got "${name}"`);
  }
  // Checked above.
  return TRANSACTION_TYPES[name as TransactionTypeName].code;
}

async function set(options: SetOptions): Promise<void> {
  const context = new Context(options);
  await context.change({ action: 'fees set', subject: options.merchant }, (host, actor) => {
    const { merchant, type, from, unusual } = options;
    const schedule = setFees(
      host.settlement,
      {
        merchant,
        type: typeCode(type),
        terms: termsOf(options, host.currency),
        effectiveOn: from ?? null,
        isUsual: unusual !== true,
      },
      actor,
    );
    context.printer.say({ data: schedule, lines: scheduleLines(schedule, host.currency) });
  });
}

async function list(options: SharedOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ store, currency }) => {
    const schedules = store.feeSchedules();
    const lines = schedules.flatMap((schedule) => scheduleLines(schedule, currency));
    context.printer.say({
      data: { currency, schedules },
      lines: lines.length === 0 ? ['no fees: merchants are paid gross'] : lines,
    });
    return Promise.resolve();
  });
}

function scheduleLines(schedule: FeeSchedule, currency: CurrencyCode): readonly string[] {
  const { version, merchant, type, effectiveOn, terms } = schedule;
  const { recipients, tiers, minimum, cap, residue, basis } = terms;
  const who = merchant === ANY ? 'every merchant' : merchant;
  const what = type === ANY ? 'every type' : (transactionTypeName(type) ?? `type ${type}`);
  const bounds = [
    ...(minimum === ZERO ? [] : [`at least ${money(minimum, currency)}`]),
    ...(cap === null ? [] : [`at most ${money(cap, currency)}`]),
    `residue to the ${residue}`,
  ];
  return [
    `version ${version} from ${effectiveOn}: ${who}, ${what}, by ${basis}; ${bounds.join(', ')}`,
    ...tiers.map(({ from, basisPoints: rates }) => {
      const shares = recipients.map(
        ({ party, name }, place) =>
          `${party}${name === '' ? '' : ` ${name}`} ${rates[place] ?? 0} bp`,
      );
      return `  from ${money(from, currency)}: ${shares.join(', ')}`;
    }),
  ];
}
