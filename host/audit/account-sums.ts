// SPDX-License-Identifier: MIT
/** What the auditor has added up of the postings of an account, or of all accounts of a code. */
import type { Database } from 'better-sqlite3';
import type { AccountCode } from '../ledger/accounts.table.ts';

/** Debit positive. */
export function sumOfCode(memory: Database, code: AccountCode): number {
  const sum = memory
    .prepare<{ code: string }, number>(
      "SELECT COALESCE(SUM(sum), 0) FROM account_sums WHERE account = @code OR (account > @code || ':' AND account < @code || ';')",
    )
    .pluck();
  return sum.get({ code }) ?? 0;
}

/** Debit positive. */
export const sumOfCodes = (memory: Database, codes: readonly AccountCode[]): number =>
  codes.reduce((sum, code) => sum + sumOfCode(memory, code), 0);

/** What one statement adds up of the host's database. */
export function total(ledger: Database, sql: string): number {
  return ledger.prepare<[], number | null>(sql).pluck().get() ?? 0;
}
