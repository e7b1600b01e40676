// SPDX-License-Identifier: MIT
/** `openpurse files …` and `openpurse journal …`: what leaves the host as files. */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { floatAccount } from '../../host/bank/import.ts';
import { csvText } from '../../host/files/csv.ts';
import { payoutFile } from '../../host/files/payout-file.ts';
import { journalRows } from '../../host/files/reports.ts';
import { windowFolder, windowOrder, writeWindowFiles } from '../../host/files/window-files.ts';
import { writeOnce } from '../../host/files/write-once.ts';
import { windowOf } from '../../host/settlement/windows.ts';
import type { HostStore } from '../../host/store/store.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { wholeNumber } from '../parse-options.ts';
import { counted, table } from '../print/printer.ts';

const WINDOW_MAX = Number.MAX_SAFE_INTEGER;

interface WriteOptions extends SharedOptions {
  readonly window: number;
  readonly out: string;
}

interface PayoutOptions extends WriteOptions {
  readonly encoding: 'gbk' | 'utf8';
}

interface ExportOptions extends SharedOptions {
  readonly window?: number;
  readonly out: string;
}

export function addFileCommands(program: Command): void {
  const files = program
    .command('files')
    .description('settlement files for merchants, bank and accountants');
  withSharedOptions(
    files.command('write').description('write every file of a settled window, always alike'),
  )
    .requiredOption('--window <number>', 'the settled window', wholeNumber(1, WINDOW_MAX))
    .option('--out <dir>', 'folder in which the folder of the window is made', '.')
    .addHelpText('after', '\nExample:\n  openpurse files write --window 1 --out settled\n')
    .action(write);
  withSharedOptions(
    files.command('payouts').description('write the payouts of a window in the fixed-width format'),
  )
    .requiredOption('--window <number>', 'the settled window', wholeNumber(1, WINDOW_MAX))
    .addOption(
      new Option('--encoding <name>', 'of its text').choices(['gbk', 'utf8']).default('gbk'),
    )
    .requiredOption('--out <file>', 'file to write')
    .addHelpText('after', '\nExample:\n  openpurse files payouts --window 1 --out payouts-1.txt\n')
    .action(writePayouts);
  const journal = program.command('journal').description('the entries of the ledger');
  withSharedOptions(
    journal.command('export').description('write journal entries leg by leg as CSV'),
  )
    .option('--window <number>', 'only those of this window', wholeNumber(1, WINDOW_MAX))
    .requiredOption('--out <file>', 'file to write')
    .addHelpText('after', '\nExample:\n  openpurse journal export --out journal.csv\n')
    .action(exportJournal);
}

async function write(options: WriteOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const { currency, store } = host;
    const parts = { store, currency, debtor: floatAccount(host) };
    const written = writeWindowFiles(parts, options.window, options.out);
    const folder = join(options.out, windowFolder(options.window));
    const fresh = written.filter((file) => file.isNew).length;
    const rows = written.map(({ bytes, isNew, name }) => [
      `  ${name}`,
      `${bytes} bytes`,
      isNew ? '' : 'there already, the same',
    ]);
    context.printer.say({
      data: { folder, files: written },
      lines: [
        `${folder}: ${counted(fresh, 'file')} written, ${written.length - fresh} there already`,
        ...table(rows, [1]),
      ],
    });
    return Promise.resolve();
  });
}

async function writePayouts(options: PayoutOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), (host) => {
    const { currency, store } = host;
    const parts = { store, currency, debtor: floatAccount(host) };
    const order = windowOrder(parts, options.window);
    const { bytes, digest } = writeOnce(options.out, [payoutFile(order, options.encoding)]);
    context.printer.say({
      data: { file: options.out, payouts: order.payouts.length, bytes, digest },
      lines: [`${options.out}  ${counted(order.payouts.length, 'payout')}, ${bytes} bytes`],
    });
    return Promise.resolve();
  });
}

/** Numbers of the first entry before, and the last one in, what is exported. */
function stretchOf(store: HostStore, window: number | undefined): readonly [number, number] {
  if (window === undefined) return [0, Number.MAX_SAFE_INTEGER];
  const { lastJournal } = windowOf(store, window);
  const before = store.windows().find(({ id }) => id === window - 1);
  return [before?.lastJournal ?? 0, lastJournal ?? Number.MAX_SAFE_INTEGER];
}

async function exportJournal(options: ExportOptions): Promise<void> {
  const context = new Context(options);
  await context.withHost(context.keys(), ({ currency, store }) => {
    const entries = store.entriesBetween(...stretchOf(store, options.window));
    const rows = journalRows(entries, currency);
    const { bytes, digest } = writeOnce(options.out, csvText('journal', rows, currency));
    context.printer.say({
      data: { file: options.out, bytes, digest },
      lines: [`${options.out}  ${bytes} bytes, SHA-256 ${digest}`],
    });
    return Promise.resolve();
  });
}
