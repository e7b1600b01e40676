// SPDX-License-Identifier: MIT
/** `openpurse bench clearing` and `bench growth`. What is measured: docs/benchmarks.md. */
import { Option, type Command } from 'commander';
import {
  benchClearing,
  type ClearingBenchOptions,
  type ClearingBenchResult,
  type Run,
  type Variant,
  type VariantFigures,
} from '../../bench/clearing.ts';
import type { Path } from '../../bench/clearing-run.ts';
import type { Skew } from '../../bench/clearing-world.ts';
import type { Environment } from '../../bench/environment.ts';
import { growthOf } from '../../bench/growth.ts';
import type { Spread } from '../../bench/quantile.ts';
import { appendRuns } from '../../bench/runs-csv.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Context, withSharedOptions, type SharedOptions } from '../context.ts';
import { SUITE_NAMES, wholeNumber, wholeNumbers } from '../parse-options.ts';
import { startProgress } from '../print/progress.ts';

interface RunOptions extends SharedOptions {
  readonly records: number;
  readonly batch: number;
  readonly workers: number;
  readonly cards?: number;
  readonly suite: string;
  readonly runs: number;
  readonly seed: number;
  readonly csv?: string;
}

interface ClearingOptions extends RunOptions {
  readonly preload: number;
  readonly mix: 'both' | Variant['mix'];
  readonly skew: 'both' | Skew;
  readonly path: 'both' | Path;
}

interface GrowthOptions extends RunOptions {
  readonly sizes: readonly number[];
}

const RECORDS_MAX = 100_000_000;
const GROWTH_SIZES = [300_000, 3_000_000, 10_000_000];

/** Adds the benchmarks of clearing. */
export function addClearingBenches(bench: Command): void {
  withRuns(
    bench
      .command('clearing')
      .description('batches to posted, fsynced books, beside raw SQLite appends'),
  )
    .option(
      '--preload <number>',
      'records cleared before the clock starts',
      wholeNumber(0, RECORDS_MAX),
      0,
    )
    .addOption(choice('--mix <mix>', 'good records, or some of them wrong', ['clean', 'dirty']))
    .addOption(
      choice('--skew <skew>', 'cards and terminals used alike, or some far more often', [
        'uniform',
        'zipf',
      ]),
    )
    .addOption(
      choice('--path <path>', 'batches from files, or over HTTP from another process', [
        'direct',
        'socket',
      ]),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse bench clearing --records 200000 --json\n  openpurse bench clearing --records 1000000 --preload 3000000 --runs 5 --csv runs.csv\n  openpurse bench clearing --mix both --path both --runs 5\n',
    )
    .action(clearing);
  withRuns(
    bench
      .command('growth')
      .description('the time of a record with more and more records in the books before'),
  )
    .option(
      '--sizes <numbers>',
      'records cleared before the clock starts, separated by commas',
      wholeNumbers(0, RECORDS_MAX),
      GROWTH_SIZES,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  openpurse bench growth --json\n  openpurse bench growth --sizes 100000,1000000 --runs 3\n',
    )
    .action(growth);
}

function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices([...values, 'both']).default(values[0]);
}

/** What both benchmarks have in common. */
function withRuns(command: Command): Command {
  return withSharedOptions(command)
    .option('--records <number>', 'records to clear', wholeNumber(1, RECORDS_MAX), 200_000)
    .option(
      '--batch <number>',
      'records per batch',
      wholeNumber(1, LIMITS.batchRecords.max),
      10_000,
    )
    .option(
      '--cards <number>',
      'cards in the books (one for every four records when left out)',
      wholeNumber(1, RECORDS_MAX),
    )
    .option('--workers <number>', 'verification threads', wholeNumber(0, 64), 1)
    .addOption(
      new Option('--suite <name>', 'crypto suite of the cards')
        .choices(Object.keys(SUITE_NAMES))
        .default('aes'),
    )
    .option('--runs <number>', 'runs of each variant; the median counts', wholeNumber(1, 1000), 1)
    .option('--seed <number>', 'decides the order of the runs', wholeNumber(1, 0xffffffff), 1)
    .option('--csv <file>', 'append a row for every run to this file');
}

const each = <T extends string>(chosen: T | 'both', all: readonly T[]): readonly T[] =>
  chosen === 'both' ? all : all.filter((one) => one === chosen);

async function clearing(options: ClearingOptions): Promise<void> {
  const { preload } = options;
  const variants = each(options.mix, ['clean', 'dirty']).flatMap((mix) =>
    each(options.skew, ['uniform', 'zipf']).flatMap((skew) =>
      each(options.path, ['direct', 'socket']).map((path) => ({ preload, mix, skew, path })),
    ),
  );
  const { result, bench, context } = await run(options, variants);
  context.printer.say({
    data: dataOf(bench, result),
    lines: [...environmentLines(result), ...result.variants.flatMap(variantLines)],
  });
}

