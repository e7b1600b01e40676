// SPDX-License-Identifier: MIT
/**
 * I8: every record of a batch has one verdict, in count and value, and is kept as the verdict says; and
 * every record that is kept came in a batch. Each different record has a row in the auditor's `evidence`,
 * which is complete when it was seen in a batch and among the records of the host.
 */
import type { Database } from 'better-sqlite3';
import { toHex } from '../../../src/bytes/hex.ts';
import type { AckRange, BatchAck } from '../../../src/clearing/messages.ts';
import { RECORD_SIZE, terminalOfRecord } from '../../../src/clearing/record.ts';
import { MAY_ERASE, type Verdict } from '../../../src/clearing/rules.table.ts';
import { readRaw, rawBatchFiles } from '../raw-files.ts';
import type { FindingSink } from '../findings.ts';
import type { AuditCheck, AuditedBatch, AuditParts } from '../model.ts';
import { amountOf, evidenceKey, isPurchase, isWhole, sequenceOf } from '../record-fields.ts';
import { samConflicts } from './i07-uniqueness.ts';
import { terminalValues } from './i12-keys.ts';

/** Flags of a row of `evidence`. */
const SEEN = { inBatch: 1, inRecords: 2, acknowledgedAsPosted: 4 } as const;

export function batchCompleteness(parts: AuditParts): AuditCheck {
  const { memory, findings } = parts;
  const sink = findings.of('I8');
  const see = evidenceRows(memory);
  const noteConflict = samConflicts(parts);
  const values = terminalValues(parts);
  const insertUnread = memory.prepare('INSERT INTO unread_batches VALUES (?, ?, ?)');
  const show =
    (terminal: string) =>
    (bytes: Uint8Array, isPosted: boolean): void => {
      const flags = isPosted ? SEEN.inBatch | SEEN.acknowledgedAsPosted : SEEN.inBatch;
      const amount = amountOf(bytes);
      const before = see(evidenceKey(bytes), { flags, amount, record: null });
      const isFirst = isPosted && (before & SEEN.acknowledgedAsPosted) === 0;
      if (isFirst && isPurchase(bytes)) values.claimed(terminal, amount);
    };
  return {
    sink,
    record({ id, bytes }) {
      if (!isWhole(bytes)) {
        const problem = { expected: `${RECORD_SIZE} bytes`, found: `${bytes.length}`, amount: 0 };
        sink.history({ subject: `record ${id}`, ...problem });
        return;
      }
      const key = evidenceKey(bytes);
      const before = see(key, { flags: SEEN.inRecords, amount: amountOf(bytes), record: id });
      if ((before & SEEN.inRecords) !== 0) return;
      values.attested(bytes);
      if (isPurchase(bytes) && amountOf(bytes) > 0) noteConflict(key);
    },
    batch(batch) {
      sink.checked++;
      const { terminal, firstSequence, lastSequence } = batch.row;
      if (batch.read === undefined) insertUnread.run(terminal, firstSequence, lastSequence);
      else checkBatch(sink, batch, show(terminal));
    },
    keep: values.keep,
    finish() {
      checkOpen(parts, sink);
    },
  };
}

type Seen = Omit<OpenRow, 'key'>;

/** Adds flags to the row of a key and gives those that it had. */
function evidenceRows(memory: Database): (key: Uint8Array, seen: Seen) => number {
  const select = memory
    .prepare<[Uint8Array], number>('SELECT flags FROM evidence WHERE key = ?')
    .pluck();
  const insert = memory.prepare('INSERT INTO evidence VALUES (?, ?, ?, ?)');
  const update = memory.prepare(
    'UPDATE evidence SET flags = ?, record = COALESCE(record, ?) WHERE key = ?',
  );
  return (key, { flags, amount, record }) => {
    const before = select.get(key);
    if (before === undefined) insert.run(key, flags, amount, record);
    else if ((before | flags) !== before) update.run(before | flags, record, key);
    return before ?? 0;
  };
}

/** Shows each record of a batch with whether it was acknowledged as posted. */
function checkBatch(
  sink: FindingSink,
  { row, records }: AuditedBatch,
  show: (bytes: Uint8Array, isPosted: boolean) => void,
): void {
  const ranges = ackRanges(row.ack);
  const verdictOf = verdicts(ranges);
  const answered = { count: 0, value: 0 };
  const received = { count: records.length / RECORD_SIZE, value: 0 };
  for (let offset = 0; offset < records.length; offset += RECORD_SIZE) {
    const bytes = records.subarray(offset, offset + RECORD_SIZE);
    const amount = amountOf(bytes);
    const verdict = verdictOf(sequenceOf(bytes));
    received.value += amount;
    answered.count += verdict === undefined ? 0 : 1;
    answered.value += verdict === undefined ? 0 : amount;
    show(bytes, verdict === 'post' || verdict === 'postAlert');
  }
  const named = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const isSame = [answered.count, named, row.recordCount].every(
    (count) => count === received.count,
  );
  if (isSame) return;
  sink.history({
    subject: `batch ${row.terminal} number ${row.number}`,
    expected: `verdicts for ${received.count} records of ${received.value}`,
    found: `verdicts for ${answered.count} of ${answered.value}, ${named} named, ${row.recordCount} in its row`,
    amount: answered.value - received.value,
  });
}

