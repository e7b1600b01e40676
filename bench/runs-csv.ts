// SPDX-License-Identifier: MIT
/** Every run as a row, so that whoever doubts a median can look. */
import { appendFileSync, existsSync } from 'node:fs';
import type { ClearingBenchOptions, ClearingBenchResult, Run } from './clearing.ts';
import { DIRTY_MIX, type DirtyClass } from './dirty-mix.table.ts';

type Cell = boolean | number | string;

/** Appends a row for each run, below a line of names where the file is new. */
export function appendRuns(
  file: string,
  options: ClearingBenchOptions,
  result: ClearingBenchResult,
): void {
  const rows = result.runs.map((run) => rowOf(options, result, run));
  const [first] = rows;
  if (first === undefined) return;
  const lines = rows.map((row) => Object.values(row).map(quoted).join(','));
  const names = existsSync(file) ? [] : [Object.keys(first).join(',')];
  appendFileSync(file, [...names, ...lines, ''].join('\n'));
}

/** RFC 4180, 2.5 to 2.7. */
function quoted(cell: Cell): string {
  return typeof cell === 'string' && /[",\n]/.test(cell)
    ? `"${cell.replaceAll('"', '""')}"`
    : String(cell);
}

function rowOf(
  { suite, perBatch, workers }: ClearingBenchOptions,
  { environment, seed }: ClearingBenchResult,
  { variant, batchMs, detection, ...run }: Run,
): Readonly<Record<string, Cell>> {
  return {
    seed,
    order: run.order,
    ...variant,
    suite,
    records: run.records,
    cards: run.cards,
    recordsPerBatch: perBatch,
    workers,
    seconds: run.seconds,
    recordsPerSecond: run.recordsPerSecond,
    rawAppendsPerSecond: run.rawAppendsPerSecond,
    ratioToRawAppend: run.ratioToRawAppend,
    batchMsP50: batchMs.p50,
    batchMsP99: batchMs.p99,
    batchMsMax: batchMs.max,
    cpuSecondsPerMillion: run.cpuSecondsPerMillion,
    rssPeakMb: run.rssPeakMb,
    databaseBytes: run.databaseBytes,
    diskBytesPerRecord: run.diskBytesPerRecord,
    restBytesPerRecord: run.restBytesPerRecord,
    invariantsHold: run.invariantsHold,
    ...detectionCells(detection),
    node: environment.node,
    sqlite: environment.sqlite,
    cpu: environment.cpu,
    cpus: environment.cpus,
    fsyncMicroseconds: environment.fsyncMicroseconds,
  };
}

function detectionCells(detection: Run['detection']): Readonly<Record<string, Cell>> {
  return Object.fromEntries(
    Object.keys(DIRTY_MIX).flatMap((name) => {
      // The names are those of the table.
      const row = detection?.[name as DirtyClass];
      return [
        [`${name}Injected`, row?.injected ?? ''],
        [`${name}Found`, row?.found ?? ''],
        [`${name}Precision`, row?.precision ?? ''],
        [`${name}Recall`, row?.recall ?? ''],
      ];
    }),
  );
}
