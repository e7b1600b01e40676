// SPDX-License-Identifier: MIT
/** A journal in memory, for benchmarks and for a simulated world. It forgets everything with its process. */
import { withDelta, type HotlistDelta } from '../../src/clearing/hotlist.ts';
import type { Hotlist } from '../../src/clearing/messages.ts';
import { RECORD_KIND, type RecordKind } from '../../src/clearing/record.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { add, amount, subtract, ZERO, type Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type {
  BatchCut,
  CardStanding,
  Erasure,
  HotlistState,
  Journal,
  JournalSummary,
  NumberedRecord,
  SequenceRange,
  StoredBatch,
} from './journal.ts';
import { runsOf } from './sequence-runs.ts';
import { isDebit, pendingTap, type NewTap, type Tap, type TapEvidence } from './tap.ts';

interface HeldRecord {
  readonly sequence: number;
  readonly kind: RecordKind;
  readonly tapId: number;
}

interface CardDay {
  readonly date: string;
  count: number;
  amount: Amount;
}

/** States of a tap that may be forgotten when the host holds its records. */
const SETTLED: ReadonlySet<Tap['state']> = new Set(['approved', 'declined', 'uncertain']);

export class MemoryJournal implements Journal {
  readonly #taps = new Map<number, Tap>();
  readonly #pendingOf = new Map<string, number>();
  readonly #suspicious = new Set<string>();
  /** Taps that were set aside and never went up. */
  readonly #setAside = new Set<number>();
  readonly #days = new Map<string, CardDay>();
  #newestDay = '';
  /** Records that no batch holds, in sequence. */
  #unsent: HeldRecord[] = [];
  readonly #batchRecords = new Map<number, HeldRecord[]>();
  readonly #batches = new Map<number, StoredBatch>();
  readonly #settings = new Map<string, string>();
  #hotlisted: ReadonlySet<string> = new Set();
  #hotlist: HotlistState = { version: 0, receivedAt: undefined, count: 0 };
  #nextTap = 1;
  #nextSequence = 1;
  #nextBatch = 1;

