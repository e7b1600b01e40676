// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { BankAccount, Payout } from '../settlement/model.ts';
import type { MerchantStore } from './merchant-store.ts';

type RawPayout = BankAccount & Omit<Payout, 'account'>;

const COLUMNS =
  'id, window, merchant, amount, state, end_to_end_id AS endToEndId, account_number AS number, account_holder AS holder, account_bic AS bic, created_at AS createdAt, bank_reference AS bankReference';

const payoutRow = ({ number, holder, bic, ...row }: RawPayout): Payout => ({
  ...row,
  amount: amount(row.amount),
  account: { number, holder, bic },
  createdAt: instant(row.createdAt),
});

/** Payouts, and what the closing of a window looks up in the ledger. */
export function payoutVerbs(
  database: Database,
): Pick<
  MerchantStore,
  'batchesAfter' | 'insertPayout' | 'payout' | 'payouts' | 'turnover' | 'updatePayout'
> {
  const insert = database.prepare(
    'INSERT INTO payouts (id, window, merchant, amount, state, end_to_end_id, account_number, account_holder, account_bic, created_at, bank_reference) VALUES (@id, @window, @merchant, @amount, @state, @endToEndId, @number, @holder, @bic, @createdAt, @bankReference)',
  );
  const update = database.prepare('UPDATE payouts SET state = ?, bank_reference = ? WHERE id = ?');
  const select = database.prepare<[string], RawPayout>(
    `SELECT ${COLUMNS} FROM payouts WHERE id = ?`,
  );
  const selectAll = database.prepare<[], RawPayout>(
    `SELECT ${COLUMNS} FROM payouts ORDER BY window, merchant`,
  );
  const selectState = database.prepare<[string], RawPayout>(
    `SELECT ${COLUMNS} FROM payouts WHERE state = ? ORDER BY window, merchant`,
  );
  const selectTurnover = database.prepare<
    [number, string],
    { credited: number | null; debited: number | null }
  >(
    `SELECT SUM(CASE WHEN amount < 0 AND posted_at <= ? THEN amount ELSE 0 END) AS credited,
            SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS debited
     FROM postings JOIN journals ON journals.id = postings.journal WHERE account = ?`,
  );
  const selectBatches = database.prepare<
    [number, number],
    { id: number; recordCount: number; ack: string }
  >('SELECT id, record_count AS recordCount, ack FROM batches WHERE id > ? ORDER BY id LIMIT ?');
  return {
    insertPayout: ({ account, ...row }) => void insert.run({ ...row, ...account }),
    updatePayout: (id, { state, bankReference }) => void update.run(state, bankReference, id),
    payout(id) {
      const row = select.get(id);
      return row === undefined ? undefined : payoutRow(row);
    },
    payouts: (state) =>
      (state === undefined ? selectAll.all() : selectState.all(state)).map(payoutRow),
    turnover(account, until) {
      const row = selectTurnover.get(until, account);
      return {
        credited: signedAmount(row?.credited ?? 0),
        debited: signedAmount(row?.debited ?? 0),
      };
    },
    batchesAfter: (id, limit) => selectBatches.all(id, limit),
  };
}
