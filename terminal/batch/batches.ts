// SPDX-License-Identifier: MIT
/**
 * Batches of one terminal: cut, sign, hand over, and erase what the host has acknowledged.
 *
 * A batch is fixed when it is cut and kept as a list of sequences, so it can be written again to the same
 * bytes as often as an upload needs. Nothing is erased but by an acknowledgement with the host's signature
 * that names this terminal, this batch and its digest.
 */
import { concat } from '../../src/bytes/concat.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { openAck } from '../../src/clearing/ack.ts';
import { BATCH_TRAILER, UTC_OFFSET_BIAS } from '../../src/clearing/batch-layout.ts';
import { writeBatch } from '../../src/clearing/batch-writer.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { BatchAck, BatchLink } from '../../src/clearing/messages.ts';
import { MAY_ERASE } from '../../src/clearing/rules.table.ts';
import type { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Erasure, Journal, StoredBatch } from '../journal/journal.ts';
import { writeFileAtomically } from './batch-file.ts';
import { encodeTap } from './tap-record.ts';

export interface BatchIdentity {
  readonly terminalId: Uint8Array;
  readonly samSerial: Uint8Array;
  readonly currencyNumber: number;
  readonly utcOffsetMinutes: number;
  readonly configVersion: number;
  readonly signingSeed: Secret;
  readonly hostPublicKey: Uint8Array;
}

/** A batch with its digest. */
export interface SealedBatch extends StoredBatch {
  readonly digest: string;
}

/** What the host said to a batch, and what the journal did about it. */
export interface AckOutcome {
  /** `repeated`: the journal had done it before, nothing changed. */
  readonly kind: 'applied' | 'repeated';
  readonly ack: BatchAck;
  readonly erasure: Erasure;
}

export interface UploadOptions {
  /** Tries in all; a host that refuses is not asked again. */
  readonly triesMax?: number;
  /** Waits before another try. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** A batch that was just cut goes up at once, nearly always: up to so many records its bytes are kept for that. */
const KEPT_RECORDS_MAX = 1000;

const FIRST_PAUSE_MS = 500;
const PAUSE_GROWTH = 2;

export class Batches {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #identity: BatchIdentity;
  /** The batch that was cut last, until it is acknowledged. */
  #kept: { readonly number: number; readonly bytes: Uint8Array } | undefined;

  constructor(journal: Journal, clock: Clock, identity: BatchIdentity) {
    this.#journal = journal;
    this.#clock = clock;
    this.#identity = identity;
  }

