// SPDX-License-Identifier: MIT
/**
 * `openpurse bench close`: a settlement window of many records and merchants is closed and settled while
 * batches go on coming in, with the dip of the intake against the same intake alone, in the same run.
 *
 * The clock of the close covers everything: the checks of the books, the bounds, fees, reserves, payouts and
 * every commit (WAL with `synchronous=FULL`). Not timed: making the records of the window and the batches, which a process of
 * its own does. A run whose books are wrong afterwards counts as 0.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor } from '../host/access/actor.ts';
import type { ClearingHost } from '../host/host.ts';
import { checkBooks } from '../host/settlement/close-checks.ts';
import { closeWindow } from '../host/settlement/close.ts';
import { ANY, type FeeTerms } from '../host/settlement/fee-terms.ts';
import { setMerchant } from '../host/settlement/merchants.ts';
import { setFees } from '../host/settlement/schedules.ts';
import { Fault } from '../src/errors/fault.ts';
import { amount, sumSigned } from '../src/money/amount.ts';
import { clearFiles, merchantName, openBenchHost } from './clearing-setup.ts';
import { setUpElsewhere } from './clearing.ts';
import { quantile } from './quantile.ts';

export interface CloseBenchOptions {
  /** Records in the window that is closed. */
  readonly records: number;
  readonly merchants: number;
  readonly basis: FeeTerms['basis'];
  readonly perBatch: number;
  readonly workers: number;
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: (share: number, phase: string) => void;
}

export interface CloseBenchResult {
  readonly records: number;
  readonly merchants: number;
  readonly basis: FeeTerms['basis'];
  readonly recordsPerBatch: number;
  readonly closeSeconds: number;
  readonly payouts: number;
  /** Intake alone, and in the second (or more) that begins with the close. */
  readonly alonePerSecond: number;
  readonly besidePerSecond: number;
  /** `besidePerSecond` to `alonePerSecond`: 1 is no dip. */
  readonly ratioToAlone: number;
  readonly aloneBatchMs: BatchTimes;
  readonly besideBatchMs: BatchTimes;
  /** Highest resident memory of the process that is measured. */
  readonly rssPeakMb: number;
  readonly invariantsHold: boolean;
}

interface BatchTimes {
  readonly p50: number;
  readonly max: number;
}

const MIB = 1024 * 1024;
/** Batches that are measured alone, before and after; as many are there for the close. */
const ALONE_SHARE = 0.1;
const ALONE_BATCHES_MIN = 100;
/** A close is shorter than a rate can be told in: the intake is looked at for this long at least. */
const STRETCH_MS = 1000;
const BENCH: Actor = { name: 'bench', role: 'operator', merchant: null };
/** Any IBAN: nothing is sent. */
const ACCOUNT = { number: 'DE02120300000000202051', holder: 'bench', bic: '' };

const terms = (basis: FeeTerms['basis']): FeeTerms => ({
  basis,
  recipients: [
    { party: 'operator', name: '' },
    { party: 'acquirer', name: 'A' },
    { party: 'bank', name: 'B' },
  ],
  tiers: [{ from: amount(0), basisPoints: [300, 50, 10] }],
  minimum: amount(0),
  cap: null,
  residue: 'operator',
});

