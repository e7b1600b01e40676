// SPDX-License-Identifier: MIT
/** `openpurse bench …`: programs that print ratios to a ceiling measured in the same run. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { benchClose, type CloseBenchOptions } from '../../bench/close.ts';
import { benchReader, FLUSHES_PER_TAP } from '../../bench/reader-taps.ts';
import { benchTap } from '../../bench/tap.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { withReaders } from '../data/reader-card.ts';
import { DEFAULT_TERMINALS, withTerminal } from '../data/terminal-setup.ts';
import { wholeNumber } from '../parse-options.ts';
import { startProgress } from '../print/progress.ts';
import { addClearingBenches } from './bench-clearing.ts';

interface CloseOptions extends SharedOptions {
  readonly records: number;
  readonly merchants: number;
  readonly basis: CloseBenchOptions['basis'];
  readonly batch?: number;
  readonly workers: number;
}

interface ReaderOptions extends SharedOptions {
  readonly reader: string | true;
  readonly wait: number;
  readonly taps: number;
}

export function addBenchCommands(program: Command): void {
  const bench = program.command('bench').description('benchmarks that print ratios');
  withSharedOptions(
    bench
      .command('tap')
      .description('full offline purchases in process, beside the pure cryptography'),
  )
    .option('--purchases <number>', 'purchases per suite', wholeNumber(100, 1_000_000), 50_000)
    .addHelpText('after', '\nExample:\n  openpurse bench tap --json\n')
    .action(tap);
  addClearingBenches(bench);
  addCloseBench(bench);
  addReaderBench(bench);
}

/** A window closed and settled while batches come in. */
function addCloseBench(bench: Command): void {
  withSharedOptions(
    bench
      .command('close')
      .description('close and settle a window while batches come in, beside intake alone'),
  )
    .option('--records <number>', 'records in the window', wholeNumber(100, 100_000_000), 200_000)
    .option('--merchants <number>', 'merchants to settle with', wholeNumber(1, 100_000), 1000)
    .addOption(
      new Option('--basis <basis>', 'fees of the window, or of each record')
        .choices(['window', 'record'])
        .default('window'),
    )
    .option(
      '--batch <number>',
      'records per batch (default: one batch of each merchant, at most 1000 records)',
      wholeNumber(1, LIMITS.batchRecords.max),
    )
    .option('--workers <number>', 'verification threads', wholeNumber(0, 64), 1)
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse bench close --json\n  openpurse bench close --records 1000000 --merchants 1000\n',
    )
    .action(close);
}

/** A card in a reader, charged again and again: the terminal of the folder, its journal fsynced. */
function addReaderBench(bench: Command): void {
  withSharedOptions(
    bench
      .command('reader')
      .description(
        'sales of 0.01 at a PC/SC reader: what the terminal adds to the card and the reader',
      ),
  )
    .option('--reader [name]', 'reader, any or the one whose name has this part', true)
    .option('--wait <seconds>', 'how long to wait for a card', wholeNumber(1, 3600), 30)
    .option('--taps <number>', 'sales, one minor unit each', wholeNumber(1, 10_000), 50)
    .addHelpText('after', '\nExample:\n  openpurse bench reader --reader ACR122 --taps 50\n')
    .action(reader);
}

async function reader(options: ReaderOptions): Promise<void> {
  const context = new Context(options);
  const { printer } = context;
  const { taps } = options;
  const till = { id: DEFAULT_TERMINALS.pos, merchant: 'SHOP', isGate: false, place: 'till' };
  const progress = startProgress(taps, { isJson: printer.isJson, unit: 'taps' });
  const result = await withReaders(
    { filter: options.reader, waitSeconds: options.wait },
    (readers) =>
      withTerminal(context, till, (terminal) =>
        benchReader(terminal, {
          taps,
          probeFile: join(context.data.terminal(till.id), `bench-${process.pid}.tmp`),
          open: async () => (await readers.nextCard()).channel,
          onTap: (done) => {
            progress.at(done);
          },
        }),
      ),
  ).finally(() => progress.stop());
  const { transmitMs, terminalMs, flushesMs } = result;
  printer.say({
    data: { machine: machine(), ...result },
    lines: [
      `${taps} sales of ${result.apdusPerTap} APDUs: transmit p50 ${transmitMs.p50} ms, p99 ${transmitMs.p99} ms`,
      `terminal besides it (SAM, fsynced journal): p50 ${terminalMs.p50} ms, p99 ${terminalMs.p99} ms; ratio ${result.ratioToTransmit}`,
      `the disk alone, ${FLUSHES_PER_TAP} raw flushes as a tap has: p50 ${flushesMs.p50} ms, p99 ${flushesMs.p99} ms`,
    ],
  });
}

/** What the figures were measured on: no figure without it. */
function machine(): object {
  const processors = cpus();
  return { node: process.version, cpus: processors.length, cpu: processors[0]?.model ?? 'unknown' };
}

async function tap(options: SharedOptions & { readonly purchases: number }): Promise<void> {
  const { printer } = new Context(options);
  const suites = [
    await benchTap('aes', options.purchases),
    await benchTap('tdes', options.purchases),
  ];
  printer.say({
    data: { machine: machine(), suites },
    lines: suites.map(
      (row) =>
        `${row.suite === 'tdes' ? '3des' : 'aes '}  ${row.purchasesPerSecond} purchases/s (${row.microsecondsPerPurchase} us), pure crypto ${row.cryptoCeilingPerSecond}/s, ratio ${row.ratioToCeiling}`,
    ),
  });
}

async function close(options: CloseOptions): Promise<void> {
  const { printer } = new Context(options);
  const progress = startProgress(100, { isJson: printer.isJson, unit: '%' });
  const { records, merchants, basis, workers } = options;
  const { batch = Math.min(1000, Math.ceil(records / merchants)) } = options;
  const result = await benchClose({
    records,
    merchants,
    basis,
    workers,
    perBatch: batch,
    onProgress: (done, phase) => progress.at(Math.round(done * 100), phase),
  }).finally(() => progress.stop());
  const { aloneBatchMs, besideBatchMs } = result;
  printer.say({
    data: { machine: machine(), ...result },
    lines: [
      `${result.records} records, ${result.merchants} merchants, fees by ${result.basis}: closed and settled in ${result.closeSeconds} s, ${result.payouts} payouts`,
      `intake alone ${result.alonePerSecond} records/s, beside the close ${result.besidePerSecond}/s, ratio ${result.ratioToAlone}`,
      `batch to acknowledgement: alone p50 ${aloneBatchMs.p50} ms, max ${aloneBatchMs.max} ms; beside p50 ${besideBatchMs.p50} ms, max ${besideBatchMs.max} ms`,
      `peak RSS ${result.rssPeakMb} MB; books ${result.invariantsHold ? 'right' : 'WRONG: this run counts as 0'}`,
    ],
  });
}
