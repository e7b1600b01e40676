// SPDX-License-Identifier: MIT
/** Rows of the reports for accountants and regulators. Balances: debit positive, credit negative. */
import { toHex } from '../../src/bytes/hex.ts';
import { RULES } from '../../src/clearing/rules.table.ts';
import { negate, sumSigned, type SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { civilTime, formatCivil } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { Exception } from '../exceptions/model.ts';
import { accountRow, ACCOUNTS, type AccountCode } from '../ledger/accounts.table.ts';
import { codeTotals } from '../ledger/code-totals.ts';
import type { AccountBalance } from '../ledger/model.ts';
import { safeguardingOf, type Safeguarding } from '../ledger/safeguarding.ts';
import type { PostedEntry } from '../store/store.ts';
import type { CsvRow } from './csv.ts';

/** `2026-02-03T12:00:00Z`; nothing for null. */
export function isoTime(at: Instant | null): string {
  return at === null ? '' : `${formatCivil(civilTime(at, 0)).replace(' ', 'T')}Z`;
}

export function* trialBalanceRows(
  balances: readonly AccountBalance[],
  currency: CurrencyCode,
): Generator<CsvRow<'trialBalance'>> {
  for (const { account, balance } of balances) {
    // Whether an account was touched and is even again may depend on what came first.
    if (balance === 0) continue;
    const { name } = accountRow(account);
    yield {
      account,
      name,
      ...(balance >= 0 ? { debit: balance } : { credit: negate(balance) }),
      currency,
    };
  }
}

/** Entries leg by leg; nothing of them is kept, so a ledger of any length streams through. */
export function* journalRows(
  entries: Iterable<PostedEntry>,
  currency: CurrencyCode,
): Generator<CsvRow<'journal'>> {
  for (const { hash, id, kind, postedAt, postings, source, window } of entries) {
    const common = { entry: id, window, posted_at: isoTime(postedAt), kind, source, currency };
    for (const [index, { account, amount }] of postings.entries()) {
      yield {
        ...common,
        leg: index + 1,
        account,
        ...(amount >= 0 ? { debit: amount } : { credit: negate(amount) }),
        hash: toHex(hash),
      };
    }
  }
}

/** What holders and others are owed, in the order of the report. Source: docs/files.md, Float report. */
const LIABILITIES: readonly AccountCode[] = [
  '2010',
  '2015',
  '2020',
  '2021',
  '2030',
  '2040',
  '2041',
  '2045',
  '2061',
  '2062',
  '2070',
  '2075',
  '2080',
  '2090',
  '2095',
];
/** What covers it: money at the bank, and what agents and others owe for it. */
const COVER: readonly AccountCode[] = ['1010', '1030', '1050', '1060', '1070'];

export interface FloatReport {
  readonly liabilities: readonly FloatLine[];
  readonly cover: readonly FloatLine[];
  readonly owed: SignedAmount;
  readonly covered: SignedAmount;
  readonly safeguarding: Safeguarding;
}

export interface FloatLine {
  readonly account: AccountCode;
  readonly name: string;
  readonly amount: SignedAmount;
}

/** Whether the float is covered, from the balances of a moment. */
export function floatReport(balances: readonly AccountBalance[]): FloatReport {
  const totals = codeTotals(balances);
  const lines = (codes: readonly AccountCode[], sign: 'asset' | 'liability'): FloatLine[] =>
    codes.map((code) => ({
      account: code,
      name: ACCOUNTS[code].name,
      amount: sign === 'asset' ? totals(code) : negate(totals(code)),
    }));
  const liabilities = lines(LIABILITIES, 'liability');
  const cover = lines(COVER, 'asset');
  const owed = sumSigned(liabilities.map((line) => line.amount));
  const covered = sumSigned(cover.map((line) => line.amount));
  return { liabilities, cover, owed, covered, safeguarding: safeguardingOf(totals) };
}

export function* floatRows(
  report: FloatReport,
  currency: CurrencyCode,
): Generator<CsvRow<'float'>> {
  for (const { account, amount, name } of report.liabilities) {
    if (amount !== 0) yield { item: name, account, liability: amount, currency };
  }
  for (const { account, amount, name } of report.cover) {
    if (amount !== 0) yield { item: name, account, cover: amount, currency };
  }
}

export function* exceptionRows(
  exceptions: Iterable<Exception>,
  currency: CurrencyCode,
): Generator<CsvRow<'exceptions'>> {
  for (const row of exceptions) {
    const { number, resolution, severity, verdict } = RULES[row.rule];
    yield {
      id: row.id,
      rule: number,
      name: row.rule,
      severity,
      verdict,
      subject: row.subject,
      expected: row.expected,
      found: row.found,
      at_risk: row.moneyAtRisk,
      currency,
      liable: row.liable,
      merchant: row.merchant,
      terminal: row.terminal,
      opened_at: isoTime(row.openedAt),
      deadline: isoTime(row.deadline),
      evidence: row.evidence.join(' '),
      resolution,
    };
  }
}
