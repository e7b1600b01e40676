// SPDX-License-Identifier: MIT
/**
 * `openpurse bench clearing`: signed batches to posted, fsynced books, with the ratio to raw SQLite
 * appends of the same bytes in the same run.
 *
 * The clock covers everything that the host does with a batch: stream it to disk and fsync it, check
 * layout, checksums, digest and signature, verify every TAC, judge every chain, post, and commit (WAL with
 * `synchronous=FULL` per slice). Not timed: making the batches and registering the cards, which a process
 * of its own does, so that the memory printed is that of the host. A run whose conservation identity
 * fails counts as 0.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteName } from '../src/purse/suite.ts';
import { Defect } from '../src/errors/invariant.ts';
import { ledgerConservation } from '../host/report/conservation.ts';
import {
  clearFiles,
  ledgerFile,
  openBenchHost,
  type ClearingPlan,
  type ClearingWork,
} from './clearing-setup.ts';
import type { SetUpMessage, SetUpOrder } from './clearing-setup-process.ts';
import { rawAppendSeconds } from './raw-append.ts';

export interface ClearingBenchOptions extends ClearingPlan {
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: (share: number, phase: string) => void;
}

export interface ClearingBenchResult {
  readonly suite: SuiteName;
  readonly records: number;
  readonly preloaded: number;
  readonly cards: number;
  readonly recordsPerBatch: number;
  readonly workers: number;
  readonly recordsPerSecond: number;
  readonly rawAppendsPerSecond: number;
  readonly ratioToRawAppend: number;
  readonly batchMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly databaseBytes: number;
  /** Highest resident memory of the process while the host clears the timed batches. */
  readonly rssPeakMb: number;
  readonly invariantsHold: boolean;
}

const MIB = 1024 * 1024;

/** The value below which a share of sorted ones lies, to a tenth. */
export const quantile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) /
  10;

/** Runs the benchmark in a temporary directory, which is removed. */
export async function benchClearing(options: ClearingBenchOptions): Promise<ClearingBenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-bench-'));
  try {
    return await run(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Has another process set everything up. @throws Defect when it dies before it is done. */
export function setUpElsewhere(order: SetUpOrder, onBatch: () => void): Promise<ClearingWork> {
  // As built, the process is a file; from TypeScript, in development, it needs the loader first.
  const child = import.meta.url.endsWith('.ts')
    ? fork(new URL('./clearing-setup-process.ts', import.meta.url), {
        execArgv: ['--import', 'tsx'],
      })
    : fork(new URL('./clearing-setup-process.js', import.meta.url));
  return new Promise((resolve, reject) => {
    let work: ClearingWork | undefined;
    child.on('message', (message: SetUpMessage) => {
      if (message.kind === 'batch') onBatch();
      else work = message;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (work !== undefined && code === 0) resolve(work);
      else reject(new Defect(`set-up of the benchmark expected to end well, got exit ${code}`));
    });
    child.send(order);
  });
}

async function run(
  directory: string,
  { onProgress, ...plan }: ClearingBenchOptions,
): Promise<ClearingBenchResult> {
  const { records, preload, perBatch, suite, workers } = plan;
  const total = Math.ceil(preload / perBatch) + Math.ceil(records / perBatch);
  let done = 0;
  const { cards, files } = await setUpElsewhere({ directory, plan }, () =>
    onProgress?.(++done / total, 'preload'),
  );

  // The ceiling is measured before and after, because the speed of a machine drifts within a minute.
  const rawSeconds = [rawAppendSeconds(join(directory, 'raw-before.db'), records, perBatch)];
  const host = await openBenchHost(directory, workers);
  // A host that has run for a while has its hot pages in memory.
  let invariantsHold = ledgerConservation(host.store).isHeld;
  const times: number[] = [];
  let rssPeak = 0;
  const start = performance.now();
  await clearFiles(host, files, (milliseconds) => {
    times.push(milliseconds);
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
    onProgress?.(++done / total, 'clear');
  });
  const seconds = (performance.now() - start) / 1000;
  times.sort((left, right) => left - right);

  invariantsHold &&= ledgerConservation(host.store).isHeld;
  await host.close();
  rawSeconds.push(rawAppendSeconds(join(directory, 'raw-after.db'), records, perBatch));
  const raw = Math.round((records * rawSeconds.length) / rawSeconds.reduce((a, b) => a + b));
  const rate = invariantsHold ? Math.round(records / seconds) : 0;
  return {
    suite,
    records,
    preloaded: preload,
    cards,
    recordsPerBatch: perBatch,
    workers,
    recordsPerSecond: rate,
    rawAppendsPerSecond: raw,
    ratioToRawAppend: Math.round((rate / raw) * 1000) / 1000,
    batchMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) },
    databaseBytes: statSync(ledgerFile(directory)).size,
    rssPeakMb: Math.round(rssPeak / MIB),
    invariantsHold,
  };
}