/** The verdict of a sequence; to be asked in ascending order. */
function verdicts(ranges: readonly AckRange[]): (sequence: number) => Verdict | undefined {
  let next = 0;
  return (sequence) => {
    while (next < ranges.length && (ranges[next]?.to ?? 0) < sequence) next++;
    const range = ranges[next];
    return range !== undefined && range.from <= sequence ? range.verdict : undefined;
  };
}

/** The ranges of an acknowledgement, ascending; none of one that is no acknowledgement. */
function ackRanges(text: string): readonly AckRange[] {
  try {
    // Checked below as far as it is used.
    const { records } = JSON.parse(text) as Partial<BatchAck>;
    const isRange = ({ from, to, verdict }: AckRange): boolean =>
      Number.isInteger(from) && Number.isInteger(to) && Object.hasOwn(MAY_ERASE, verdict);
    return Array.isArray(records) && records.every(isRange) ? (records as AckRange[]) : [];
  } catch {
    return [];
  }
}

interface OpenRow {
  readonly key: Uint8Array;
  readonly flags: number;
  readonly amount: number;
  readonly record: number | null;
}

/** What was seen in a batch alone must be held; what is kept must have come in a batch. */
function checkOpen(parts: AuditParts, sink: FindingSink): void {
  const { ledger, memory } = parts;
  const held = heldKeys(ledger);
  const coming = batchesComing(parts);
  const rows = memory.prepare<[], OpenRow>('SELECT * FROM evidence WHERE flags & 3 <> 3');
  for (const { key, flags, amount, record } of rows.iterate()) {
    sink.checked++;
    const name = toHex(key);
    if (record !== null) {
      if (coming.has(name) || isOfUnreadBatch(parts, record)) continue;
      const values = { expected: 'a batch that it came in', found: 'none' };
      sink.state({ subject: `record ${record}`, ...values, amount });
      continue;
    }
    const isHeld = held.has(name);
    if (isHeld && (flags & SEEN.acknowledgedAsPosted) === 0) continue;
    sink.state({
      subject: `terminal ${name.slice(0, 12)} number ${Number.parseInt(name.slice(12, 20), 16)}`,
      expected: `the record of ${amount} that came in a batch`,
      found: isHeld ? 'held, though acknowledged as posted' : 'nothing',
      amount: 0 - amount,
    });
  }
}

/** Keys of what may not enter a chain: in quarantine, or a tap without a known outcome. */
function heldKeys(ledger: Database): ReadonlySet<string> {
  const keys = new Set<string>();
  const rows = ledger.prepare<[], { bytes: Uint8Array }>(
    'SELECT bytes FROM quarantine UNION ALL SELECT bytes FROM uncertain',
  );
  for (const { bytes } of rows.iterate()) {
    if (isWhole(bytes)) keys.add(toHex(evidenceKey(bytes)));
  }
  return keys;
}

/** Keys of batches that are being taken: on disk, and not acknowledged yet. */
function batchesComing({ ledger, directory }: AuditParts): ReadonlySet<string> {
  const keys = new Set<string>();
  const isKnown = ledger
    .prepare<[string], number>('SELECT 1 FROM batches WHERE digest = ?')
    .pluck();
  for (const { path, digest } of rawBatchFiles(directory)) {
    if (isKnown.get(digest) !== undefined) continue;
    const { records } = readRaw(path);
    for (let offset = 0; offset < records.length; offset += RECORD_SIZE)
      keys.add(toHex(evidenceKey(records.subarray(offset, offset + RECORD_SIZE))));
  }
  return keys;
}

/** Whether a record may be one of a batch whose file cannot be read: that is a finding of I14 already. */
function isOfUnreadBatch({ ledger, memory }: AuditParts, record: number): boolean {
  const bytes = ledger
    .prepare<[number], Uint8Array>('SELECT bytes FROM records WHERE id = ?')
    .pluck()
    .get(record);
  if (bytes === undefined || !isWhole(bytes)) return false;
  const find = memory.prepare<[string, number], number>(
    'SELECT 1 FROM unread_batches WHERE terminal = ? AND ? BETWEEN first_sequence AND last_sequence LIMIT 1',
  );
  return find.get(terminalOfRecord(bytes), sequenceOf(bytes)) !== undefined;
}
