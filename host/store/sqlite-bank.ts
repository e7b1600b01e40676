// SPDX-License-Identifier: MIT
import type { Database } from 'better-sqlite3';
import { signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { AccountBalance } from '../ledger/model.ts';
import type {
  BankAdviceRow,
  BankFileRow,
  BankLineRow,
  BankStatementRow,
  BankStore,
  ClaimRow,
  WindowFileRow,
} from './bank-store.ts';

/** Files out, bank and claims. */
export function bankVerbs(database: Database): BankStore {
  return {
    ...bankFileVerbs(database),
    ...bankLineVerbs(database),
    ...adviceVerbs(database),
    ...claimVerbs(database),
    ...windowFileVerbs(database),
  };
}

const STATEMENT_COLUMNS =
  'account, statement_id AS statementId, sequence, opening, closing, digest';

function bankFileVerbs(
  database: Database,
): Pick<
  BankStore,
  'bankFile' | 'bankStatement' | 'insertBankFile' | 'insertBankStatement' | 'lastBankStatement'
> {
  const selectFile = database.prepare<[string], BankFileRow>(
    'SELECT digest, kind, message_id AS messageId, imported_at AS importedAt, actor FROM bank_files WHERE digest = ?',
  );
  const insertFile = database.prepare(
    'INSERT INTO bank_files (digest, kind, message_id, imported_at, actor) VALUES (@digest, @kind, @messageId, @importedAt, @actor)',
  );
  const select = database.prepare<[string, string], BankStatementRow>(
    `SELECT ${STATEMENT_COLUMNS} FROM bank_statements WHERE account = ? AND statement_id = ?`,
  );
  const selectLast = database.prepare<[string], BankStatementRow>(
    `SELECT ${STATEMENT_COLUMNS} FROM bank_statements WHERE account = ? ORDER BY id DESC LIMIT 1`,
  );
  const insert = database.prepare(
    'INSERT INTO bank_statements (account, statement_id, sequence, opening, closing, digest) VALUES (@account, @statementId, @sequence, @opening, @closing, @digest)',
  );
  const whole = (row: BankStatementRow | undefined): BankStatementRow | undefined =>
    row && { ...row, opening: signedAmount(row.opening), closing: signedAmount(row.closing) };
  return {
    bankFile(digest) {
      const row = selectFile.get(digest);
      return row && { ...row, importedAt: instant(row.importedAt) };
    },
    insertBankFile: (file) => void insertFile.run(file),
    bankStatement: (account, id) => whole(select.get(account, id)),
    lastBankStatement: (account) => whole(selectLast.get(account)),
    insertBankStatement: (statement) => void insert.run(statement),
  };
}

const LINE_COLUMNS =
  'id, key, digest, statement, amount, booked_on AS bookedOn, end_to_end_id AS endToEndId, reference, counterparty, remittance, match, opened_at AS openedAt';

const line = (row: BankLineRow): BankLineRow => ({
  ...row,
  amount: signedAmount(row.amount),
  openedAt: instant(row.openedAt),
});

function bankLineVerbs(
  database: Database,
): Pick<
  BankStore,
  | 'bankLine'
  | 'bankLines'
  | 'bankLinesOfKey'
  | 'hasBankMatch'
  | 'insertBankLine'
  | 'setBankLineMatch'
  | 'setBankLineStatement'
  | 'unmatchedBankLines'
> {
  const select = database.prepare<[number], BankLineRow>(
    `SELECT ${LINE_COLUMNS} FROM bank_lines WHERE id = ?`,
  );
  const selectOfKey = database.prepare<[string], BankLineRow>(
    `SELECT ${LINE_COLUMNS} FROM bank_lines WHERE key = ? ORDER BY id`,
  );
  const selectNewest = database.prepare<[number], BankLineRow>(
    `SELECT ${LINE_COLUMNS} FROM bank_lines ORDER BY id DESC LIMIT ?`,
  );
  const selectOpen = database.prepare<[], BankLineRow>(
    `SELECT ${LINE_COLUMNS} FROM bank_lines WHERE match IS NULL ORDER BY id`,
  );
  const findMatch = database
    .prepare<[string], number>('SELECT id FROM bank_lines WHERE match = ? LIMIT 1')
    .pluck();
  const insert = database.prepare(
    'INSERT INTO bank_lines (key, digest, statement, amount, booked_on, end_to_end_id, reference, counterparty, remittance, match, opened_at) VALUES (@key, @digest, @statement, @amount, @bookedOn, @endToEndId, @reference, @counterparty, @remittance, @match, @openedAt)',
  );
  const update = database.prepare('UPDATE bank_lines SET match = ? WHERE id = ?');
  const state = database.prepare('UPDATE bank_lines SET statement = ? WHERE id = ?');
  return {
    bankLine(id) {
      const row = select.get(id);
      return row && line(row);
    },
    bankLinesOfKey: (key) => selectOfKey.all(key).map(line),
    insertBankLine: (row) => Number(insert.run(row).lastInsertRowid),
    setBankLineMatch: (id, match) => void update.run(match, id),
    setBankLineStatement: (id, statement) => void state.run(statement, id),
    hasBankMatch: (match) => findMatch.get(match) !== undefined,
    bankLines: (limit) => selectNewest.all(limit).map(line),
    unmatchedBankLines: () => selectOpen.all().map(line),
  };
}

function adviceVerbs(database: Database): Pick<BankStore, 'bankAdvices' | 'insertBankAdvice'> {
  const insert = database.prepare(
    'INSERT INTO bank_advices (digest, end_to_end_id, status, reason, problem, opened_at) VALUES (@digest, @endToEndId, @status, @reason, @problem, @openedAt)',
  );
  const select = database.prepare<[], BankAdviceRow>(
    'SELECT id, digest, end_to_end_id AS endToEndId, status, reason, problem, opened_at AS openedAt FROM bank_advices ORDER BY id',
  );
  return {
    insertBankAdvice: (advice) => void insert.run(advice),
    bankAdvices: () => select.all().map((row) => ({ ...row, openedAt: instant(row.openedAt) })),
  };
}

function claimVerbs(database: Database): Pick<BankStore, 'claims' | 'hasClaims' | 'insertClaim'> {
  const find = database
    .prepare<[string], number>('SELECT id FROM claims WHERE digest = ? LIMIT 1')
    .pluck();
  const insert = database.prepare(
    'INSERT INTO claims (digest, terminal, date, type, counter, window, count, gross, opened_at) VALUES (@digest, @terminal, @date, @type, @counter, @window, @count, @gross, @openedAt)',
  );
  const select = database.prepare<[], ClaimRow>(
    'SELECT id, digest, terminal, date, type, counter, window, count, gross, opened_at AS openedAt FROM claims ORDER BY id',
  );
  return {
    hasClaims: (digest) => find.get(digest) !== undefined,
    insertClaim: (claim) => void insert.run(claim),
    claims: () =>
      select.all().map((row) => ({
        ...row,
        gross: signedAmount(row.gross),
        openedAt: instant(row.openedAt),
      })),
  };
}

function windowFileVerbs(
  database: Database,
): Pick<BankStore, 'balancesAt' | 'insertWindowFile' | 'windowFiles'> {
  const select = database.prepare<[number], WindowFileRow>(
    'SELECT window, name, digest FROM window_files WHERE window = ? ORDER BY name',
  );
  const insert = database.prepare(
    'INSERT INTO window_files (window, name, digest) VALUES (@window, @name, @digest)',
  );
  const selectBalances = database.prepare<[number], AccountBalance>(
    'SELECT account, SUM(amount) AS balance FROM postings WHERE journal <= ? GROUP BY account ORDER BY account',
  );
  return {
    windowFiles: (window) => select.all(window),
    insertWindowFile: (file) => void insert.run(file),
    balancesAt: (journal) =>
      selectBalances.all(journal).map((row) => ({ ...row, balance: signedAmount(row.balance) })),
  };
}
