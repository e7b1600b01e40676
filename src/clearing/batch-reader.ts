// SPDX-License-Identifier: MIT
/**
 * Reads a batch from pieces of any size in constant memory. Records are handed on as encoded bytes, in
 * runs of whole records; nothing of them may be believed until `end` has returned and the signature
 * has been verified with the enrolled key.
 */
import { concat } from '../bytes/concat.ts';
import { equalBytes } from '../bytes/compare.ts';
import { Sha256 } from '../crypto/sha256.ts';
import { ed25519Verify } from '../crypto/ed25519.ts';
import { DecodeError, Fault } from '../errors/fault.ts';
import {
  BATCH_HEADER,
  BATCH_TRAILER,
  SIGNATURE_DOMAIN,
  SIGNATURE_SIZE,
  type BatchHeader,
  type BatchTotals,
  type BatchTrailer,
} from './batch-layout.ts';
import { BatchAccumulator } from './batch-totals.ts';
import { LIMITS } from './limits.table.ts';
import { hasGoodChecksum, RECORD_OFFSET, RECORD_SIZE } from './record.ts';

/** A total of the trailer that is not that of the records. */
export interface Imbalance {
  readonly field: keyof CountedTotals;
  /** Of the records. */
  readonly expected: number;
  /** Of the trailer. */
  readonly found: number;
}

/** What the records of a batch come to. */
export type CountedTotals = BatchTotals & Pick<BatchTrailer, 'firstSequence' | 'lastSequence'>;

/** A batch that is whole: its digest is that of its bytes. */
export interface ReadBatch {
  readonly header: BatchHeader;
  readonly trailer: BatchTrailer;
  readonly counted: CountedTotals;
  /** Totals of the trailer that differ from `counted`: damage, or, when signed, a terminal that counts wrong. */
  readonly imbalance: readonly Imbalance[];
  /** Whether the signature is that of this public key. */
  isSignedBy(publicKey: Readonly<Uint8Array>): boolean;
  /** Asserts that the totals are those of the records. @throws DECODE_FAILED naming the first that is not. */
  checkTotals(): void;
}

/** Receives whole encoded records: `firstIndex` is the index of the first of them in the batch. */
export type RecordSink = (records: Uint8Array, firstIndex: number) => void;

const TAIL_SIZE = BATCH_TRAILER.size + SIGNATURE_SIZE;

/** An incremental reader of one batch. */
export class BatchReader {
  readonly #sink: RecordSink;
  readonly #digest = new Sha256();
  #pending: Uint8Array = new Uint8Array(0);
  #consumed = 0;
  #headerBytes: Uint8Array = new Uint8Array(0);
  #header: BatchHeader | undefined;
  #accumulator: BatchAccumulator | undefined;

  constructor(sink: RecordSink = () => undefined) {
    this.#sink = sink;
  }

