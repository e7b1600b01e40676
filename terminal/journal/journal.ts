// SPDX-License-Identifier: MIT
/**
 * The terminal's memory of money. Every method that writes returns when the write is durable. It is
 * synchronous on purpose: nothing else of the terminal can happen between a check and its write.
 */
import type { HotlistDelta } from '../../src/clearing/hotlist.ts';
import type { Hotlist, SequenceRange } from '../../src/clearing/messages.ts';
import type { RecordKind } from '../../src/clearing/record.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { NewTap, Tap, TapEvidence } from './tap.ts';

/** What the journal knows of a card that is presented. */
export interface CardStanding {
  /** The tap of this card whose outcome is unknown and may still be found out: one at most. */
  readonly pending: Tap | undefined;
  /** A card whose MAC2 was wrong once. */
  readonly isSuspicious: boolean;
  readonly isHotlisted: boolean;
  /** Debits of more than zero on the given date, pending ones included. */
  readonly dayCount: number;
  readonly dayAmount: Amount;
}

/** A record that is numbered for clearing. */
export interface NumberedRecord {
  readonly sequence: number;
  readonly kind: RecordKind;
  readonly tap: Tap;
}

/** What is fixed when a batch is cut, so that it can be written again to the same bytes. */
export interface BatchCut {
  readonly closedAt: Instant;
  readonly hotlistVersion: number;
  readonly configVersion: number;
  readonly recordsMax: number;
}

export interface StoredBatch extends Omit<BatchCut, 'recordsMax'> {
  readonly number: number;
  readonly recordCount: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** SHA-256 of header and records, hexadecimal; undefined until the batch was first written. */
  readonly digest: string | undefined;
  readonly state: 'acked' | 'closed';
}

export type { SequenceRange } from '../../src/clearing/messages.ts';

/** What an acknowledgement did to the journal. */
export interface Erasure {
  /** Records that the host holds now; the journal has forgotten them. */
  readonly erased: number;
  /** Records of the batch that the host did not name: they go into the next one. */
  readonly returned: number;
}

export interface HotlistState {
  readonly version: number;
  /** When the host last said that this is the list; undefined when it never did. */
  readonly receivedAt: Instant | undefined;
  readonly count: number;
}

/** Taps by state, records that wait, and how far the journal was erased. */
export interface JournalSummary {
  readonly taps: Readonly<Record<Tap['state'], number>>;
  readonly unsentRecords: number;
  readonly nextSequence: number;
  /** Every terminal sequence up to this one was acknowledged and erased. */
  readonly erasedUpTo: number;
}

/** How a terminal keeps its taps, batches, hotlist and settings. Methods throw JOURNAL_CORRUPT or STORE_UNUSABLE. */
export interface Journal {
  /** Writes a pending tap. Its card has no other pending tap. */
  begin(tap: NewTap): Tap;
  /** A pending tap is proven: its record gets the next terminal sequence. */
  approve(id: number, evidence: TapEvidence): Tap;
  /** A pending tap is proven not to have happened. */
  decline(id: number): Tap;
  /** A pending tap that the terminal can find out no more about. */
  setAside(id: number, state: 'suspicious' | 'uncertain', tac?: Uint8Array): Tap;
  standing(serial: string, date: string): CardStanding;
  /** The newest taps first. */
  taps(limit: number): readonly Tap[];

  /**
   * Puts the unsent records, up to `recordsMax`, into a new batch; taps of unknown outcome that never
   * went up get a sequence and a record first. Undefined when there is nothing to send.
   */
  cutBatch(cut: BatchCut): StoredBatch | undefined;
  sealBatch(number: number, digest: string): void;
  batch(number: number): StoredBatch | undefined;
  /** In the order of their numbers. */
  batches(): readonly StoredBatch[];
  /** The records of a batch in terminal sequence, one at a time. */
  records(batchNumber: number): Iterable<NumberedRecord>;
  /** Erases what `held` names of a closed batch and puts the rest back. Taps of unknown outcome stay. */
  settleBatch(number: number, held: readonly SequenceRange[]): Erasure;
  /** The sequences in `range` of which the record is still here, as runs. */
  recordsIn(range: SequenceRange): readonly SequenceRange[];

  hotlist(): HotlistState;
  /** The serials on the list, ascending. */
  hotlistSerials(): readonly string[];
  /** The caller has checked the list. */
  replaceHotlist(list: Hotlist, receivedAt: Instant): void;
  /** The caller has checked what results. */
  changeHotlist(delta: HotlistDelta, receivedAt: Instant): void;
  setting(name: string): string | undefined;
  storeSetting(name: string, value: string): void;
  summary(): JournalSummary;
  close(): void;
}
