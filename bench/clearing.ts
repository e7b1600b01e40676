// SPDX-License-Identifier: MIT
/**
 * `openpurse bench clearing`: records a second from batch files on disk to posted, fsynced books, with
 * the ratio to its ceiling, raw SQLite appends of the same bytes, measured in the same run.
 *
 * Timed: everything that the host does with a batch (layout, checksums, digest, signature, raw file with
 * fsync, TAC verification in workers, chain check, card rows, postings, one commit with
 * `synchronous=FULL` per slice). Not timed: making the batches and registering the cards. A run whose
 * conservation identity fails counts as 0.
 */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519PublicKey } from '../src/crypto/ed25519.ts';
import { Secret } from '../src/crypto/secret.ts';
import { toHex } from '../src/bytes/hex.ts';
import type { SuiteName } from '../src/purse/suite.ts';
import { instant } from '../src/time/instant.ts';
import { ClearingHost } from '../host/host.ts';
import { openKeyStore, TEST_PASSPHRASE } from '../host/keys/key-store.ts';
import { ledgerConservation } from '../host/report/conservation.ts';
import { ClearingWorld, terminalId, writeBatches, xorshift } from './clearing-world.ts';
import { seedCards } from './seed-cards.ts';
import { rawAppendRate } from './raw-append.ts';

export interface ClearingBenchOptions {
  readonly records: number;
  /** Records cleared before the timed ones, so that the database has its real size. */
  readonly preload: number;
  readonly perBatch: number;
  readonly suite: SuiteName;
  readonly workers: number;
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
  /** While the timed batches are cleared; the generator's own memory is in it. */
  readonly rssPeakMb: number;
  readonly invariantsHold: boolean;
}

const TERMINALS = 16;
const SEED = new Uint8Array(32).fill(7);
const IN_FLIGHT = 3;

function seededRandom(): { bytes(length: number): Uint8Array } {
  const next = xorshift(20260203);
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) };
}

async function clear(
  host: ClearingHost,
  files: readonly string[],
  onDone: () => void,
): Promise<{ readonly times: readonly number[]; readonly rssPeak: number }> {
  const times: number[] = [];
  let rssPeak = 0;
  let next = 0;
  const upload = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const start = performance.now();
      await host.takeBatch(createReadStream(file));
      times.push(performance.now() - start);
      rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
      rmSync(file);
      onDone();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, upload));
  return { times: times.sort((left, right) => left - right), rssPeak };
}

const quantile = (sorted: readonly number[], share: number): number =>
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

async function run(directory: string, options: ClearingBenchOptions): Promise<ClearingBenchResult> {
  const { records, preload, perBatch, suite, workers, onProgress } = options;
  const keys = openKeyStore({
    path: join(directory, 'keys.json'),
    passphrase: new Secret(new TextEncoder().encode(TEST_PASSPHRASE)),
    random: seededRandom(),
  });
  const host = await ClearingHost.open({
    directory: join(directory, 'host'),
    keys,
    clock: { now: () => instant(1_770_000_000_000) },
    currency: 'INR',
    utcOffsetMinutes: 330,
    workers,
  });
  const publicKey = ed25519PublicKey(SEED);
  for (let index = 0; index < TERMINALS; index++) {
    host.enrol({ terminalId: toHex(terminalId(index)), merchant: `M${index % 4}`, publicKey });
  }
  const cards = Math.max(1000, Math.ceil((preload + records) / 4));
  const world = new ClearingWorld(cards, suite, keys.masters(1, suite).tac);
  seedCards(host, world, instant(1_770_000_000_000));

  const total = Math.ceil(preload / perBatch) + Math.ceil(records / perBatch);
  let done = 0;
  const step = (phase: string) => (): void => onProgress?.(++done / total, phase);
  // Preloading goes in portions, so that its files never take much disk.
  const portion = perBatch * TERMINALS;
  let firstBatch = 0;
  for (let left = preload; left > 0; left -= portion) {
    const count = Math.min(portion, left);
    const plan = { records: count, perBatch, terminals: TERMINALS, firstBatch, seed: SEED };
    firstBatch += Math.ceil(count / perBatch);
    await clear(host, await writeBatches(world, directory, plan), step('preload'));
  }
  const plan = { records, perBatch, terminals: TERMINALS, firstBatch, seed: SEED };
  const files = await writeBatches(world, directory, plan);
  const start = performance.now();
  const { times, rssPeak } = await clear(host, files, step('clear'));
  const seconds = (performance.now() - start) / 1000;

  const invariantsHold = ledgerConservation(host.store).isHeld;
  const rssPeakMb = Math.round(rssPeak / 1024 / 1024);
  const databaseBytes = statSync(join(directory, 'host', 'ledger.db')).size;
  await host.close();
  const raw = rawAppendRate(join(directory, 'raw-append.db'), records, perBatch);
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
    databaseBytes,
    rssPeakMb,
    invariantsHold,
  };
}
