// SPDX-License-Identifier: MIT
/**
 * One run of the clearing benchmark, in a process of its own, on a copy of the books that were set up.
 *
 * The clock covers everything that the host does with a batch: take its bytes from a file, or from a
 * socket, write and fsync them, check layout, checksums, digest and signature, verify every TAC, judge
 * every chain, post, and commit (WAL with `synchronous=FULL` per slice). CPU is that of the whole process,
 * threads included; terminals on a socket are another process. A run whose books are wrong counts as 0.
 */
import { copyFileSync, createReadStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sumSigned, type SignedAmount } from '../src/money/amount.ts';
import { RATES } from '../host/access/rate-limits.table.ts';
import type { ClearingHost } from '../host/host.ts';
import { buildServer } from '../host/http/server.ts';
import { ledgerConservation } from '../host/report/conservation.ts';
import type { HostStore } from '../host/store/store.ts';
import type { ClientJob } from './client-process.ts';
import {
  hostDirectory,
  ledgerFile,
  openBenchHost,
  type ClearingPlan,
  type ClearingWork,
} from './clearing-setup.ts';
import { detection, type Detection } from './detection.ts';
import { runElsewhere } from './processes.ts';
import { quantile } from './quantile.ts';
import { rawAppendSeconds } from './raw-append.ts';
import { sendInTurn } from './send-in-turn.ts';

/** How batches reach the host: read from files in its process, or over loopback HTTP from another. */
export type Path = 'direct' | 'socket';

export interface RunOrder {
  /** Where the books were set up; they stay as they are. */
  readonly directory: string;
  readonly path: Path;
  readonly plan: ClearingPlan;
  readonly work: ClearingWork;
}

/** The figures of one run. */
export interface RunFigures {
  readonly seconds: number;
  readonly recordsPerSecond: number;
  readonly rawAppendsPerSecond: number;
  readonly ratioToRawAppend: number;
  /** From the first byte of a batch to its acknowledgement. */
  readonly batchMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly cpuSecondsPerMillion: number;
  /** Highest resident memory of the host's process while it clears. */
  readonly rssPeakMb: number;
  readonly databaseBytes: number;
  /** Growth of the books, their WAL and the raw batches, for each record; and after the last checkpoint. */
  readonly diskBytesPerRecord: number;
  readonly restBytesPerRecord: number;
  readonly invariantsHold: boolean;
  /** Null of the clean mix. */
  readonly detection: Detection | null;
}

/** All terminals come from one address here: the limit of an address is not what is measured. */
const UNLIMITED = { ...RATES, address: { burst: 1e9, perSecond: 1e9 } };
const MIB = 1024 * 1024;
const RSS_EVERY_MS = 20;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Runs once, in a directory that is removed. `onBatch` is called for every batch that is cleared. */
export async function runClearing(order: RunOrder, onBatch: () => void): Promise<RunFigures> {
  const directory = join(order.directory, 'run');
  mkdirSync(hostDirectory(directory), { recursive: true });
  try {
    copyFileSync(ledgerFile(order.directory), ledgerFile(directory));
    return await measure(directory, order, onBatch);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  directory: string,
  { path, plan, work }: RunOrder,
  onBatch: () => void,
): Promise<RunFigures> {
  const { records } = work;
  // The ceiling is measured before and after, because the speed of a machine drifts within a minute.
  const raw = (name: string): number =>
    rawAppendSeconds(join(directory, name), records, plan.perBatch);
  const rawSeconds = [raw('raw-before.db')];
  const bytesBefore = bytesOnDisk(directory);
  const host = await openBenchHost(directory, plan.workers);
  // Warm-up: a host that has run for a while has its hot pages in memory. This reads every card.
  const isRightBefore = isRight(host.store);
  const batchesBefore = host.store.batches().length;

  const { times, cpuSeconds, seconds, rssPeak } = await clear(host, path, work.files, onBatch);

  const taken = host.store.batches().slice(batchesBefore);
  const isAllTaken = taken.reduce((sum, { recordCount }) => sum + recordCount, 0) === records;
  const invariantsHold = isRightBefore && isAllTaken && isRight(host.store);
  const found = work.truth === null ? null : detection(host.store, work.truth);
  const grown = bytesOnDisk(directory) - bytesBefore;
  await host.close();
  const atRest = bytesOnDisk(directory) - bytesBefore;
  rawSeconds.push(raw('raw-after.db'));

  const rawRate = (records * rawSeconds.length) / rawSeconds.reduce((a, b) => a + b);
  const rate = invariantsHold ? records / seconds : 0;
  times.sort((left, right) => left - right);
  return {
    seconds: rounded(seconds, 3),
    recordsPerSecond: Math.round(rate),
    rawAppendsPerSecond: Math.round(rawRate),
    ratioToRawAppend: rounded(rate / rawRate, 3),
    batchMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) },
    cpuSecondsPerMillion: rounded((cpuSeconds * 1e6) / records, 2),
    rssPeakMb: Math.round(rssPeak / MIB),
    databaseBytes: statSync(ledgerFile(directory)).size,
    diskBytesPerRecord: Math.round(grown / records),
    restBytesPerRecord: Math.round(atRest / records),
    invariantsHold,
    detection: found,
  };
}

interface Cleared {
  readonly times: number[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssPeak: number;
}

async function clear(
  host: ClearingHost,
  path: Path,
  files: readonly string[],
  onBatch: () => void,
): Promise<Cleared> {
  const times: number[] = [];
  let rssPeak = 0;
  const look = (): void => void (rssPeak = Math.max(rssPeak, process.memoryUsage.rss()));
  const timer = setInterval(look, RSS_EVERY_MS);
  const clock = { start: performance.now(), cpu: process.cpuUsage() };
  const begin = (): void => {
    clock.start = performance.now();
    clock.cpu = process.cpuUsage();
  };
  const done = (milliseconds: number): void => {
    times.push(milliseconds);
    look();
    onBatch();
  };
  begin();
  if (path === 'direct') await clearDirectly(host, files, done);
  else await clearOverSocket(host, files, { begin, done });
  const seconds = (performance.now() - clock.start) / 1000;
  const cpu = process.cpuUsage(clock.cpu);
  clearInterval(timer);
  return { times, seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, rssPeak };
}

function clearDirectly(
  host: ClearingHost,
  files: readonly string[],
  done: (milliseconds: number) => void,
): Promise<void> {
  return sendInTurn(
    files,
    async (file) => {
      await host.takeBatch(createReadStream(file));
    },
    (_file, milliseconds) => {
      done(milliseconds);
    },
  );
}

async function clearOverSocket(
  host: ClearingHost,
  files: readonly string[],
  { begin, done }: { readonly begin: () => void; readonly done: (milliseconds: number) => void },
): Promise<void> {
  const server = buildServer({ host, rates: UNLIMITED });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const order = { port: Number(new URL(address).port), files };
  await runElsewhere<ClientJob>('client-process', order, (news) => {
    if (news === 'begin') begin();
    else done(news.milliseconds);
  });
  await server.close();
}

/** Whether the books hold, and the open window has all that merchants are owed. */
function isRight(store: HostStore): boolean {
  const credited = sumSigned(store.windowTotals(store.openWindow()).map(({ gross }) => gross));
  const owed = store
    .balances()
    .filter(({ account }) => account.startsWith('2040'))
    .map(({ balance }): SignedAmount => balance);
  return ledgerConservation(store).isHeld && credited + sumSigned(owed) === 0;
}

/** Bytes of the host's books, WAL and raw batches. */
function bytesOnDisk(directory: string): number {
  const host = hostDirectory(directory);
  return readdirSync(host, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