  begin(tap: NewTap): Tap {
    invariant(!this.#pendingOf.has(tap.serial), '"serial" expected a card without a pending tap');
    const id = this.#nextTap++;
    const held = pendingTap(id, tap);
    this.#taps.set(id, held);
    this.#pendingOf.set(tap.serial, id);
    if (isDebit(tap)) this.#count(tap);
    return held;
  }

  approve(id: number, evidence: TapEvidence): Tap {
    const before = this.#pending(id);
    const sequence = this.#nextSequence++;
    const kind = before.operation === 'load' ? RECORD_KIND.load : RECORD_KIND.purchase;
    this.#unsent.push({ sequence, kind, tapId: id });
    return this.#settle({
      ...before,
      state: 'approved',
      sequence,
      tac: evidence.tac.slice(),
      isRecovered: evidence.isRecovered,
      isMac2Verified: evidence.isMac2Verified,
    });
  }

  decline(id: number): Tap {
    const before = this.#pending(id);
    const day = this.#days.get(before.serial);
    if (isDebit(before) && day?.date === before.date) {
      day.count -= 1;
      day.amount = subtract(day.amount, before.amount);
    }
    return this.#settle({ ...before, state: 'declined' });
  }

  setAside(id: number, state: 'suspicious' | 'uncertain', tac?: Uint8Array): Tap {
    const before = this.#pending(id);
    if (state === 'suspicious') this.#suspicious.add(before.serial);
    if (before.uncertainSequence === undefined) this.#setAside.add(id);
    return this.#settle({ ...before, state, tac: tac?.slice() });
  }

  standing(serial: string, date: string): CardStanding {
    const pendingId = this.#pendingOf.get(serial);
    const day = this.#days.get(serial);
    const isToday = day?.date === date;
    return {
      pending: pendingId === undefined ? undefined : this.#taps.get(pendingId),
      isSuspicious: this.#suspicious.size > 0 && this.#suspicious.has(serial),
      isHotlisted: this.#hotlisted.size > 0 && this.#hotlisted.has(serial),
      dayCount: isToday ? day.count : 0,
      dayAmount: isToday ? day.amount : ZERO,
    };
  }

  taps(limit: number): readonly Tap[] {
    return [...this.#taps.values()].slice(-limit).reverse();
  }

  cutBatch(cut: BatchCut): StoredBatch | undefined {
    this.#numberUnreported();
    const records = this.#unsent.slice(0, cut.recordsMax);
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return undefined;
    this.#unsent = this.#unsent.slice(records.length);
    const number = this.#nextBatch++;
    const batch: StoredBatch = Object.freeze({
      number,
      recordCount: records.length,
      firstSequence: first.sequence,
      lastSequence: last.sequence,
      closedAt: cut.closedAt,
      hotlistVersion: cut.hotlistVersion,
      configVersion: cut.configVersion,
      digest: undefined,
      state: 'closed',
    });
    this.#batches.set(number, batch);
    this.#batchRecords.set(number, records);
    return batch;
  }

  sealBatch(number: number, digest: string): void {
    this.#batches.set(number, Object.freeze({ ...this.#closedBatch(number), digest }));
  }

  batch(number: number): StoredBatch | undefined {
    return this.#batches.get(number);
  }

  batches(): readonly StoredBatch[] {
    return [...this.#batches.values()];
  }

  *records(batchNumber: number): Generator<NumberedRecord, void> {
    for (const { sequence, kind, tapId } of this.#batchRecords.get(batchNumber) ?? []) {
      yield { sequence, kind, tap: this.#tap(tapId) };
    }
  }

  settleBatch(number: number, held: readonly SequenceRange[]): Erasure {
    const batch = this.#closedBatch(number);
    const records = this.#batchRecords.get(number) ?? [];
    const isHeld = ({ sequence }: HeldRecord): boolean =>
      held.some(({ from, to }) => sequence >= from && sequence <= to);
    const returned = records.filter((record) => !isHeld(record));
    this.#batches.set(number, Object.freeze({ ...batch, state: 'acked' }));
    this.#batchRecords.delete(number);
    this.#unsent = [...this.#unsent, ...returned].sort((a, b) => a.sequence - b.sequence);
    this.#forget(records.filter(isHeld));
    return { erased: records.length - returned.length, returned: returned.length };
  }

  recordsIn({ from, to }: SequenceRange): readonly SequenceRange[] {
    const held = [this.#unsent, ...this.#batchRecords.values()].flat();
    return runsOf(held.map(({ sequence }) => sequence).filter((one) => one >= from && one <= to));
  }

  hotlist(): HotlistState {
    return this.#hotlist;
  }

  hotlistSerials(): readonly string[] {
    return [...this.#hotlisted].sort();
  }

  changeHotlist(delta: HotlistDelta, receivedAt: Instant): void {
    this.#hotlisted = new Set(withDelta([...this.#hotlisted], delta));
    this.#hotlist = { version: delta.version, receivedAt, count: this.#hotlisted.size };
  }

  replaceHotlist(list: Hotlist, receivedAt: Instant): void {
    this.#hotlisted = new Set(list.serials);
    this.#hotlist = { version: list.version, receivedAt, count: this.#hotlisted.size };
  }

  setting(name: string): string | undefined {
    return this.#settings.get(name);
  }

  storeSetting(name: string, value: string): void {
    this.#settings.set(name, value);
  }

  summary(): JournalSummary {
    const taps = { approved: 0, declined: 0, pending: 0, suspicious: 0, uncertain: 0 };
    for (const tap of this.#taps.values()) taps[tap.state]++;
    let oldest = this.#unsent[0]?.sequence ?? this.#nextSequence;
    for (const [first] of this.#batchRecords.values()) {
      oldest = Math.min(oldest, first?.sequence ?? oldest);
    }
    return {
      taps,
      unsentRecords: this.#unsent.length,
      nextSequence: this.#nextSequence,
      erasedUpTo: oldest - 1,
    };
  }

  close(): void {
    // There is nothing to close.
  }

  #tap(id: number): Tap {
    const tap = this.#taps.get(id);
    invariant(tap !== undefined, `"tap" expected one of the journal, got ${id}`);
    return tap;
  }

  #pending(id: number): Tap {
    const tap = this.#tap(id);
    invariant(tap.state === 'pending', `"tap ${id}" expected pending, got ${tap.state}`);
    return tap;
  }

  #closedBatch(number: number): StoredBatch {
    const batch = this.#batches.get(number);
    invariant(batch?.state === 'closed', `"batch" expected a closed one, got ${number}`);
    return batch;
  }

  #settle(tap: Tap): Tap {
    this.#taps.set(tap.id, tap);
    this.#pendingOf.delete(tap.serial);
    return tap;
  }

  /** Taps of unknown outcome that never went up get a record, in the order in which they began. */
  #numberUnreported(): void {
    const ids = [...this.#pendingOf.values(), ...this.#setAside].sort((a, b) => a - b);
    for (const id of ids) {
      const tap = this.#tap(id);
      if (tap.uncertainSequence !== undefined) continue;
      const sequence = this.#nextSequence++;
      this.#taps.set(id, { ...tap, uncertainSequence: sequence });
      this.#unsent.push({ sequence, kind: RECORD_KIND.uncertain, tapId: id });
    }
    this.#setAside.clear();
  }

  #count(tap: NewTap): void {
    // Counts of days that are over are asked for no more: a gate sees thousands of cards.
    if (tap.date > this.#newestDay) {
      this.#days.clear();
      this.#newestDay = tap.date;
    }
    const day = this.#days.get(tap.serial);
    if (day?.date === tap.date) {
      day.count += 1;
      day.amount = add(day.amount, tap.amount);
    } else {
      this.#days.set(tap.serial, { date: tap.date, count: 1, amount: amount(tap.amount) });
    }
  }

  /** Drops taps that are settled and that no record needs any more, and declined ones before them. */
  #forget(erased: readonly HeldRecord[]): void {
    const needed = new Set(this.#unsent.map((record) => record.tapId));
    for (const records of this.#batchRecords.values()) {
      for (const { tapId } of records) needed.add(tapId);
    }
    let newest = 0;
    for (const { tapId } of erased) {
      newest = Math.max(newest, tapId);
      const state = this.#taps.get(tapId)?.state ?? 'declined';
      if (SETTLED.has(state) && !needed.has(tapId)) this.#taps.delete(tapId);
    }
    for (const [id, { state }] of this.#taps) {
      if (id > newest) break;
      if (state === 'declined' && !needed.has(id)) this.#taps.delete(id);
    }
  }
}
