// SPDX-License-Identifier: MIT
/** `openpurse report …`: for regulators, accountants, and whoever looks after the bank. */
import type { Command } from 'commander';
import { listExceptions } from '../../host/exceptions/list.ts';
import type { Exception } from '../../host/exceptions/model.ts';
import { csvText } from '../../host/files/csv.ts';
import {
  exceptionRows,
  floatReport,
  floatRows,
  isoTime,
  type FloatReport,
} from '../../host/files/reports.ts';
import { writeOnce } from '../../host/files/write-once.ts';
import { windowOf } from '../../host/settlement/windows.ts';
import type { HostStore } from '../../host/store/store.ts';
import type { AccountBalance } from '../../host/ledger/model.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { negate, type SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, money, table } from '../print/printer.ts';

interface ReportOptions extends SharedOptions {
  readonly window?: number;
  readonly out?: string;
}

export function addReportCommands(program: Command): void {
  const report = program.command('report').description('reports for regulators and accountants');
  withSharedOptions(
    report.command('float').description('what holders and merchants are owed, and what covers it'),
  )
    .option(
      '--window <number>',
      'at the close of this window (default: now)',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--out <file>', 'write it as CSV as well')
    .addHelpText('after', '\nExample:\n  openpurse report float --out float.csv\n')
    .action(printFloat);
  withSharedOptions(
    report.command('exceptions').description('every exception with both values, the oldest first'),
  )
    .option('--out <file>', 'write it as CSV as well')
    .addHelpText('after', '\nExample:\n  openpurse report exceptions --out exceptions.csv\n')
    .action(printExceptions);
}

/** The file that was written, as a line. */
function writtenLine(out: string | undefined, pieces: () => Iterable<string>): readonly string[] {
  if (out === undefined) return [];
  const { bytes } = writeOnce(out, pieces());
  return ['', `${out}  ${bytes} bytes`];
}

function balancesOf(store: HostStore, window: number | undefined): readonly AccountBalance[] {
  if (window === undefined) return store.balances();
  const { lastJournal, state } = windowOf(store, window);
  if (lastJournal === null) {
    throw new Fault('USAGE', `"--window" expected a closed one, ${window} is ${state}`);
  }
  return store.balancesAt(lastJournal);
}

function floatLines(report: FloatReport, currency: CurrencyCode): readonly string[] {
  const rows = (lines: FloatReport['cover']): string[][] =>
    lines
      .filter(({ amount }) => amount !== 0)
      .map(({ account, amount, name }) => [`  ${account}`, name, money(amount, currency)]);
  const { left, leftAfterPayouts, owedToHolders, safeguarded } = report.safeguarding;
  const leftOver = (amount: SignedAmount): string =>
    `${amount < 0 ? 'SHORT ' : ''}${money(amount, currency)}`;
  const lines = table(
    [
      ['owed', '', ''],
      ...rows(report.liabilities),
      ['  total', '', money(report.owed, currency)],
      ['covered by', '', ''],
      ...rows(report.cover),
      ['  total', '', money(report.covered, currency)],
      ['safeguarded: bank and agents', '', money(safeguarded, currency)],
      ['  owed to holders', '', money(owedToHolders, currency)],
      ['  left', '', leftOver(left)],
      ['  left once ordered payouts are paid', '', leftOver(leftAfterPayouts)],
    ],
    [2],
  );
  if (leftAfterPayouts >= 0) return lines;
  const advice = `pay ${money(negate(leftAfterPayouts), currency)} of your own into the account of the float, and say so when its statement has come: openpurse bank match LINE --own-funds`;
  return [...lines, '', advice];
}

async function printFloat(options: ReportOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ currency, store }) => {
    const report = floatReport(balancesOf(store, options.window));
    const pieces = (): Iterable<string> => csvText('float', floatRows(report, currency), currency);
    context.printer.say({
      data: { currency, ...report },
      lines: [...floatLines(report, currency), ...writtenLine(options.out, pieces)],
    });
    return Promise.resolve();
  });
}

function exceptionLines(row: Exception, currency: CurrencyCode): readonly string[] {
  const { number, resolution } = RULES[row.rule];
  return [
    `  rule ${number} ${row.rule}: ${row.subject}${row.merchant === null ? '' : ` of ${row.merchant}`}`,
    `    expected ${row.expected}`,
    `    found    ${row.found}`,
    `    at risk  ${money(row.moneyAtRisk, currency)}, ${row.liable}, until ${isoTime(row.deadline)}`,
    `    do       ${resolution}`,
  ];
}

async function printExceptions(options: ReportOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ currency, store }) => {
    const exceptions = [...listExceptions(store, context.clock.now())].sort(
      (left, right) => left.openedAt - right.openedAt,
    );
    const pieces = (): Iterable<string> =>
      csvText('exceptions', exceptionRows(exceptions, currency), currency);
    context.printer.say({
      data: { currency, exceptions },
      lines: [
        exceptions.length === 0
          ? 'no exceptions'
          : `${counted(exceptions.length, 'exception')} (amounts beside expected and found are minor units)`,
        ...exceptions.flatMap((row) => exceptionLines(row, currency)),
        ...writtenLine(options.out, pieces),
      ],
    });
    return Promise.resolve();
  });
}
