// SPDX-License-Identifier: MIT
/**
 * Accepted batches, verbatim, on disk: the bytes are durable before anything is posted or acknowledged.
 * A batch is first written under a temporary name while it is checked, and gets its name only when whole.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
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
import { RecordCheck } from './check-records.ts';

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

/** A batch that was coming in when its process died. Another process may be receiving one right now. */
function isAbandoned(name: string): boolean {
  const owner = /^incoming-(\d+)-/.exec(name)?.[1];
  if (owner === undefined) return false;
  const id = Number(owner);
  if (id === process.pid) return true;
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
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
      if (isAbandoned(name)) rmSync(join(directory, name));
    }
  }

  /**
   * Writes and checks a batch as it streams in; `accept` throws when the batch is not its terminal's.
   * A batch that is there already stays as it was first received.
   * @throws DECODE_FAILED, LIMIT_EXCEEDED and what `accept` throws; then nothing is kept.
   */
  async receive(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    accept: (batch: ReadBatch) => void,
  ): Promise<RawBatch> {
    const temporary = join(this.directory, `incoming-${process.pid}-${this.#nextTemporary++}`);
    const handle = openSync(temporary, 'wx');
    try {
      const batch = await this.#write(handle, chunks);
      accept(batch);
      const { header, trailer } = batch;
      const name = `${toHex(header.terminalId)}-${header.batchNumber}-${toHex(trailer.digest)}.opb`;
      const file = join(this.directory, name);
      if (existsSync(file)) rmSync(temporary);
      else {
        if (this.#durability === 'fsync') fsyncSync(handle);
        renameSync(temporary, file);
      }
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
    const records = new RecordCheck();
    const reader = new BatchReader((run, firstIndex) => {
      records.check(run, firstIndex);
    });
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > LIMITS.batchBytes.max) {
        throw new Fault(
          'LIMIT_EXCEEDED',
          `"batch" expected at most ${LIMITS.batchBytes.max} bytes, got more`,
        );
      }
      for (let at = 0; at < chunk.length;) at += writeSync(handle, chunk, at);
      reader.push(chunk);
    }
    return reader.end();
  }

  /** Sets a file aside that cannot be taken: it was never acknowledged, but it may be evidence. */
  setAside(file: string): void {
    renameSync(file, `${file}.refused`);
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
