// SPDX-License-Identifier: MIT
/** The raw batches of a host as the auditor reads them: whole, by their names. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BATCH_HEADER } from '../../src/clearing/batch-layout.ts';
import { BatchReader, type ReadBatch } from '../../src/clearing/batch-reader.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { RECORD_SIZE } from '../../src/clearing/record.ts';

export interface RawFile {
  readonly path: string;
  readonly terminal: string;
  /** SHA-256 of header and records by the file's name, in hexadecimal. */
  readonly digest: string;
}

/** The files of accepted batches: `TERMINAL-NUMBER-DIGEST.opb`. */
export function* rawBatchFiles(directory: string): Generator<RawFile, void> {
  for (const name of readdirSync(join(directory, 'raw'))) {
    const [, terminal, digest] = /^([0-9A-F]{12})-\d+-([0-9A-F]{64})\.opb$/.exec(name) ?? [];
    if (terminal === undefined || digest === undefined) continue;
    yield { path: join(directory, 'raw', name), terminal, digest };
  }
}

export interface RawContent {
  readonly records: Uint8Array;
  /** Undefined where the file is missing or damaged. */
  readonly read: ReadBatch | undefined;
  readonly problem: string;
}

/** Reads a batch and checks that it agrees with itself. */
export function readRaw(path: string): RawContent {
  try {
    const { size } = statSync(path);
    if (size > LIMITS.batchBytes.max) throw new Error(`${size} bytes are too many for a batch`);
    const bytes = new Uint8Array(readFileSync(path));
    const reader = new BatchReader();
    reader.push(bytes);
    const read = reader.end();
    const end = BATCH_HEADER.size + read.header.recordCount * RECORD_SIZE;
    return { records: bytes.subarray(BATCH_HEADER.size, end), read, problem: '' };
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it cannot be read';
    return { records: new Uint8Array(0), read: undefined, problem };
  }
}
