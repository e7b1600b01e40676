// SPDX-License-Identifier: MIT
/**
 * I5: a control account is the sum of its sub-ledger. 2010 is the cards, 2080 their deposits, 9010 what is in quarantine; what
 * a merchant was credited in a window (2040 less 1050) is the sum of its records, by type in `window_totals`.
 */
import type { Database, Statement } from 'better-sqlite3';
import { RECORD_OFFSET, terminalOfRecord } from '../../../src/clearing/record.ts';
import { sumOfCode, total } from '../account-sums.ts';
import type { FindingSink } from '../findings.ts';
import type { AuditCheck, AuditParts } from '../model.ts';
import { amountOf, isWhole } from '../record-fields.ts';
import { terminalMerchants, windowOfRecord } from '../windows.ts';

/** Kinds of entry that move 2040 for something else than a record. */
const NOT_OF_RECORDS = "'bankLine', 'cardService', 'payout', 'settlement'";

export function subLedgers(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I5');
  const merchantOf = terminalMerchants(ledger);
  const windowOf = windowOfRecord(ledger);
  const sums = windowSums(memory);
  return {
    sink,
    record({ id, isJudged, bytes }) {
      // A purchase of nothing, as at an entry gate, credits nobody.
      if (isJudged !== 0 || !isWhole(bytes) || amountOf(bytes) === 0) return;
      const type = bytes[RECORD_OFFSET.transactionType] ?? 0;
      const merchant = merchantOf(terminalOfRecord(bytes));
      sums.add({ window: windowOf(id), merchant, type, count: 1, gross: amountOf(bytes) });
    },
    item({ window, merchant, type, amount: gross }) {
      sums.add({ window, merchant, type, count: gross < 0 ? -1 : 1, gross });
    },
    keep: sums.keep,
    finish() {
      const cards = total(ledger, 'SELECT SUM(balance) FROM cards');
      compare(sink, 'account 2010', 0 - cards, sumOfCode(memory, '2010'));
      let held = 0;
      const quarantine = ledger.prepare<[], { bytes: Uint8Array }>('SELECT bytes FROM quarantine');
      for (const { bytes } of quarantine.iterate()) held += isWhole(bytes) ? amountOf(bytes) : 0;
      compare(sink, 'account 9010', held, sumOfCode(memory, '9010'));
      const deposits = total(ledger, 'SELECT SUM(deposit) FROM card_details');
      compare(sink, 'account 2080', 0 - deposits, sumOfCode(memory, '2080'));
      compareTotals(parts, sink);
      compareCredits(parts, sink);
    },
  };
}

/** Adds up by window, merchant and type; `keep` adds the sums to those of earlier runs. */
function windowSums(memory: Database): {
  readonly add: (row: TotalRow) => void;
  readonly keep: () => void;
} {
  const upsert = memory.prepare(
    `INSERT INTO window_sums VALUES (?, ?, ?, ?, ?) ON CONFLICT
     DO UPDATE SET count = count + excluded.count, gross = gross + excluded.gross`,
  );
  const sums = new Map<string, { row: TotalRow; count: number; gross: number }>();
  return {
    add(row) {
      const name = `${row.window} ${row.type} ${row.merchant}`;
      const sum = sums.get(name);
      if (sum === undefined) sums.set(name, { row, count: row.count, gross: row.gross });
      else {
        sum.count += row.count;
        sum.gross += row.gross;
      }
    },
    keep() {
      for (const { row, count, gross } of sums.values())
        upsert.run(row.window, row.merchant, row.type, count, gross);
      sums.clear();
    },
  };
}

function compare(sink: FindingSink, subject: string, expected: number, found: number): void {
  sink.checked++;
  if (expected === found) return;
  const values = { expected: `${expected}`, found: `${found}` };
  sink.state({ subject, ...values, amount: found - expected });
}

interface TotalRow {
  readonly window: number;
  readonly merchant: string;
  readonly type: number;
  readonly count: number;
  readonly gross: number;
}

const NO_RECORDS = { count: 0, gross: 0 } as const;

/** `window_totals` against the sums of records, by window, merchant and type, both ways. */
function compareTotals({ ledger, memory, from }: AuditParts, sink: FindingSink): void {
  const [kept, summed] = [totalRows(ledger, 'window_totals'), totalRows(memory, 'window_sums')];
  for (const row of kept.list.iterate(from.window)) {
    sink.checked++;
    compareTotal(sink, row, summed.get(row) ?? NO_RECORDS, row);
  }
  for (const row of summed.list.iterate(from.window)) {
    if (kept.get(row) === undefined) compareTotal(sink, row, row, NO_RECORDS);
  }
}

function totalRows(
  database: Database,
  table: 'window_sums' | 'window_totals',
): {
  readonly list: Statement<[number], TotalRow>;
  get(row: TotalRow): TotalRow | undefined;
} {
  const columns = `SELECT window, merchant, type, count, gross FROM ${table}`;
  const select = database.prepare<[number, string, number], TotalRow>(
    `${columns} WHERE window = ? AND merchant = ? AND type = ?`,
  );
  return {
    list: database.prepare(`${columns} WHERE window >= ? ORDER BY window, merchant, type`),
    get: ({ window, merchant, type }) => select.get(window, merchant, type),
  };
}

function compareTotal(
  sink: FindingSink,
  { window, merchant, type }: TotalRow,
  expected: Pick<TotalRow, 'count' | 'gross'>,
  found: Pick<TotalRow, 'count' | 'gross'>,
): void {
  if (expected.gross === found.gross && expected.count === found.count) return;
  const say = ({ count, gross }: typeof expected): string => `${gross} of ${count} records`;
  sink.state({
    subject: `window ${window} merchant ${merchant} type ${type}`,
    expected: say(expected),
    found: say(found),
    amount: found.gross - expected.gross,
  });
}

/** What the journal credited merchants in each window, against the sums of their records. */
function compareCredits({ ledger, memory, from }: AuditParts, sink: FindingSink): void {
  const credited = ledger.prepare<[number], { window: number; merchant: string; sum: number }>(
    `SELECT journals.window AS window, substr(account, 6) AS merchant, SUM(amount) AS sum
     FROM journals JOIN postings ON postings.journal = journals.id
     WHERE journals.window >= ? AND kind NOT IN (${NOT_OF_RECORDS})
     AND (account LIKE '2040:%' OR account LIKE '1050:%')
     GROUP BY journals.window, merchant ORDER BY journals.window, merchant`,
  );
  const sumOf = memory
    .prepare<[number, string], number>(
      'SELECT COALESCE(SUM(gross), 0) FROM window_sums WHERE window = ? AND merchant = ?',
    )
    .pluck();
  for (const { window, merchant, sum } of credited.iterate(from.window)) {
    const expected = sumOf.get(window, merchant) ?? 0;
    compare(sink, `account 2040:${merchant} in window ${window}`, 0 - expected, sum);
  }
}