  /** Cuts the next batch of at most `LIMITS.batchRecords`; undefined when there is nothing to send. */
  close(): SealedBatch | undefined {
    const cut = this.#journal.cutBatch({
      closedAt: this.#clock.now(),
      hotlistVersion: this.#journal.hotlist().version,
      configVersion: this.#identity.configVersion,
      recordsMax: LIMITS.batchRecords.max,
    });
    return cut === undefined ? undefined : this.#seal(cut);
  }

  /** @throws USAGE on a batch that is not there, or that was acknowledged: its records are erased. */
  open(number: number): SealedBatch {
    const batch = this.#journal.batch(number);
    if (batch?.state !== 'closed') {
      const got = batch === undefined ? 'none' : 'an acknowledged one';
      throw new Fault('USAGE', `"batch ${number}" expected a batch to send, got ${got}`);
    }
    return this.#seal(batch);
  }

  /** The bytes of a batch, piece by piece: always the same ones. */
  *pieces(batch: StoredBatch): Generator<Uint8Array, void> {
    const { terminalId, samSerial, currencyNumber, utcOffsetMinutes } = this.#identity;
    const header = {
      terminalId,
      samSerial,
      batchNumber: batch.number,
      hotlistVersion: batch.hotlistVersion,
      configVersion: batch.configVersion,
      closedAtMs: batch.closedAt,
      utcOffsetBiased: utcOffsetMinutes + UTC_OFFSET_BIAS,
      currencyNumber,
      recordCount: batch.recordCount,
    };
    const seed = this.#identity.signingSeed.reveal();
    yield* writeBatch(header, this.#encodedRecords(batch.number), seed);
  }

  /** Writes a batch to a file that a USB stick can carry. Returns its size in bytes. */
  writeFile(number: number, path: string): number {
    return writeFileAtomically(path, this.pieces(this.open(number)));
  }

  /**
   * Sends a batch and does what the host's acknowledgement says. A host that does not answer is tried
   * again; a batch that arrives twice is harmless, its host says `duplicate`.
   * @throws HOST_UNREACHABLE after the last try; HOST_REFUSED.
   */
  async upload(number: number, link: BatchLink, options: UploadOptions = {}): Promise<AckOutcome> {
    const { triesMax = LIMITS.uploadTries.max, pause = sleep } = options;
    const bytes = this.#bytesOf(this.open(number));
    for (let attempt = 1; ; attempt++) {
      try {
        return this.applyAck(await link.uploadBatch(bytes));
      } catch (error) {
        const isWorthATry = error instanceof Fault && error.row.transient && attempt < triesMax;
        if (!isWorthATry) throw error;
        await pause(FIRST_PAUSE_MS * PAUSE_GROWTH ** (attempt - 1));
      }
    }
  }

  /**
   * Erases what the host holds. Applying it twice changes nothing.
   * @throws HOST_REFUSED when the acknowledgement is not the host's, or not for a batch of this terminal.
   */
  applyAck(signed: unknown): AckOutcome {
    const ack = openAck(signed, this.#identity.hostPublicKey);
    const batch = this.#journal.batch(ack.batchNumber);
    const isOurs = ack.terminalId === toHex(this.#identity.terminalId);
    if (!isOurs || batch === undefined || batch.digest !== ack.digest) {
      const got = `batch ${ack.batchNumber} of terminal ${ack.terminalId}`;
      throw new Fault('HOST_REFUSED', `"acknowledgement" expected a batch of ours, got ${got}`);
    }
    if (this.#kept?.number === batch.number) this.#kept = undefined;
    if (batch.state === 'acked') {
      return { kind: 'repeated', ack, erasure: { erased: 0, returned: 0 } };
    }
    // The host wants a batch again whose totals were wrong: all of it goes into the next one.
    const held =
      ack.isOutOfBalance === true ? [] : ack.records.filter(({ verdict }) => MAY_ERASE[verdict]);
    return { kind: 'applied', ack, erasure: this.#journal.settleBatch(batch.number, held) };
  }

  *#encodedRecords(number: number): Generator<Uint8Array, void> {
    for (const record of this.#journal.records(number)) {
      yield encodeTap(this.#identity.terminalId, record);
    }
  }

  /** A terminal that stopped between cut and seal finds its batch without a digest. */
  #seal(batch: StoredBatch): SealedBatch {
    if (batch.digest !== undefined) return { ...batch, digest: batch.digest };
    const digest = toHex(BATCH_TRAILER.decode(this.#trailerOf(batch)).digest);
    this.#journal.sealBatch(batch.number, digest);
    return { ...batch, digest };
  }

  #bytesOf(batch: StoredBatch): Uint8Array {
    return this.#kept?.number === batch.number ? this.#kept.bytes : concat(...this.pieces(batch));
  }

  /** The piece behind the header and the records. Of a batch that is too long to be kept it is not signed here. */
  #trailerOf(batch: StoredBatch): Uint8Array {
    if (batch.recordCount <= KEPT_RECORDS_MAX) {
      const pieces = [...this.pieces(batch)];
      const trailer = pieces.at(-2);
      invariant(trailer !== undefined, 'a batch ends with its trailer and its signature');
      this.#kept = { number: batch.number, bytes: concat(...pieces) };
      return trailer;
    }
    let before = 1 + batch.recordCount;
    for (const piece of this.pieces(batch)) if (before-- === 0) return piece;
    throw new Fault('JOURNAL_CORRUPT', `"batch ${batch.number}" expected a trailer`);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
