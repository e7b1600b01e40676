// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import { ANY, type FeeSchedule, type FeeTerms } from '../settlement/fee-terms.ts';
import type { Merchant, SettlementEvent } from '../settlement/model.ts';
import type { MerchantStore } from './merchant-store.ts';

interface RawMerchant extends Omit<Merchant, 'account'> {
  readonly number: string | null;
  readonly holder: string | null;
  readonly bic: string | null;
}

interface RawSchedule extends Omit<FeeSchedule, 'terms' | 'type'> {
  readonly terms: string;
  readonly type: string;
}

const MERCHANT_COLUMNS =
  'id, display_name AS displayName, kind, status, account_number AS number, account_holder AS holder, account_bic AS bic, hold_reason AS holdReason, reserve_basis_points AS reserveBasisPoints, reserve_days AS reserveDays, minimum_payout AS minimumPayout';

function merchantRow({ number, holder, bic, ...row }: RawMerchant): Merchant {
  const isPaid = number !== null && holder !== null && bic !== null;
  return {
    ...row,
    account: isPaid ? { number, holder, bic } : null,
    minimumPayout: amount(row.minimumPayout),
  };
}

function scheduleRow({ terms, type, ...row }: RawSchedule): FeeSchedule {
  return {
    ...row,
    type: type === ANY ? ANY : Number(type),
    setAt: instant(row.setAt),
    // Written by `insertFeeSchedule`.
    terms: JSON.parse(terms) as FeeTerms,
  };
}

/** Merchants and their fees, and the log of who changed what. */
export function merchantVerbs(
  database: Database,
): Pick<
  MerchantStore,
  | 'feeSchedules'
  | 'insertFeeSchedule'
  | 'insertSettlementEvent'
  | 'merchant'
  | 'merchants'
  | 'putMerchant'
  | 'settlementEvents'
> {
  const select = database.prepare<[string], RawMerchant>(
    `SELECT ${MERCHANT_COLUMNS} FROM merchants WHERE id = ?`,
  );
  const selectAll = database.prepare<[], RawMerchant>(
    `SELECT ${MERCHANT_COLUMNS} FROM merchants ORDER BY id`,
  );
  const remove = database.prepare('DELETE FROM merchants WHERE id = ?');
  const insert = database.prepare(
    'INSERT INTO merchants (id, display_name, kind, status, account_number, account_holder, account_bic, hold_reason, reserve_basis_points, reserve_days, minimum_payout) VALUES (@id, @displayName, @kind, @status, @number, @holder, @bic, @holdReason, @reserveBasisPoints, @reserveDays, @minimumPayout)',
  );
  const selectSchedules = database.prepare<[], RawSchedule>(
    'SELECT version, merchant, type, effective_on AS effectiveOn, terms, set_at AS setAt FROM fee_schedules ORDER BY version',
  );
  const insertSchedule = database.prepare(
    'INSERT INTO fee_schedules (version, merchant, type, effective_on, terms, set_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertEvent = database.prepare(
    'INSERT INTO settlement_events (at, actor, action, subject, detail) VALUES (@at, @actor, @action, @subject, @detail)',
  );
  const selectEvents = database.prepare<[string], SettlementEvent>(
    'SELECT at, actor, action, subject, detail FROM settlement_events WHERE subject = ? ORDER BY id',
  );
  return {
    merchant(id) {
      const row = select.get(id);
      return row === undefined ? undefined : merchantRow(row);
    },
    merchants: () => selectAll.all().map(merchantRow),
    putMerchant({ account, ...row }) {
      remove.run(row.id);
      insert.run({ ...row, ...(account ?? { number: null, holder: null, bic: null }) });
    },
    feeSchedules: () => selectSchedules.all().map(scheduleRow),
    insertFeeSchedule({ version, merchant, type, effectiveOn, terms, setAt }) {
      const text = JSON.stringify(terms);
      insertSchedule.run(version, merchant, type.toString(), effectiveOn, text, setAt);
    },
    insertSettlementEvent: (event) => void insertEvent.run(event),
    settlementEvents: (subject) =>
      selectEvents.all(subject).map((row) => ({ ...row, at: instant(row.at) })),
  };
}
