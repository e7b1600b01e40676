// SPDX-License-Identifier: MIT
/** `openpurse bank …`: our account at the bank, its statements and messages. */
import { Option, type Command } from 'commander';
import {
  assignBankLine,
  floatAccount,
  importBankFile,
  setFloatAccount,
  type BankImport,
  type LineTarget,
} from '../../host/bank/import.ts';
import type { BankLineRow } from '../../host/store/bank-store.ts';
import { basename } from 'node:path';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import {
  Context,
  withActorOptions,
  withSharedOptions,
  type ActorOptions,
  type SharedOptions,
} from '../context.ts';
import { faultInFile } from '../data/in-file.ts';
import { readBounded } from '../data/read-bounded.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, money, table } from '../print/printer.ts';

const LISTED_MAX = 100_000;

interface AccountOptions extends SharedOptions {
  readonly number?: string;
  readonly holder?: string;
  readonly bic: string;
}

interface ListOptions extends SharedOptions {
  readonly unmatched?: boolean;
  readonly limit: number;
}

interface MatchOptions extends SharedOptions {
  readonly payout?: string;
  readonly agent?: string;
  readonly fee?: boolean;
  readonly ownFunds?: boolean;
}

export function addBankCommands(program: Command): void {
  const bank = program
    .command('bank')
    .description('the account of the float at the bank: statements, returns, what matches what');
  withSharedOptions(
    bank.command('account').description('show or set the account that payouts are made from'),
  )
    .option('--number <iban>', "IBAN, or the bank's own number")
    .option('--holder <name>', 'who holds it')
    .option('--bic <bic>', 'BIC of the bank', '')
    .addHelpText(
      'after',
      '\nExample:\n  openpurse bank account --number DE89370400440532013000 --holder "Purse Operator" --bic COBADEFFXXX\n',
    )
    .action(account);
  withActorOptions(
    bank
      .command('import')
      .description('take in camt.053, camt.054, pain.002, pacs.002 and pacs.004, each once'),
  )
    .argument('<files...>', 'files of the bank, oldest first')
    .addHelpText('after', '\nExample:\n  openpurse bank import statement-17.xml\n')
    .action(importFiles);
  withSharedOptions(bank.command('list').description('movements at the bank, newest first'))
    .option('--unmatched', 'only those that wait for a match, oldest first')
    .option('--limit <number>', 'lines at most', wholeNumber(1, LISTED_MAX), 100)
    .addHelpText('after', '\nExample:\n  openpurse bank list --unmatched\n')
    .action(list);
  withActorOptions(bank.command('match').description('say what a movement is that waits'))
    .argument('<line>', 'number of the line', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option('--payout <id>', 'it paid this payout, or returned it').conflicts([
        'agent',
        'fee',
        'ownFunds',
      ]),
    )
    .addOption(
      new Option('--agent <id>', 'it pays what this agent owes').conflicts(['fee', 'ownFunds']),
    )
    .addOption(new Option('--fee', 'it is a fee of the bank').conflicts('ownFunds'))
    .option('--own-funds', 'our own money: paid in where the float is short, or taken out again')
    .addHelpText('after', '\nExample:\n  openpurse bank match 17 --payout 1-SHOP\n')
    .action(match);
}

async function account(options: AccountOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const { bic, holder, number } = options;
    if (number !== undefined || holder !== undefined) {
      if (number === undefined || holder === undefined) {
        throw new Fault('USAGE', '"--number" and "--holder" expected together, got one of them');
      }
      setFloatAccount(host.settlement, { number, holder, bic });
    }
    const known = floatAccount(host);
    context.printer.say({
      data: { account: known },
      lines: [
        known === null
          ? 'no account is set: openpurse bank account --number … --holder …'
          : `${known.number}, ${known.holder}${known.bic === '' ? '' : `, ${known.bic}`}`,
      ],
    });
    return Promise.resolve();
  });
}

/** An import as people read it. */
function importLines(file: string, result: BankImport): readonly string[] {
  const { isNew, kind, lines, matchedLater, messageId, statuses } = result;
  if (!isNew) return [`${file}: ${kind} ${messageId} was taken before, nothing changed`];
  const told = [
    [lines.matched, 'matched'],
    [lines.unmatched, 'unmatched: openpurse bank list --unmatched'],
    [lines.known, 'known before'],
    [matchedLater, 'of earlier files matched now'],
  ] as const;
  const said = [
    [statuses.applied, 'applied'],
    [statuses.noted, 'noted, without effect'],
    [statuses.problems, 'contradict the books: openpurse report exceptions'],
  ] as const;
  return [
    `${file}: ${kind} ${messageId}`,
    ...told
      .filter(([count]) => count > 0)
      .map(([count, what]) => `  ${counted(count, 'line')} ${what}`),
    ...said
      .filter(([count]) => count > 0)
      .map(([count, what]) => `  ${counted(count, 'status message')} ${what}`),
  ];
}

async function importFiles(files: readonly string[], options: ActorOptions): Promise<void> {
  const context = new Context(options);
  const change = { action: 'bank import', subject: files.map((file) => basename(file)).join(' ') };
  await context.changeInSteps(change, ({ settlement }, actor) => {
    const taken: (BankImport & { readonly file: string })[] = [];
    const tell = (): void =>
      context.printer.say({
        data: { files: taken },
        lines: taken.flatMap((result) => importLines(result.file, result)),
      });
    try {
      for (const file of files) {
        const bytes = readBounded(file, LIMITS.bankFileBytes.max);
        try {
          taken.push({ file, ...importBankFile(settlement, bytes, actor) });
        } catch (cause) {
          throw faultInFile(file, cause);
        }
      }
    } catch (cause) {
      // What went in before the one that failed is told all the same.
      if (taken.length > 0) tell();
      throw cause;
    }
    tell();
    return Promise.resolve();
  });
}

function lineRow(line: BankLineRow, currency: CurrencyCode): readonly string[] {
  const { amount, bookedOn, counterparty, endToEndId, id, match: known, remittance } = line;
  const words = [counterparty, remittance].filter((text) => text !== '').join(', ');
  return [`${id}`, bookedOn, money(amount, currency), endToEndId, known ?? 'UNMATCHED', words];
}

async function list(options: ListOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ currency, store }) => {
    const lines =
      options.unmatched === true
        ? store.unmatchedBankLines().slice(0, options.limit)
        : store.bankLines(options.limit);
    const heading = ['line', 'booked', 'amount', 'end-to-end id', 'match', 'from, to, for'];
    const rows = lines.map((line) => lineRow(line, currency));
    context.printer.say({
      data: { currency, lines },
      lines: rows.length === 0 ? ['no lines'] : table([heading, ...rows], [0, 2]),
    });
    return Promise.resolve();
  });
}

function targetOf({ agent, fee, ownFunds, payout }: MatchOptions): LineTarget {
  if (payout !== undefined) return { kind: 'payout', payoutId: payout };
  if (agent !== undefined) return { kind: 'agent', agent };
  if (fee === true) return { kind: 'bankFee' };
  if (ownFunds === true) return { kind: 'ownFunds' };
  throw new Fault(
    'USAGE',
    '"bank match" expected one of --payout, --agent, --fee and --own-funds, got none',
  );
}

async function match(line: number, options: MatchOptions): Promise<void> {
  const context = new Context(options);
  const target = targetOf(options);
  await context.change(
    { action: 'bank match', subject: `line ${line}` },
    ({ settlement }, actor) => {
      const name = assignBankLine(settlement, line, target, actor);
      context.printer.say({ data: { line, match: name }, lines: [`line ${line} is ${name}`] });
    },
  );
}
