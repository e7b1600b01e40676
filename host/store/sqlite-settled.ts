// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { amount, signedAmount } from '../../src/money/amount.ts';
import type { Adjustment, FeeShare, MerchantSettlement, Reserve } from '../settlement/model.ts';
import type { MerchantStore } from './merchant-store.ts';

type RawSettlement = Omit<MerchantSettlement, 'lines'>;
interface RawLine {
  readonly type: number;
  readonly count: number;
  readonly gross: number;
  readonly feeVersion: number | null;
  readonly fee: number;
  readonly net: number;
  readonly shares: string;
}

const COLUMNS =
  'window, merchant, business_date AS businessDate, opening, adjustments, reserve_held AS reserveHeld, reserve_released AS reserveReleased, clawback, owed, payout, payout_id AS payoutId, closing, hold_reason AS holdReason';
const LINE_COLUMNS = 'type, count, gross, fee_version AS feeVersion, fee, net, shares';
const RESERVE_COLUMNS =
  'window, merchant, amount, release_on AS releaseOn, released_in AS releasedIn';

function line(row: RawLine): MerchantSettlement['lines'][number] {
  return {
    ...row,
    gross: signedAmount(row.gross),
    fee: amount(row.fee),
    net: signedAmount(row.net),
    // Written by `insertSettlement`.
    shares: JSON.parse(row.shares) as readonly FeeShare[],
  };
}

/** What was settled with merchants, and what moved besides records. */
export function settledVerbs(
  database: Database,
): Pick<
  MerchantStore,
  | 'adjustments'
  | 'heldReserves'
  | 'insertAdjustment'
  | 'insertReserve'
  | 'insertSettlement'
  | 'lastSettlement'
  | 'merchantSettlements'
  | 'releaseReserve'
  | 'settlement'
> {
  const insert = database.prepare(
    'INSERT INTO settlements (window, merchant, business_date, opening, adjustments, reserve_held, reserve_released, clawback, owed, payout, payout_id, closing, hold_reason) VALUES (@window, @merchant, @businessDate, @opening, @adjustments, @reserveHeld, @reserveReleased, @clawback, @owed, @payout, @payoutId, @closing, @holdReason)',
  );
  const insertLine = database.prepare(
    'INSERT INTO settlement_lines (window, merchant, type, count, gross, fee_version, fee, net, shares) VALUES (@window, @merchant, @type, @count, @gross, @feeVersion, @fee, @net, @shares)',
  );
  const select = database.prepare<[string, number], RawSettlement>(
    `SELECT ${COLUMNS} FROM settlements WHERE merchant = ? AND window = ?`,
  );
  const selectLast = database.prepare<[string], RawSettlement>(
    `SELECT ${COLUMNS} FROM settlements WHERE merchant = ? ORDER BY window DESC LIMIT 1`,
  );
  const selectWindow = database.prepare<[number], RawSettlement>(
    `SELECT ${COLUMNS} FROM settlements WHERE window = ? ORDER BY merchant`,
  );
  const selectLines = database.prepare<[number, string], RawLine>(
    `SELECT ${LINE_COLUMNS} FROM settlement_lines WHERE window = ? AND merchant = ? ORDER BY type`,
  );
  const whole = (row: RawSettlement): MerchantSettlement => ({
    ...row,
    opening: amount(row.opening),
    lines: selectLines.all(row.window, row.merchant).map(line),
  });
  return {
    ...reserveVerbs(database),
    ...adjustmentVerbs(database),
    insertSettlement({ lines, ...row }) {
      insert.run(row);
      const { window, merchant } = row;
      for (const { shares, ...each } of lines) {
        insertLine.run({ ...each, window, merchant, shares: JSON.stringify(shares) });
      }
    },
    settlement(window, merchant) {
      const row = select.get(merchant, window);
      return row === undefined ? undefined : whole(row);
    },
    merchantSettlements: (window) => selectWindow.all(window).map(whole),
    lastSettlement(merchant) {
      const row = selectLast.get(merchant);
      return row === undefined ? undefined : whole(row);
    },
  };
}

function reserveVerbs(
  database: Database,
): Pick<MerchantStore, 'heldReserves' | 'insertReserve' | 'releaseReserve'> {
  const insert = database.prepare(
    'INSERT INTO reserves (merchant, window, amount, release_on, released_in) VALUES (@merchant, @window, @amount, @releaseOn, @releasedIn)',
  );
  const selectOf = database.prepare<[string], Reserve>(
    `SELECT ${RESERVE_COLUMNS} FROM reserves WHERE merchant = ? AND released_in IS NULL ORDER BY window`,
  );
  const selectAll = database.prepare<[], Reserve>(
    `SELECT ${RESERVE_COLUMNS} FROM reserves WHERE released_in IS NULL ORDER BY merchant, window`,
  );
  const release = database.prepare(
    'UPDATE reserves SET released_in = ? WHERE merchant = ? AND window = ?',
  );
  return {
    insertReserve: (reserve) => void insert.run(reserve),
    heldReserves: (merchant) =>
      (merchant === undefined ? selectAll.all() : selectOf.all(merchant)).map((row) => ({
        ...row,
        amount: amount(row.amount),
      })),
    releaseReserve: (window, merchant, releasedIn) =>
      void release.run(releasedIn, merchant, window),
  };
}

function adjustmentVerbs(
  database: Database,
): Pick<MerchantStore, 'adjustments' | 'insertAdjustment'> {
  const insert = database.prepare(
    'INSERT INTO adjustments (source, window, merchant, amount, reason) VALUES (@source, @window, @merchant, @amount, @reason)',
  );
  const select = database.prepare<[number], Adjustment>(
    'SELECT window, merchant, amount, source, reason FROM adjustments WHERE window = ? ORDER BY merchant, source',
  );
  return {
    insertAdjustment: (adjustment) => void insert.run(adjustment),
    adjustments: (window) =>
      select.all(window).map((row) => ({ ...row, amount: signedAmount(row.amount) })),
  };
}