/** Runs the benchmark in a temporary directory, which is removed. */
export async function benchClose(options: CloseBenchOptions): Promise<CloseBenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-bench-'));
  try {
    return await run(directory, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function prepare({ store, settlement }: ClearingHost, options: CloseBenchOptions): void {
  store.transaction(() => {
    for (let index = 0; index < options.merchants; index++) {
      const contract = { account: ACCOUNT, reserveBasisPoints: 500, reserveDays: 30 };
      setMerchant(settlement, merchantName(index), contract, BENCH);
    }
    const schedule = { merchant: ANY, type: ANY, effectiveOn: null, isUsual: true } as const;
    setFees(settlement, { ...schedule, terms: terms(options.basis) }, BENCH);
  });
}

/** Clears files and says when each was done, ms, and how long it took. */
class Intake {
  readonly #host: ClearingHost;
  readonly done: { readonly at: number; readonly took: number }[] = [];
  rssPeak = 0;

  constructor(host: ClearingHost) {
    this.#host = host;
  }

  clear(files: readonly string[]): Promise<void> {
    return clearFiles(this.#host, files, (took) => {
      this.done.push({ at: performance.now(), took });
      this.rssPeak = Math.max(this.rssPeak, process.memoryUsage.rss());
    });
  }

  /** Batches that ended in this stretch of time. */
  between(from: number, until: number): { readonly count: number; readonly times: BatchTimes } {
    const ended = this.done.filter(({ at }) => at >= from && at <= until);
    const took = ended.map((batch) => batch.took).sort((left, right) => left - right);
    return {
      count: ended.length,
      times: { p50: quantile(took, 0.5), max: quantile(took, 1) },
    };
  }
}

async function run(directory: string, options: CloseBenchOptions): Promise<CloseBenchResult> {
  const { records, merchants, basis, perBatch, workers, onProgress } = options;
  const batches = Math.ceil(records / perBatch);
  const aloneBatches = Math.max(ALONE_BATCHES_MIN, Math.ceil(batches * ALONE_SHARE));
  let done = 0;
  const plan = {
    records: 3 * aloneBatches * perBatch,
    preload: Math.max(0, records - aloneBatches * perBatch),
    perBatch,
    suite: 'aes',
    workers,
    terminals: merchants,
    merchants,
  } as const;
  const { files } = await setUpElsewhere({ directory, plan }, () =>
    onProgress?.(++done / batches, 'records of the window'),
  );
  const host = await openBenchHost(directory, workers);
  prepare(host, options);
  const intake = new Intake(host);

  const first = await alone(intake, files.slice(0, aloneBatches));
  onProgress?.(1, 'close');
  const before = owed(host);
  const running = intake.clear(files.slice(aloneBatches, 2 * aloneBatches));
  // The intake is in full swing before the close begins.
  while (intake.done.length < aloneBatches + 4)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const closing = performance.now();
  const { window } = await closeWindow(host.settlement, {}, BENCH);
  const closed = performance.now();
  const until = Math.max(closed, closing + STRETCH_MS);
  await running;
  const beside = intake.between(closing, until);
  // The intake alone is measured before and after, because the speed of a machine drifts within a minute.
  const second = await alone(intake, files.slice(2 * aloneBatches));

  const invariantsHold = isRight(host, before);
  const rate = (count: number, milliseconds: number): number =>
    Math.round((count * perBatch * 1000) / milliseconds);
  const alonePerSecond = rate(first.count + second.count, first.tookMs + second.tookMs);
  const besidePerSecond = invariantsHold ? rate(beside.count, until - closing) : 0;
  const payouts = host.store.payouts().filter((payout) => payout.window === window.id).length;
  await host.close();
  return {
    records,
    merchants,
    basis,
    recordsPerBatch: perBatch,
    closeSeconds: Math.round(closed - closing) / 1000,
    payouts,
    alonePerSecond,
    besidePerSecond,
    ratioToAlone: Math.round((besidePerSecond / alonePerSecond) * 1000) / 1000,
    aloneBatchMs: {
      p50: Math.max(first.times.p50, second.times.p50),
      max: Math.max(first.times.max, second.times.max),
    },
    besideBatchMs: beside.times,
    rssPeakMb: Math.round(intake.rssPeak / MIB),
    invariantsHold,
  };
}

interface Alone {
  readonly count: number;
  readonly tookMs: number;
  readonly times: BatchTimes;
}

/** Clears files with nothing else going on. */
async function alone(intake: Intake, files: readonly string[]): Promise<Alone> {
  const start = performance.now();
  await intake.clear(files);
  const end = performance.now();
  return { ...intake.between(start, end), tookMs: end - start };
}

/** Everything that was credited to merchants by records. */
function owed({ store }: ClearingHost): number {
  const totals = store.windows().flatMap(({ id }) => store.windowTotals(id));
  return sumSigned(totals.map(({ gross }) => gross));
}

/** Whether the books are right, and the windows together hold what came in. */
function isRight(host: ClearingHost, before: number): boolean {
  try {
    checkBooks(host.store);
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
  return owed(host) >= before;
}
