// SPDX-License-Identifier: MIT
/** `openpurse bench …`: programs that print ratios to a ceiling measured in the same run. */
import { cpus } from 'node:os';
import type { Command } from 'commander';
import { benchReader } from '../../bench/reader-taps.ts';
import { benchTap } from '../../bench/tap.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { withReaders } from '../data/reader-card.ts';
import { DEFAULT_TERMINALS, withTerminal } from '../data/terminal-setup.ts';
import { wholeNumber } from '../parse-options.ts';
import { startProgress } from '../print/progress.ts';
import { addClearingBenches } from './bench-clearing.ts';

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
  addReaderBench(bench);
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
        benchReader(
          terminal,
          taps,
          async () => (await readers.nextCard()).channel,
          (done) => {
            progress.at(done);
          },
        ),
      ),
  ).finally(() => progress.stop());
  const { transmitMs, terminalMs } = result;
  printer.say({
    data: { machine: machine(), ...result },
    lines: [
      `${taps} sales of ${result.apdusPerTap} APDUs: transmit p50 ${transmitMs.p50} ms, p99 ${transmitMs.p99} ms`,
      `terminal besides it (SAM, fsynced journal): p50 ${terminalMs.p50} ms, p99 ${terminalMs.p99} ms; ratio ${result.ratioToTransmit}`,
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
