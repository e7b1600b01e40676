// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { recordSql } from './record-sql.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { signedAmount } from '../../src/money/amount.ts';
import { merchantVerbs } from './sqlite-merchants.ts';
import { payoutVerbs } from './sqlite-payouts.ts';
import { settledVerbs } from './sqlite-settled.ts';
import type {
  MerchantItem,
  SettlementStore,
  WindowRecord,
  WindowRow,
  WindowTotal,
} from './settlement-store.ts';

/** Windows, and what each merchant was credited in them. */
export function settlementVerbs(database: Database): SettlementStore {
  return {
    ...windowVerbs(database),
    ...totalVerbs(database),
    ...merchantVerbs(database),
    ...settledVerbs(database),
    ...payoutVerbs(database),
  };
}

const WINDOW_COLUMNS =
  'id, state, opened_at AS openedAt, closed_at AS closedAt, business_date AS businessDate, last_record AS lastRecord, last_journal AS lastJournal, head_hash AS headHash, signature';

function windowVerbs(
  database: Database,
): Pick<SettlementStore, 'insertWindow' | 'openWindow' | 'updateWindow' | 'windows'> {
  const selectOpen = database
    .prepare<[], number>("SELECT id FROM windows WHERE state = 'open'")
    .pluck();
  // Times in the rows were made by `instant`.
  const selectAll = database.prepare<[], WindowRow>(
    `SELECT ${WINDOW_COLUMNS} FROM windows ORDER BY id`,
  );
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO windows VALUES (@id, @state, @openedAt, @closedAt, @businessDate, @lastRecord, @lastJournal, @headHash, @signature)',
  );
  return {
    openWindow() {
      const id = selectOpen.get();
      invariant(id !== undefined, 'a settlement window is open');
      return id;
    },
    windows: () =>
      selectAll.all().map((row) => ({
        ...row,
        headHash: row.headHash === null ? null : Uint8Array.from(row.headHash),
        signature: row.signature === null ? null : Uint8Array.from(row.signature),
      })),
    insertWindow: (window) => void upsert.run(window),
    updateWindow: (window) => void upsert.run(window),
  };
}

function totalVerbs(
  database: Database,
): Pick<
  SettlementStore,
  'addToWindowTotal' | 'insertMerchantItem' | 'merchantItems' | 'plainRecords' | 'windowTotals'
> {
  const addTotal = database.prepare(
    `INSERT INTO window_totals VALUES (@window, @merchant, @type, @count, @gross)
     ON CONFLICT DO UPDATE SET count = count + excluded.count, gross = gross + excluded.gross`,
  );
  const selectTotals = database.prepare<[number], WindowTotal>(
    'SELECT window, merchant, type, count, gross FROM window_totals WHERE window = ? ORDER BY merchant, type',
  );
  const insertItem = database.prepare(
    'INSERT INTO merchant_items (window, merchant, type, record, amount, cause) VALUES (@window, @merchant, @type, @record, @amount, @cause)',
  );
  const selectItems = database.prepare<[number], MerchantItem>(
    'SELECT window, merchant, type, record, amount, cause FROM merchant_items WHERE window = ? ORDER BY merchant, record, id',
  );
  const selectPlain = database.prepare<[number, number], WindowRecord>(
    `SELECT records.id AS id, terminals.merchant AS merchant, records.bytes AS bytes
     FROM records JOIN terminals ON terminals.id = hex(${recordSql('terminalId')})
     WHERE records.id > ? AND records.id <= ? AND is_judged = 0 AND ${recordSql('amount')} <> x'00000000'
     ORDER BY merchant, ${recordSql('terminalId', 'terminalCounter')}, records.id`,
  );
  return {
    addToWindowTotal: (delta) => void addTotal.run(delta),
    windowTotals: (window) =>
      selectTotals.all(window).map((row) => ({ ...row, gross: signedAmount(row.gross) })),
    insertMerchantItem: (item) => void insertItem.run(item),
    merchantItems: (window) => selectItems.all(window),
    plainRecords: (after, last) => selectPlain.iterate(after, last),
  };
}
