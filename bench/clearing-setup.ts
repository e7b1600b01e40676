// SPDX-License-Identifier: MIT
/**
 * Everything of the clearing benchmark that is not timed: keys, terminals, cards with a proven load, the
 * preloaded records, and the batches that are cleared against the clock. It runs as a process of its own
 * (clearing-setup-process.ts), so that the memory which is measured is the host's.
 */
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../src/bytes/hex.ts';
import { ed25519PublicKey } from '../src/crypto/ed25519.ts';
import { Secret } from '../src/crypto/secret.ts';
import type { SuiteName } from '../src/purse/suite.ts';
import { instant } from '../src/time/instant.ts';
import { ClearingHost } from '../host/host.ts';
import { openKeyStore, TEST_PASSPHRASE, type IssuerKeys } from '../host/keys/key-store.ts';
import { ClearingWorld, terminalId, writeBatches, xorshift } from './clearing-world.ts';
import { seedCards } from './seed-cards.ts';

/** What is to be cleared, and what is in the books before. */
export interface ClearingPlan {
  readonly records: number;
  /** Records cleared before the timed ones, so that the database has its real size. */
  readonly preload: number;
  readonly perBatch: number;
  readonly suite: SuiteName;
  readonly workers: number;
  /** Terminals that take turns, and the merchants that they belong to; a few when left out. */
  readonly terminals?: number;
  readonly merchants?: number;
}

/** What the set-up leaves behind in its directory. */
export interface ClearingWork {
  readonly cards: number;
  /** The batches to clear, in the order of their terminals' numbers. */
  readonly files: readonly string[];
}

const TERMINALS = 16;
const MERCHANTS = 4;
const SEED = new Uint8Array(32).fill(7);
const NOW = instant(1_770_000_000_000);
const IN_FLIGHT = 8;

function openKeys(directory: string): IssuerKeys {
  const next = xorshift(20260203);
  return openKeyStore({
    path: join(directory, 'keys.json'),
    passphrase: new Secret(new TextEncoder().encode(TEST_PASSPHRASE)),
    random: { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) },
  });
}

/** Where the host of the benchmark keeps its books. */
export const ledgerFile = (directory: string): string => join(directory, 'host', 'ledger.db');

/** The name of the benchmark's merchant `index`. */
export const merchantName = (index: number): string => `M${index}`;

/** Opens the host of the benchmark. */
export function openBenchHost(
  directory: string,
  workers: number,
  keys: IssuerKeys = openKeys(directory),
): Promise<ClearingHost> {
  return ClearingHost.open({
    directory: join(directory, 'host'),
    keys,
    clock: { now: () => NOW },
    currency: 'INR',
    utcOffsetMinutes: 330,
    workers,
  });
}

/** Clears batch files, some at a time as terminals do; each is removed when `onDone` has its time in ms. */
export async function clearFiles(
  host: ClearingHost,
  files: readonly string[],
  onDone: (milliseconds: number) => void,
): Promise<void> {
  let next = 0;
  const upload = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const start = performance.now();
      await host.takeBatch(createReadStream(file));
      onDone(performance.now() - start);
      rmSync(file);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, upload));
}

/** Sets everything up in `directory`; `onBatch` is called for every batch of the preload. */
export async function setUpClearing(
  directory: string,
  plan: ClearingPlan,
  onBatch: () => void,
): Promise<ClearingWork> {
  const { records, preload, perBatch, suite, workers } = plan;
  const { terminals = TERMINALS, merchants = MERCHANTS } = plan;
  const keys = openKeys(directory);
  const host = await openBenchHost(directory, workers, keys);
  const publicKey = ed25519PublicKey(SEED);
  host.store.transaction(() => {
    for (let index = 0; index < terminals; index++) {
      const merchant = merchantName(index % merchants);
      host.enrol({ terminalId: toHex(terminalId(index)), merchant, publicKey });
    }
  });
  const cards = Math.max(1000, Math.ceil((preload + records) / 4));
  const world = new ClearingWorld(cards, suite, keys.masters(1, suite).tac);
  seedCards(host, world, NOW);

  let firstBatch = 0;
  const write = (count: number): Promise<readonly string[]> => {
    const batches = { records: count, perBatch, terminals, firstBatch, seed: SEED };
    firstBatch += Math.ceil(count / perBatch);
    return writeBatches(world, directory, batches);
  };
  // Preloading goes in portions, so that its files never take much disk.
  const portion = perBatch * terminals;
  for (let left = preload; left > 0; left -= portion) {
    await clearFiles(host, await write(Math.min(portion, left)), onBatch);
  }
  const files = await write(records);
  await host.close();
  return { cards, files };
}
