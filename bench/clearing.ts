// SPDX-License-Identifier: MIT
/**
 * `openpurse bench clearing`: signed batches to posted, fsynced books, with the ratio to raw SQLite
 * appends of the same bytes in the same run. Definitions: docs/benchmarks.md.
 *
 * Each variant (mix, skew, path) is set up once and run as often as asked, every run in a new process on a
 * copy of the same books, all runs of all variants in an order that the seed decides.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunJob } from './clearing-run-process.ts';
import type { SetUpJob } from './clearing-setup-process.ts';
import { hostDirectory, type ClearingPlan, type ClearingWork } from './clearing-setup.ts';
import type { Path, RunFigures } from './clearing-run.ts';
import type { Skew } from './clearing-world.ts';
import { environment, type Environment } from './environment.ts';
import { runElsewhere } from './processes.ts';
import { spread, type Spread } from './quantile.ts';
import { shuffled } from './shuffle.ts';

/** What is measured against what: sizes, and the kinds of records and ways to the host. */
export interface Variant {
  readonly preload: number;
  readonly mix: 'clean' | 'dirty';
  readonly skew: Skew;
  readonly path: Path;
}

export interface ClearingBenchOptions extends Omit<ClearingPlan, 'mix' | 'preload' | 'skew'> {
  readonly variants: readonly Variant[];
  readonly runs: number;
  /** Decides the order of the runs. */
  readonly seed: number;
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: (share: number, phase: string) => void;
}

/** One run, and its place in the order. */
export interface Run extends RunFigures {
  readonly variant: Variant;
  readonly order: number;
  readonly cards: number;
  readonly records: number;
}

/** All runs of a variant in figures. */
export interface VariantFigures extends Variant {
  readonly cards: number;
  readonly records: number;
  readonly recordsPerSecond: Spread;
  readonly ratioToRawAppend: Spread;
  readonly rawAppendsPerSecond: Spread;
  readonly batchMs: { readonly p50: Spread; readonly p99: Spread; readonly max: Spread };
  readonly cpuSecondsPerMillion: Spread;
  readonly rssPeakMb: Spread;
  readonly diskBytesPerRecord: Spread;
  readonly restBytesPerRecord: Spread;
  readonly invariantsHold: boolean;
  readonly detection: RunFigures['detection'];
}

export interface ClearingBenchResult {
  readonly environment: Environment;
  readonly seed: number;
  readonly variants: readonly VariantFigures[];
  /** In the order in which they ran. */
  readonly runs: readonly Run[];
}

interface SetUp {
  readonly directory: string;
  readonly plan: ClearingPlan;
  readonly work: ClearingWork;
}

/** Runs the benchmark in a temporary directory, which is removed. */
export async function benchClearing(options: ClearingBenchOptions): Promise<ClearingBenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-bench-'));
  try {
    return await measure(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Has another process set everything up. */
export function setUpElsewhere(
  order: SetUpJob['order'],
  onBatch: () => void,
): Promise<ClearingWork> {
  return runElsewhere<SetUpJob>('clearing-setup-process', order, onBatch);
}

async function measure(
  directory: string,
  options: ClearingBenchOptions,
): Promise<ClearingBenchResult> {
  const { variants, runs, seed, onProgress, perBatch, records } = options;
  const preloads = new Map(variants.map((variant) => [setUpName(variant), variant.preload]));
  const preloaded = [...preloads.values()].reduce((sum, count) => sum + count, 0);
  const total = Math.ceil((preloaded + variants.length * runs * records) / perBatch);
  let done = 0;
  const onBatch = (phase: string) => () => onProgress?.(Math.min(1, ++done / total), phase);

  const setUps = new Map<string, SetUp>();
  for (const variant of variants) {
    const name = setUpName(variant);
    if (setUps.has(name)) continue;
    const plan = { ...planOf(options), ...variant };
    const place = join(directory, name);
    mkdirSync(place);
    const work = await setUpElsewhere({ directory: place, plan }, onBatch('preload'));
    // The batches of the preload are in the books; runs start from these alone.
    rmSync(join(hostDirectory(place), 'raw'), { recursive: true, force: true });
    setUps.set(name, { directory: place, plan, work });
  }
  const settings = environment(directory);
  const order = shuffled(
    variants.flatMap((variant) => Array.from({ length: runs }, () => variant)),
    seed,
  );
  const measured: Run[] = [];
  for (const [index, variant] of order.entries()) {
    const setUp = setUps.get(setUpName(variant));
    if (setUp === undefined) continue;
    const figures = await runElsewhere<RunJob>(
      'clearing-run-process',
      { ...setUp, path: variant.path },
      onBatch('clear'),
    );
    const { cards, records: cleared } = setUp.work;
    measured.push({ ...figures, variant, order: index + 1, cards, records: cleared });
  }
  return {
    environment: settings,
    seed,
    variants: variants.map((variant) => summary(variant, measured)),
    runs: measured,
  };
}

/** Paths share what was set up. */
const setUpName = ({ mix, skew, preload }: Variant): string => `${mix}-${skew}-${preload}`;

function planOf(options: ClearingBenchOptions): Omit<ClearingPlan, 'mix' | 'preload' | 'skew'> {
  const { records, perBatch, suite, workers, cards } = options;
  const common = { records, perBatch, suite, workers };
  return cards === undefined ? common : { ...common, cards };
}

function summary(variant: Variant, measured: readonly Run[]): VariantFigures {
  const runs = measured.filter((run) => run.variant === variant);
  const [first] = runs;
  const of = (figure: (run: Run) => number): Spread => spread(runs.map(figure));
  return {
    ...variant,
    cards: first?.cards ?? 0,
    records: first?.records ?? 0,
    recordsPerSecond: of((run) => run.recordsPerSecond),
    ratioToRawAppend: of((run) => run.ratioToRawAppend),
    rawAppendsPerSecond: of((run) => run.rawAppendsPerSecond),
    batchMs: {
      p50: of((run) => run.batchMs.p50),
      p99: of((run) => run.batchMs.p99),
      max: of((run) => run.batchMs.max),
    },
    cpuSecondsPerMillion: of((run) => run.cpuSecondsPerMillion),
    rssPeakMb: of((run) => run.rssPeakMb),
    diskBytesPerRecord: of((run) => run.diskBytesPerRecord),
    restBytesPerRecord: of((run) => run.restBytesPerRecord),
    invariantsHold: runs.every((run) => run.invariantsHold),
    detection: first?.detection ?? null,
  };
}
