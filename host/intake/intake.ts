// SPDX-License-Identifier: MIT
/**
 * A batch from its first byte to its acknowledgement:
 *
 * 1. stream to disk, checking layout, checksums and digest;
 * 2. check the signature with the enrolled key: a batch that is not its terminal's leaves no trace; else
 *    fsync and give the file its name. Wrong totals of a batch that is not signed are damage, those of a
 *    signed one are what its terminal says: the records are taken and the batch is marked;
 * 3. the very same batch again: the first acknowledgement is repeated, nothing changes;
 * 4. verify the TACs in workers, slice by slice, the next slice while this one is posted;
 * 5. all of a slice in one transaction, with other slices that are ready (group-commit.ts): chain,
 *    findings, postings; the last slice also takes the terminal's sequences and the acknowledgement.
 *
 * After a crash between slices the batch is taken again: what was posted is a duplicate and has no effect.
 */
import { basename } from 'node:path';
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import type { ReadBatch } from '../../src/clearing/batch-reader.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import type { AckRange, BatchAck } from '../../src/clearing/messages.ts';
import { RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { amount } from '../../src/money/amount.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { BatchRow, HostStore, SequenceRange, TerminalRow } from '../store/store.ts';
import type { Instant } from '../../src/time/instant.ts';
import { merchantLookup, type MerchantOf } from '../chain/evidence.ts';
import type { Verifier } from '../verify/verifier.ts';
import { addSkew, datedUntil, watchBatch, type DatedUntil, type Skew } from './batch-alerts.ts';
import { GroupCommit } from './group-commit.ts';
import { receiptLimits } from './receipt.ts';
import type { RawBatch, RawBatches } from './raw-batches.ts';
import { addToRuns, seeSequences } from './sequence-ranges.ts';
import { SliceIntake } from './slice.ts';

/** Records of one transaction: large enough to make the fsync cheap, small enough to stay responsive. */
export const SLICE_RECORDS = 10_000;
/** A raw file's name ends with the digest in hexadecimal and `.opb`. */
const DIGEST_NAME_END = 64 + '.opb'.length;

export interface IntakeParts {
  readonly store: HostStore;
  readonly raw: RawBatches;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** ISO 4217 number of the ledger: a batch of another currency is refused. */
  readonly currencyNumber: number;
  /** Records of one transaction. */
  readonly sliceRecords: number;
}

interface Slice {
  readonly records: Uint8Array;
  readonly codes: Promise<Uint8Array>;
}

/** What the acknowledgement says, and the sequences that were seen, as slices are taken. */
interface Answers {
  readonly ranges: readonly AckRange[];
  readonly seen: readonly SequenceRange[];
  readonly skew: Skew | undefined;
}

const NO_ANSWERS: Answers = { ranges: [], seen: [], skew: undefined };

/** Takes in batches: the slices of one in their order, those of several as they are verified. */
export class BatchIntake {
  readonly #parts: IntakeParts;
  readonly #merchantOf: MerchantOf;
  readonly #commits: GroupCommit;
  /** Batches that are being posted, by digest. */
  readonly #taking = new Map<string, { readonly ack: Promise<unknown>; readonly since: Instant }>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#commits = new GroupCommit(parts.store);
    this.#merchantOf = merchantLookup(parts.store);
  }

  /**
   * Takes a batch and returns its acknowledgement.
   * @throws DECODE_FAILED, LIMIT_EXCEEDED, TERMINAL_NOT_FOUND, BATCH_REFUSED; then nothing has changed.
   */
  async take(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<BatchAck> {
    const { raw, store, clock } = this.#parts;
    const batch = await raw.receive(chunks, (received) => this.#checkOrigin(received));
    const digest = toHex(batch.trailer.digest);
    // The very same batch may be on its way in already: the first one has the answer.
    for (let first; (first = this.#taking.get(digest)) !== undefined;) {
      await first.ack.catch(() => undefined);
    }
    const known = store.batchByDigest(digest);
    if (known !== undefined) return repeatAck(known.ack);
    const taking = this.#post(batch, startNow(this.#slices(batch)));
    this.#taking.set(digest, { ack: taking, since: clock.now() });
    try {
      return await taking;
    } finally {
      this.#taking.delete(digest);
    }
  }

  /** Resolves when every batch that was received before has been taken or refused. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#taking.values()].map(({ ack }) => ack));
  }

  /** Batches that are on disk and not posted whole, and when the oldest of them came; null when none is. */
  inFlight(): { readonly count: number; readonly since: Instant | null } {
    // In the order in which they came.
    const [oldest] = this.#taking.values();
    return { count: this.#taking.size, since: oldest?.since ?? null };
  }

  #checkOrigin(batch: ReadBatch): void {
    const { header } = batch;
    const { store, currencyNumber } = this.#parts;
    const terminalId = toHex(header.terminalId);
    const terminal = store.terminal(terminalId);
    if (terminal === undefined) {
      throw new Fault(
        'TERMINAL_NOT_FOUND',
        `"batch.header.terminalId" expected an enrolled terminal, got ${terminalId}`,
      );
    }
    if (!batch.isSignedBy(terminal.publicKey)) {
      batch.checkTotals();
      throw new Fault(
        'BATCH_REFUSED',
        `"batch.signature" expected the signature of terminal ${terminalId}`,
      );
    }
    if (header.currencyNumber !== currencyNumber) {
      throw new Fault(
        'BATCH_REFUSED',
        `"batch.header.currencyNumber" expected ${currencyNumber}, the currency of this ledger, got ${header.currencyNumber}`,
      );
    }
  }

  async #post(batch: RawBatch, slices: AsyncIterable<Slice>): Promise<BatchAck> {
    const { recordCount } = batch.header;
    const until = datedUntil(batch, this.#parts.clock.now());
    let answers = NO_ANSWERS;
    let taken = 0;
    let ack: BatchAck | undefined;
    if (recordCount === 0) ack = await this.#commits.run(() => this.#close(batch, answers, until));
    for await (const { records, codes } of slices) {
      const slice = { records, codes: await codes };
      taken += slice.codes.length;
      const [end, before] = [taken, answers];
      const step = await this.#commits.run(() => {
        const rules = this.#takeSlice(end, batch, slice);
        const after = collect(records, { rules, until }, before);
        return { after, ack: end === recordCount ? this.#close(batch, after, until) : undefined };
      });
      answers = step.after;
      ack = step.ack;
    }
    invariant(ack !== undefined, 'a batch ends with its last slice');
    return ack;
  }

  /** Reads one slice ahead, so that its verification runs while the one before is posted. */
  async *#slices(batch: RawBatch): AsyncGenerator<Slice, void> {
    const { raw, verifier } = this.#parts;
    let ahead: Slice | undefined;
    for (const records of raw.slices(batch, this.#parts.sliceRecords)) {
      const codes = verifier.verify(records);
      codes.catch(() => undefined);
      if (ahead !== undefined) yield ahead;
      ahead = { records, codes };
    }
    if (ahead !== undefined) yield await Promise.resolve(ahead);
  }

  #takeSlice(
    end: number,
    { header, trailer }: RawBatch,
    { records, codes }: { readonly records: Uint8Array; readonly codes: Uint8Array },
  ): readonly RuleName[] {
    const { store, clock } = this.#parts;
    const terminal = this.#terminal(toHex(header.terminalId));
    const now = clock.now();
    const slice = new SliceIntake(store, {
      name: `${toHex(trailer.digest)}:${end}`,
      merchant: terminal.merchant,
      headCounter: terminal.headCounter,
      at: now,
      merchantOf: this.#merchantOf,
      receipt: receiptLimits(store, terminal.id, now),
    });
    slice.take(records, codes);
    slice.finish();
    store.updateTerminalHead(terminal.id, terminal.headSequence, slice.headCounter);
    return slice.rules;
  }

  #terminal(id: string): TerminalRow {
    const terminal = this.#parts.store.terminal(id);
    if (terminal === undefined)
      throw new Fault('TERMINAL_NOT_FOUND', `"terminal" expected an enrolled one, got ${id}`);
    return terminal;
  }

  /** The last step of a batch, in the transaction of its last slice. */
  #close(batch: RawBatch, answers: Answers, until: DatedUntil): BatchAck {
    const { store, clock } = this.#parts;
    const { header, trailer, counted, imbalance } = batch;
    const { ranges, seen, skew } = answers;
    const digest = toHex(trailer.digest);
    const { id: terminal, headSequence, headCounter } = this.#terminal(toHex(header.terminalId));
    const gaps = store.terminalGaps(terminal);
    const receivedAt = clock.now();
    const sequences = seeSequences({ head: headSequence, gaps }, seen, receivedAt);
    store.replaceTerminalGaps(terminal, sequences.gaps);
    store.updateTerminalHead(terminal, sequences.head, headCounter);
    const ack: BatchAck = {
      terminalId: terminal,
      batchNumber: header.batchNumber,
      digest,
      result: 'accepted',
      records: ranges,
      missing: sequences.gaps.slice(0, LIMITS.ackRanges.max).map(({ from, to }) => ({ from, to })),
      ...(imbalance.length > 0 ? { isOutOfBalance: true } : {}),
    };
    const row: BatchRow = {
      terminal,
      number: header.batchNumber,
      digest,
      firstSequence: counted.firstSequence,
      lastSequence: counted.lastSequence,
      recordCount: header.recordCount,
      receivedAt,
      rawFile: basename(batch.file),
      ack: JSON.stringify(ack),
      gross: amount(counted.purchaseSum),
    };
    watchBatch(store, { row, batch, ranges, skew, until });
    store.insertBatch(row);
    return ack;
  }

  /**
   * Takes batches again whose acknowledgement was never written: the process died in between. One that
   * cannot be taken is set aside, so that it does not keep the host from opening; its terminal still has
   * the records.
   */
  async resume(): Promise<number> {
    const { raw, store } = this.#parts;
    let resumed = 0;
    for (const file of raw.files()) {
      const digest = file.slice(-DIGEST_NAME_END, -'.opb'.length);
      if (store.batchByDigest(digest) !== undefined) continue;
      try {
        await this.take(raw.bytes(file));
        resumed++;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        raw.setAside(file);
      }
    }
    return resumed;
  }
}

