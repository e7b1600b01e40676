// SPDX-License-Identifier: MIT
/**
 * Accepted batches, verbatim, on disk: the bytes are durable before anything is posted or acknowledged.
 * A batch is first written under a temporary name while it is checked, and gets its name only when whole.
 */
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../src/bytes/hex.ts';
import { BATCH_HEADER } from '../../src/clearing/batch-layout.ts';
import { BatchReader, type ReadBatch } from '../../src/clearing/batch-reader.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { RECORD_SIZE } from '../../src/clearing/record.ts';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';

import type { Durability } from '../store/sqlite-store.ts';

const READ_CHUNK = 1 << 20;

/** A batch on disk that is whole and agrees with itself; its signature is still to be checked. */
export interface RawBatch extends ReadBatch {
  readonly file: string;
}

function fsyncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The raw batches in one directory. */
export class RawBatches {
  readonly directory: string;
  readonly #durability: Durability;
  #nextTemporary = 0;

  constructor(directory: string, durability: Durability = 'fsync') {
    this.directory = directory;
    this.#durability = durability;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      if (name.startsWith('incoming-')) rmSync(join(directory, name));
    }
  }

  /**
   * Writes and checks a batch as it streams in.
   * @throws DECODE_FAILED, LIMIT_EXCEEDED; then nothing is kept.
   */
  async receive(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<RawBatch> {
    const temporary = join(this.directory, `incoming-${process.pid}-${this.#nextTemporary++}`);
    const handle = openSync(temporary, 'wx');
    try {
      const batch = await this.#write(handle, chunks);
      const { header, trailer } = batch;
      const name = `${toHex(header.terminalId)}-${header.batchNumber}-${toHex(trailer.digest)}.opb`;
      if (this.#durability === 'fsync') fsyncSync(handle);
      const file = join(this.directory, name);
      renameSync(temporary, file);
      if (this.#durability === 'fsync') fsyncDirectory(this.directory);
      return { ...batch, file };
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(handle);
    }
  }

  async #write(
    handle: number,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<ReadBatch> {
    const reader = new BatchReader();
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > LIMITS.batchBytes.max) {
        throw new Fault(
          'LIMIT_EXCEEDED',
          `"batch" expected at most ${LIMITS.batchBytes.max} bytes, got more`,
        );
      }
      writeSync(handle, chunk);
      reader.push(chunk);
    }
    return reader.end();
  }

  /** Removes a batch that is not its terminal's. */
  discard(batch: RawBatch): void {
    rmSync(batch.file, { force: true });
  }

  /** Reads the records of a batch that was checked already, `sliceRecords` at a time. */
  *slices(batch: RawBatch, sliceRecords: number): Generator<Uint8Array, void> {
    const handle = openSync(batch.file, 'r');
    try {
      let offset = BATCH_HEADER.size;
      const end = offset + batch.header.recordCount * RECORD_SIZE;
      while (offset < end) {
        const slice = new Uint8Array(Math.min(sliceRecords * RECORD_SIZE, end - offset));
        const size = readSync(handle, slice, 0, slice.length, offset);
        invariant(
          size === slice.length,
          `"${batch.file}" expected ${slice.length} bytes, got ${size}`,
        );
        offset += size;
        yield slice;
      }
    } finally {
      closeSync(handle);
    }
  }

  /** The bytes of a batch as they were received. */
  bytes(file: string): AsyncIterable<Uint8Array> {
    return createReadStream(file, { highWaterMark: READ_CHUNK });
  }

  /** The files of all accepted batches. */
  files(): readonly string[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith('.opb'))
      .sort()
      .map((name) => join(this.directory, name));
  }
}
