// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { BatchRow, HostStore, SequenceRange, TerminalRow } from './store.ts';

type TerminalVerbs = Pick<
  HostStore,
  | 'insertTerminal'
  | 'replaceTerminalGaps'
  | 'terminal'
  | 'terminalGaps'
  | 'terminals'
  | 'updateTerminalHead'
>;

const TERMINAL_COLUMNS =
  'id, merchant, public_key AS publicKey, head_sequence AS headSequence, head_counter AS headCounter';

/** Terminals: who they are, and how far their sequences have come. */
export function terminalVerbs(database: Database): TerminalVerbs {
  const insert = database.prepare(
    'INSERT INTO terminals (id, merchant, public_key, head_sequence, head_counter, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const select = database.prepare<[string], TerminalRow>(
    `SELECT ${TERMINAL_COLUMNS} FROM terminals WHERE id = ?`,
  );
  const selectAll = database.prepare<[], TerminalRow>(
    `SELECT ${TERMINAL_COLUMNS} FROM terminals ORDER BY id`,
  );
  const update = database.prepare(
    'UPDATE terminals SET head_sequence = ?, head_counter = ? WHERE id = ?',
  );
  const selectGaps = database.prepare<[string], SequenceRange & { readonly since: number }>(
    'SELECT from_sequence AS "from", to_sequence AS "to", since FROM terminal_gaps WHERE terminal = ? ORDER BY from_sequence',
  );
  const deleteGaps = database.prepare('DELETE FROM terminal_gaps WHERE terminal = ?');
  const insertGap = database.prepare('INSERT INTO terminal_gaps VALUES (?, ?, ?, ?)');
  return {
    insertTerminal(row, enrolledAt) {
      insert.run(
        row.id,
        row.merchant,
        row.publicKey,
        row.headSequence,
        row.headCounter,
        enrolledAt,
      );
    },
    terminal: (id) => select.get(id),
    terminals: () => selectAll.all(),
    updateTerminalHead: (id, sequence, counter) => void update.run(sequence, counter, id),
    terminalGaps: (id) => selectGaps.all(id).map((gap) => ({ ...gap, since: instant(gap.since) })),
    replaceTerminalGaps(id, gaps) {
      deleteGaps.run(id);
      for (const gap of gaps) insertGap.run(id, gap.from, gap.to, gap.since);
    },
  };
}

type BatchVerbs = Pick<HostStore, 'batchByDigest' | 'batches' | 'batchesLike' | 'insertBatch'>;
type RawBatch = Omit<BatchRow, 'gross' | 'receivedAt'> & {
  readonly receivedAt: number;
  readonly gross: number;
};

const BATCH_COLUMNS =
  'terminal, number, digest, first_sequence AS firstSequence, last_sequence AS lastSequence, record_count AS recordCount, received_at AS receivedAt, raw_file AS rawFile, ack, gross';

const batchRow = (row: RawBatch): BatchRow => ({
  ...row,
  receivedAt: instant(row.receivedAt),
  gross: amount(row.gross),
});

/** Batches that were taken, with the acknowledgement that each got. */
export function batchVerbs(database: Database): BatchVerbs {
  const insert = database.prepare(
    'INSERT INTO batches (terminal, number, digest, first_sequence, last_sequence, record_count, received_at, raw_file, ack, gross) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const select = database.prepare<[string], RawBatch>(
    `SELECT ${BATCH_COLUMNS} FROM batches WHERE digest = ?`,
  );
  const selectAll = database.prepare<[], RawBatch>(
    `SELECT ${BATCH_COLUMNS} FROM batches ORDER BY id`,
  );
  const selectLike = database.prepare<[string, number, string, number, number], RawBatch>(
    `SELECT ${BATCH_COLUMNS} FROM batches WHERE (terminal = ? AND number = ?)
     OR (terminal = ? AND record_count = ? AND gross = ?) ORDER BY id`,
  );
  return {
    batchByDigest(digest) {
      const row = select.get(digest);
      return row === undefined ? undefined : batchRow(row);
    },
    insertBatch(row) {
      const { terminal, number, digest, firstSequence, lastSequence } = row;
      const envelope = [row.recordCount, row.receivedAt, row.rawFile, row.ack, row.gross];
      insert.run(terminal, number, digest, firstSequence, lastSequence, ...envelope);
    },
    batches: () => selectAll.all().map(batchRow),
    batchesLike: ({ terminal, number, recordCount, gross }) =>
      selectLike.all(terminal, number, terminal, recordCount, gross).map(batchRow),
  };
}
