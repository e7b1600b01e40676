// SPDX-License-Identifier: MIT
/** The journal in one SQLite file: what a terminal that is switched off still knows. */
import type Database from 'better-sqlite3';
import type { HotlistDelta } from '../../src/clearing/hotlist.ts';
import type { Hotlist } from '../../src/clearing/messages.ts';
import { RECORD_KIND, type RecordKind } from '../../src/clearing/record.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { amount, ZERO } from '../../src/money/amount.ts';
import { instant, type Instant } from '../../src/time/instant.ts';
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
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import { batchOf, tapOf, tapValues } from './sqlite-rows.ts';
import { guarded, openJournalDatabase } from './sqlite-schema.ts';
import { isDebit, type NewTap, type Tap, type TapEvidence } from './tap.ts';

export class SqliteJournal implements Journal {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #sql: Statements;

  /** @throws STORE_UNUSABLE when it cannot be opened or is of another version; JOURNAL_CORRUPT. */
  constructor(path: string) {
    this.#path = path;
    this.#database = openJournalDatabase(path);
    this.#sql = guarded(path, () => prepareStatements(this.#database));
  }

  begin(tap: NewTap): Tap {
    const id = this.#write(() => {
      const isFree = this.#sql.pending.get(tap.serial) === undefined;
      invariant(isFree, '"serial" expected a card without a pending tap');
      const { lastInsertRowid } = this.#sql.insertTap.run(...tapValues(tap));
      if (isDebit(tap)) this.#sql.countDay.run(tap.serial, tap.date, tap.amount);
      return Number(lastInsertRowid);
    });
    return this.#tap(id);
  }

  approve(id: number, evidence: TapEvidence): Tap {
    this.#write(() => {
      const before = this.#pending(id);
      const sequence = this.#takeSequence();
      const kind = before.operation === 'load' ? RECORD_KIND.load : RECORD_KIND.purchase;
      this.#sql.approve.run({
        id,
        sequence,
        tac: evidence.tac,
        isRecovered: Number(evidence.isRecovered),
        isMac2Verified: Number(evidence.isMac2Verified),
      });
      this.#sql.insertRecord.run(sequence, kind, id);
    });
    return this.#tap(id);
  }

  decline(id: number): Tap {
    this.#write(() => {
      const before = this.#pending(id);
      this.#sql.setAside.run('declined', null, id);
      if (isDebit(before)) this.#sql.uncountDay.run(before.amount, before.serial, before.date);
    });
    return this.#tap(id);
  }

  setAside(id: number, state: 'suspicious' | 'uncertain', tac?: Uint8Array): Tap {
    this.#write(() => {
      this.#pending(id);
      this.#sql.setAside.run(state, tac ?? null, id);
    });
    return this.#tap(id);
  }

  standing(serial: string, date: string): CardStanding {
    return this.#read(() => {
      const pending = this.#sql.pending.get(serial);
      const day = this.#sql.day.get(serial, date);
      return {
        pending: pending === undefined ? undefined : tapOf(pending),
        isSuspicious: this.#sql.suspicious.get(serial) !== undefined,
        isHotlisted: this.#sql.hotlisted.get(serial) !== undefined,
        dayCount: day?.count ?? 0,
        dayAmount: day === undefined ? ZERO : amount(day.amount),
      };
    });
  }

  taps(limit: number): readonly Tap[] {
    return this.#read(() => this.#sql.newestTaps.all(limit).map(tapOf));
  }

  cutBatch(cut: BatchCut): StoredBatch | undefined {
    const number = this.#write(() => {
      for (const { id } of this.#sql.unreported.all()) {
        const sequence = this.#takeSequence();
        this.#sql.report.run(sequence, id);
        this.#sql.insertRecord.run(sequence, RECORD_KIND.uncertain, id);
      }
      const range = this.#sql.unsentRange.get(cut.recordsMax);
      if (range === undefined || range.count === 0) return undefined;
      const { lastInsertRowid } = this.#sql.insertBatch.run({
        count: range.count,
        first: range.first,
        last: range.last,
        closedAt: cut.closedAt,
        hotlistVersion: cut.hotlistVersion,
        configVersion: cut.configVersion,
      });
      this.#sql.assignBatch.run(lastInsertRowid, range.last);
      return Number(lastInsertRowid);
    });
    return number === undefined ? undefined : this.batch(number);
  }

  sealBatch(number: number, digest: string): void {
    this.#write(() => {
      this.#closedBatch(number);
      this.#sql.sealBatch.run(digest, number);
    });
  }

  batch(number: number): StoredBatch | undefined {
    const row = this.#read(() => this.#sql.batch.get(number));
    return row === undefined ? undefined : batchOf(row);
  }

  batches(): readonly StoredBatch[] {
    return this.#read(() => this.#sql.batches.all().map(batchOf));
  }

  /** Reads in pages: an open cursor would keep every other statement of this journal waiting. */
  *records(batchNumber: number): Generator<NumberedRecord, void> {
    let after = 0;
    for (;;) {
      const page = this.#read(() => this.#sql.recordPage.all(batchNumber, after, PAGE_SIZE));
      for (const row of page) {
        after = row.record_sequence;
        // The kinds are those that `insertRecord` was given.
        yield { sequence: after, kind: row.kind as RecordKind, tap: tapOf(row) };
      }
      if (page.length < PAGE_SIZE) return;
    }
  }

  settleBatch(number: number, held: readonly SequenceRange[]): Erasure {
    return this.#write(() => {
      this.#closedBatch(number);
      const newest = this.#sql.newestTapOfBatch.get(number)?.id ?? 0;
      let erased = 0;
      for (const { from, to } of held) {
        for (const row of this.#sql.heldRecords.all(number, from, to)) {
          this.#sql.deleteRecord.run(row.sequence);
          this.#sql.deleteSettledTap.run(row.tap_id);
          erased++;
        }
      }
      const returned = this.#sql.returnRecords.run(number).changes;
      this.#sql.deleteDeclined.run(newest);
      this.#sql.markAcked.run(number);
      return { erased, returned };
    });
  }

  recordsIn({ from, to }: SequenceRange): readonly SequenceRange[] {
    return runsOf(
      this.#read(() => this.#sql.sequencesIn.all(from, to)).map(({ sequence }) => sequence),
    );
  }

  hotlistSerials(): readonly string[] {
    return this.#read(() => this.#sql.hotlistSerials.all()).map(({ serial }) => serial);
  }

  changeHotlist(delta: HotlistDelta, receivedAt: Instant): void {
    this.#write(() => {
      for (const serial of delta.removed) this.#sql.deleteHotlisted.run(serial);
      for (const serial of delta.added) this.#sql.insertHotlisted.run(serial);
      const count = this.#sql.countHotlisted.get()?.count ?? 0;
      this.#sql.setHotlist.run(delta.version, count, receivedAt);
    });
  }

  hotlist(): HotlistState {
    return this.#read(() => {
      const state = this.#sql.state.get();
      const receivedAtMs = state?.hotlist_received_at_ms ?? undefined;
      return {
        version: state?.hotlist_version ?? 0,
        receivedAt: receivedAtMs === undefined ? undefined : instant(receivedAtMs),
        count: state?.hotlist_count ?? 0,
      };
    });
  }

  replaceHotlist(list: Hotlist, receivedAt: Instant): void {
    this.#write(() => {
      this.#sql.clearHotlist.run();
      for (const serial of list.serials) this.#sql.insertHotlisted.run(serial);
      this.#sql.setHotlist.run(list.version, list.serials.length, receivedAt);
    });
  }

  setting(name: string): string | undefined {
    return this.#read(() => this.#sql.setting.get(name)?.value);
  }

  storeSetting(name: string, value: string): void {
    this.#write(() => this.#sql.storeSetting.run(name, value));
  }

  summary(): JournalSummary {
    return this.#read(() => {
      const taps = { approved: 0, declined: 0, pending: 0, suspicious: 0, uncertain: 0 };
      for (const { state, count } of this.#sql.countTaps.all()) taps[state] = count;
      const nextSequence = this.#sql.state.get()?.next_sequence ?? 1;
      const oldest = this.#sql.oldestRecord.get()?.sequence ?? nextSequence;
      const unsentRecords = this.#sql.countUnsent.get()?.count ?? 0;
      return { taps, unsentRecords, nextSequence, erasedUpTo: oldest - 1 };
    });
  }

  close(): void {
    this.#database.close();
  }

  #write<T>(work: () => T): T {
    return guarded(this.#path, () => this.#database.transaction(work).immediate());
  }

  #read<T>(work: () => T): T {
    return guarded(this.#path, work);
  }

  #tap(id: number): Tap {
    const row = this.#read(() => this.#sql.tap.get(id));
    invariant(row !== undefined, `"tap" expected one of the journal, got ${id}`);
    return tapOf(row);
  }

  #pending(id: number): Tap {
    const tap = this.#tap(id);
    invariant(tap.state === 'pending', `"tap ${id}" expected pending, got ${tap.state}`);
    return tap;
  }

  #closedBatch(number: number): void {
    const state = this.#sql.batch.get(number)?.state;
    invariant(state === 'closed', `"batch" expected a closed one, got ${number}`);
  }

  #takeSequence(): number {
    const taken = this.#sql.takeSequence.get();
    invariant(taken !== undefined, '"terminal_state" expected its one row');
    return taken.sequence;
  }
}

const PAGE_SIZE = 500;
