// SPDX-License-Identifier: MIT
/** Signed batches as files, as terminals write them. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { toHex } from '../src/bytes/hex.ts';
import { UTC_OFFSET_BIAS } from '../src/clearing/batch-layout.ts';
import { writeBatch } from '../src/clearing/batch-writer.ts';
import { terminalId } from './clearing-world.ts';
import type { Feed, Mix } from './dirty-mix.ts';

/** Files of batches and how many records are in them. */
export interface WrittenBatches {
  /** In the order in which they are sent. */
  readonly files: readonly string[];
  readonly records: number;
}

export interface BatchPlan {
  readonly directory: string;
  readonly seed: Uint8Array;
  readonly perBatch: number;
  readonly feeds: readonly Feed[];
  /** Which terminal closes the next batch. */
  readonly nextFeed: () => Feed;
}

/** The terminal of a batch file. */
export function terminalOf(file: string): string {
  return basename(file).split('-')[0] ?? '';
}

/** Writes batches with some `records` in all. */
export async function writeBatches(
  plan: BatchPlan,
  records: number,
  mix: Mix,
): Promise<WrittenBatches> {
  const files: string[] = [];
  let written = 0;
  while (written < records) {
    const count = Math.min(plan.perBatch, records - written);
    written += await writeNext(plan, plan.nextFeed(), (feed) => mix(feed, count), files);
  }
  return { files, records: written };
}

/** Writes what the terminals still carry. */
export async function writeCarried(plan: BatchPlan, mix: Mix): Promise<WrittenBatches> {
  const files: string[] = [];
  let written = 0;
  for (const feed of plan.feeds) {
    if (feed.carried.length > 0)
      written += await writeNext(plan, feed, (one) => mix(one, 0), files);
  }
  return { files, records: written };
}

async function writeNext(
  { directory, seed }: BatchPlan,
  feed: Feed,
  fill: (feed: Feed) => readonly Uint8Array[],
  files: string[],
): Promise<number> {
  feed.batchNumber++;
  const records = fill(feed);
  const terminal = terminalId(feed.terminal);
  const file = join(directory, `${toHex(terminal)}-${feed.batchNumber}.opb`);
  const header = {
    terminalId: terminal,
    samSerial: new Uint8Array(10),
    batchNumber: feed.batchNumber,
    hotlistVersion: 0,
    configVersion: 1,
    closedAtMs: 1_770_000_000_000,
    utcOffsetBiased: UTC_OFFSET_BIAS,
    currencyNumber: 356,
    recordCount: records.length,
  };
  const stream = createWriteStream(file);
  for (const chunk of writeBatch(header, records, seed)) stream.write(chunk);
  stream.end();
  await once(stream, 'finish');
  files.push(file);
  return records.length;
}
