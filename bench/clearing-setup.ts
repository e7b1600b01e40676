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
import { invariant } from '../src/errors/invariant.ts';
import type { SuiteName } from '../src/purse/suite.ts';
import { instant } from '../src/time/instant.ts';
import { ClearingHost } from '../host/host.ts';
import { openKeyStore, TEST_PASSPHRASE, type IssuerKeys } from '../host/keys/key-store.ts';
import { writeBatches, writeCarried, type BatchPlan } from './batch-files.ts';
import { ClearingWorld, terminalId, xorshift, type Skew } from './clearing-world.ts';
import { cleanMix, DirtyMix, type Feed, type Truth } from './dirty-mix.ts';
import { seedCards } from './seed-cards.ts';
import { sendInTurn } from './send-in-turn.ts';
import { zipf } from './zipf.ts';

/** What is to be cleared, and what is in the books before. */
export interface ClearingPlan {
  readonly records: number;
  /** Records cleared before the timed ones, so that the database has its real size. */
  readonly preload: number;
  readonly perBatch: number;
  readonly suite: SuiteName;
  readonly workers: number;
  /** Cards in the books; one for every four records when left out. */
  readonly cards?: number;
  /** Terminals that take turns, and the merchants that they belong to; a few when left out. */
  readonly terminals?: number;
  readonly merchants?: number;
  /** `clean` and `uniform` when left out. */
  readonly mix?: 'clean' | 'dirty';
  readonly skew?: Skew;
}

/** What the set-up leaves behind in its directory. */
export interface ClearingWork {
  readonly cards: number;
  /** The batches to clear, in the order in which they are sent. */
  readonly files: readonly string[];
  /** Records in them. */
  readonly records: number;
  /** What is wrong with them; null of the clean mix. */
  readonly truth: Truth | null;
}

const TERMINALS = 16;
const MERCHANTS = 4;
const SEED = new Uint8Array(32).fill(7);
const NOW = instant(1_770_000_000_000);
const MIX_SEED = 20260204;

function openKeys(directory: string): IssuerKeys {
  const next = xorshift(20260203);
  return openKeyStore({
    path: join(directory, 'keys.json'),
    passphrase: new Secret(new TextEncoder().encode(TEST_PASSPHRASE)),
    random: { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) },
  });
}

/** Where the host of the benchmark keeps its data, and its books. */
export const hostDirectory = (directory: string): string => join(directory, 'host');
export const ledgerFile = (directory: string): string =>
  join(hostDirectory(directory), 'ledger.db');

/** The name of the benchmark's merchant `index`. */
export const merchantName = (index: number): string => `M${index}`;

/** Opens the host of the benchmark. */
export function openBenchHost(
  directory: string,
  workers: number,
  keys: IssuerKeys = openKeys(directory),
): Promise<ClearingHost> {
  return ClearingHost.open({
    directory: hostDirectory(directory),
    keys,
    clock: { now: () => NOW },
    currency: 'INR',
    utcOffsetMinutes: 330,
    workers,
  });
}

/** Clears batch files, some at a time as terminals do; each is removed when `onDone` has its time in ms. */
export function clearFiles(
  host: ClearingHost,
  files: readonly string[],
  onDone: (milliseconds: number) => void,
): Promise<void> {
  const send = async (file: string): Promise<void> => {
    await host.takeBatch(createReadStream(file));
  };
  return sendInTurn(files, send, (file, milliseconds) => {
    onDone(milliseconds);
    rmSync(file);
  });
}

/** Terminals in turn, or the first ones far more often. */
function feedsInTurn(feeds: readonly Feed[], skew: Skew): () => Feed {
  let turn = 0;
  const next = skew === 'zipf' ? zipf(feeds.length, xorshift(MIX_SEED)) : () => turn++;
  return () => {
    const feed = feeds[next() % feeds.length];
    invariant(feed !== undefined, '"terminals" expected at least one');
    return feed;
  };
}

/** Sets everything up in `directory`; `onBatch` is called for every batch of the preload. */
export async function setUpClearing(
  directory: string,
  plan: ClearingPlan,
  onBatch: () => void,
): Promise<ClearingWork> {
  const { records, preload, perBatch, suite, workers } = plan;
  const { terminals = TERMINALS, merchants = MERCHANTS, skew = 'uniform' } = plan;
  const keys = openKeys(directory);
  const host = await openBenchHost(directory, workers, keys);
  const publicKey = ed25519PublicKey(SEED);
  host.store.transaction(() => {
    for (let index = 0; index < terminals; index++) {
      const merchant = merchantName(index % merchants);
      host.enrol({ terminalId: toHex(terminalId(index)), merchant, publicKey });
    }
  });
  const wanted = plan.cards ?? Math.ceil((preload + records) / 4);
  const cards = Math.max(1000, terminals, wanted);
  const world = new ClearingWorld({ cards, terminals, skew }, suite, keys.masters(1, suite).tac);
  seedCards(host, world, NOW);

  const feeds = Array.from({ length: terminals }, (_, terminal): Feed => ({
    terminal,
    batchNumber: 0,
    sequence: 0,
    carried: [],
  }));
  const nextFeed = feedsInTurn(feeds, skew);
  const batches = { directory, seed: SEED, perBatch, feeds, nextFeed };
  // Preloading goes in portions, so that its files never take much disk.
  const portion = perBatch * terminals;
  for (let left = preload; left > 0; left -= portion) {
    const { files } = await writeBatches(batches, Math.min(portion, left), cleanMix(world));
    await clearFiles(host, files, onBatch);
  }
  const work = await writeWork(batches, world, plan);
  await host.close();
  return { cards, ...work };
}

async function writeWork(
  batches: BatchPlan,
  world: ClearingWorld,
  { mix, records }: ClearingPlan,
): Promise<Omit<ClearingWork, 'cards'>> {
  if (mix !== 'dirty') {
    return { ...(await writeBatches(batches, records, cleanMix(world))), truth: null };
  }
  const dirty = new DirtyMix(world, xorshift(MIX_SEED));
  const most = await writeBatches(batches, records, dirty.fill);
  const rest = await writeCarried(batches, dirty.fill);
  return {
    files: [...most.files, ...rest.files],
    records: most.records + rest.records,
    truth: dirty.truth,
  };
}