async function growth(options: GrowthOptions): Promise<void> {
  const variants = options.sizes.map(
    (preload) => ({ preload, mix: 'clean', skew: 'uniform', path: 'direct' }) as const,
  );
  const { result, bench, context } = await run(options, variants);
  const found = growthOf(result.variants);
  context.printer.say({
    data: { ...dataOf(bench, result), growth: found ?? null },
    lines: [
      ...environmentLines(result),
      ...result.variants.flatMap(variantLines),
      found === undefined
        ? 'growth: two sizes above 0 are needed'
        : `growth: ten times the records in the books, ${found.timePerTenfold} times the time of a record (${found.firstMicroseconds} us at the fewest, ${found.lastMicroseconds} us at the most)`,
    ],
  });
}

async function run(
  options: RunOptions,
  variants: readonly Variant[],
): Promise<{
  readonly result: ClearingBenchResult;
  readonly bench: ClearingBenchOptions;
  readonly context: Context;
}> {
  const context = new Context(options);
  const progress = startProgress(100, { isJson: context.printer.isJson, unit: '%' });
  const { records, batch, workers, cards, runs, seed, csv } = options;
  const bench: ClearingBenchOptions = {
    records,
    workers,
    runs,
    seed,
    variants,
    perBatch: batch,
    suite: SUITE_NAMES[options.suite] ?? 'aes',
    ...(cards === undefined ? {} : { cards }),
    onProgress: (done, phase) => progress.at(Math.round(done * 100), phase),
  };
  const result = await benchClearing(bench).finally(() => progress.stop());
  if (csv !== undefined) appendRuns(csv, bench, result);
  return { result, bench, context };
}

/** The figures of the median run of the first variant, then everything. */
function dataOf(bench: ClearingBenchOptions, result: ClearingBenchResult): object {
  const { environment, seed, variants, runs } = result;
  return {
    machine: machineOf(environment),
    environment,
    warmUp: WARM_UP,
    notCounted: NOT_COUNTED,
    seed,
    suite: bench.suite,
    recordsPerBatch: bench.perBatch,
    workers: bench.workers,
    ...headline(runs, variants[0]),
    variants,
    runs,
  };
}

const machineOf = ({ node, cpus, cpu }: Environment): object => ({ node, cpus, cpu });

function headline(runs: readonly Run[], first: VariantFigures | undefined): object {
  const sorted = runs
    .filter(({ variant }) => isOf(variant, first))
    .sort((left, right) => left.recordsPerSecond - right.recordsPerSecond);
  const median = sorted[(sorted.length - 1) >> 1];
  if (median === undefined) return {};
  const { variant, ...figures } = median;
  return { ...variant, preloaded: variant.preload, ...figures };
}

const isOf = (variant: Variant, wanted: Variant | undefined): boolean =>
  variant.mix === wanted?.mix &&
  variant.skew === wanted.skew &&
  variant.path === wanted.path &&
  variant.preload === wanted.preload;

const WARM_UP = 'every card is read once before the clock starts';
const NOT_COUNTED = 'making the records and batches, and the terminals of --path socket';

function environmentLines({ environment, seed }: ClearingBenchResult): readonly string[] {
  const { node, cpus, cpu, memoryGb, sqlite, pragmas, fsyncMicroseconds } = environment;
  const settings = Object.entries(pragmas).map(([name, value]) => `${name}=${value}`);
  return [
    `${cpus} x ${cpu}, ${memoryGb} GB, node ${node}, SQLite ${sqlite}: ${settings.join(' ')}`,
    `fsync of 4 KiB p50 ${fsyncMicroseconds} us; order of runs by seed ${seed}`,
    `warm-up: ${WARM_UP}; not counted: ${NOT_COUNTED}`,
  ];
}

const range = ({ median, min, max }: Spread, digits = 0): string =>
  min === max
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;

function variantLines(figures: VariantFigures): readonly string[] {
  const { batchMs, detection } = figures;
  return [
    `${figures.mix}, ${figures.skew}, ${figures.path}: ${figures.records} records, ${figures.preload} before, ${figures.cards} cards`,
    `  ${range(figures.recordsPerSecond)} records/s; raw SQLite appends of the same bytes ${range(figures.rawAppendsPerSecond)}/s, ratio ${range(figures.ratioToRawAppend, 3)}`,
    `  batch to acknowledgement: p50 ${range(batchMs.p50)} ms, p99 ${range(batchMs.p99)} ms, max ${range(batchMs.max)} ms`,
    `  CPU ${range(figures.cpuSecondsPerMillion, 1)} s per 10^6 records; peak RSS ${range(figures.rssPeakMb)} MB; disk ${range(figures.diskBytesPerRecord)} bytes a record with the WAL, ${range(figures.restBytesPerRecord)} at rest`,
    ...Object.entries(detection ?? {}).map(
      ([name, { injected, found, precision, recall }]) =>
        `  ${name}: ${injected} put in, ${found} found; precision ${precision ?? 'none'}, recall ${recall ?? 'none'}`,
    ),
    `  books ${figures.invariantsHold ? 'hold' : 'DO NOT HOLD: such a run counts as 0'}`,
  ];
}