function repeatAck(text: string): BatchAck {
  // The text was written by `#close`.
  return { ...(JSON.parse(text) as BatchAck), result: 'duplicate' };
}

/** Asks for the first item at once, so that its work goes on while the consumer waits its turn. */
function startNow<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  const first = source.next();
  // The consumer sees the rejection when it awaits; until then it is not unhandled.
  first.catch(() => undefined);
  const items = (async function* (): AsyncGenerator<T, void> {
    for (let item = await first; item.done !== true; item = await source.next()) yield item.value;
  })();
  const end = items.return.bind(items);
  // A consumer that never starts, or stops early, ends the source too: it holds a file open.
  items.return = async (value) => {
    await source.return();
    return end(value);
  };
  return items;
}

/** The answers of a batch with those of one more slice. */
function collect(
  records: Uint8Array,
  { rules, until }: { readonly rules: readonly RuleName[]; readonly until: DatedUntil },
  before: Answers,
): Answers {
  const ranges = [...before.ranges];
  const seen = before.seen.map((run) => ({ ...run }));
  let { skew } = before;
  for (const [index, rule] of rules.entries()) {
    const offset = index * RECORD_SIZE;
    const sequence = readUint(records, offset + RECORD_OFFSET.terminalSequence, 4);
    const last = ranges.at(-1);
    if (last?.rule === rule && last.to === sequence - 1) {
      const { from, verdict } = last;
      ranges[ranges.length - 1] = { from, to: sequence, verdict, rule };
    } else {
      ranges.push({ from: sequence, to: sequence, verdict: RULES[rule].verdict, rule });
    }
    addToRuns(seen, sequence);
    skew = addSkew(skew, { bytes: records, offset }, until);
  }
  return { ranges, seen, skew };
}