  /** @throws DECODE_FAILED naming the damaged field; LIMIT_EXCEEDED on too many records. */
  push(chunk: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? chunk : concat(this.#pending, chunk);
    if (this.#header === undefined && this.#pending.length >= BATCH_HEADER.size) this.#readHeader();
    if (this.#header !== undefined) this.#readRecords(this.#header);
    if (this.#pending.length > Math.max(TAIL_SIZE, BATCH_HEADER.size) && this.#isComplete()) {
      throw new DecodeError(
        'batch',
        this.#consumed + TAIL_SIZE,
        'expected the end, got left-over bytes',
      );
    }
    // The caller may reuse its chunk.
    this.#pending = this.#pending.slice();
  }

  /** @throws DECODE_FAILED when the batch is cut short or its digest is not that of its bytes. */
  end(): ReadBatch {
    const header = this.#header;
    const accumulator = this.#accumulator;
    if (header === undefined || accumulator === undefined) {
      throw new DecodeError(
        'batch.header',
        this.#pending.length,
        `expected ${BATCH_HEADER.size} bytes, got ${this.#pending.length}`,
      );
    }
    if (!this.#isComplete()) {
      const { recordCount } = accumulator;
      throw new DecodeError(
        `batch.records[${recordCount}]`,
        this.#consumed,
        `expected ${header.recordCount} records, got ${recordCount}`,
      );
    }
    if (this.#pending.length !== TAIL_SIZE) {
      throw new DecodeError(
        'batch.trailer',
        this.#consumed,
        `expected ${TAIL_SIZE} bytes with the signature, got ${this.#pending.length}`,
      );
    }
    const trailerBytes = this.#pending.slice(0, BATCH_TRAILER.size);
    const signature = this.#pending.slice(BATCH_TRAILER.size);
    const trailer = BATCH_TRAILER.decode(trailerBytes);
    this.#compareDigest(trailer);
    const { firstSequence, lastSequence } = accumulator;
    const counted = { ...accumulator.totals(), firstSequence, lastSequence };
    const imbalance = imbalanceOf(trailer, counted);
    const trailerAt = this.#consumed;
    const signed = concat(SIGNATURE_DOMAIN, this.#headerBytes, trailerBytes);
    return {
      header,
      trailer,
      counted,
      imbalance,
      isSignedBy: (publicKey) => ed25519Verify(publicKey, signed, signature),
      checkTotals() {
        const [first] = imbalance;
        if (first === undefined) return;
        const { field, expected, found } = first;
        throw new DecodeError(
          `batch.trailer.${field}`,
          trailerAt + BATCH_TRAILER.offsetOf(field),
          `expected ${expected}, got ${found}`,
        );
      },
    };
  }

  #isComplete(): boolean {
    return (
      this.#header !== undefined && this.#accumulator?.recordCount === this.#header.recordCount
    );
  }

  #readHeader(): void {
    this.#headerBytes = this.#pending.slice(0, BATCH_HEADER.size);
    const header = BATCH_HEADER.decode(this.#headerBytes);
    if (header.recordCount > LIMITS.batchRecords.max) {
      throw new Fault(
        'LIMIT_EXCEEDED',
        `"batch.header.recordCount" expected at most ${LIMITS.batchRecords.max}, got ${header.recordCount}`,
      );
    }
    this.#header = header;
    this.#accumulator = new BatchAccumulator(header.terminalId);
    this.#digest.update(this.#headerBytes);
    this.#take(BATCH_HEADER.size);
  }

  #readRecords(header: BatchHeader): void {
    const accumulator = this.#accumulator;
    if (accumulator === undefined) return;
    const left = header.recordCount - accumulator.recordCount;
    const whole = Math.min(left, Math.floor(this.#pending.length / RECORD_SIZE));
    if (whole === 0) return;
    const firstIndex = accumulator.recordCount;
    const run = this.#pending.slice(0, whole * RECORD_SIZE);
    for (let index = 0; index < whole; index++) {
      const offset = index * RECORD_SIZE;
      if (!hasGoodChecksum(run, offset)) {
        throw new DecodeError(
          `batch.records[${firstIndex + index}].checksum`,
          this.#consumed + offset + RECORD_OFFSET.checksum,
          'expected the checksum of the record',
        );
      }
      accumulator.addRecord(run, offset);
    }
    this.#digest.update(run);
    this.#take(run.length);
    this.#sink(run, firstIndex);
  }

  #take(size: number): void {
    this.#pending = this.#pending.subarray(size);
    this.#consumed += size;
  }

  #compareDigest(trailer: BatchTrailer): void {
    if (equalBytes(trailer.digest, this.#digest.digest())) return;
    throw new DecodeError(
      'batch.trailer.digest',
      this.#consumed + BATCH_TRAILER.offsetOf('digest'),
      'expected the SHA-256 of header and records',
    );
  }
}

function imbalanceOf(trailer: BatchTrailer, counted: CountedTotals): readonly Imbalance[] {
  return Object.entries(counted).flatMap(([name, expected]) => {
    // The names are those of the trailer's own fields.
    const field = name as keyof CountedTotals;
    const found = trailer[field];
    return found === expected ? [] : [{ field, expected, found }];
  });
}
