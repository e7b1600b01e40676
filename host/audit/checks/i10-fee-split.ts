// SPDX-License-Identifier: MIT
/**
 * I10: of every line of a settlement gross less all shares is net; the lines of a merchant add up to what
 * it was paid, kept and carried over; and the entries of the settlement moved just that.
 */
import type { Statement } from 'better-sqlite3';
import type { AccountCode } from '../../ledger/accounts.table.ts';
import { SHARE_ACCOUNTS } from '../../settlement/share-accounts.table.ts';
import type { FindingSink } from '../findings.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

interface SettlementRow {
  readonly window: number;
  readonly merchant: string;
  readonly opening: number;
  readonly adjustments: number;
  readonly held: number;
  readonly released: number;
  readonly clawback: number;
  readonly payout: number;
  readonly payoutId: string | null;
  readonly closing: number;
}

interface LineRow {
  readonly type: number;
  readonly count: number;
  readonly gross: number;
  readonly fee: number;
  readonly net: number;
  readonly shares: string;
  readonly totalGross: number | null;
  readonly totalCount: number | null;
}

interface Share {
  readonly party: string;
  readonly name: string;
  readonly amount: number;
}

/** By the name of a party, which a row may have wrong. */
const ACCOUNT_OF: Readonly<Record<string, AccountCode>> = SHARE_ACCOUNTS;

/** Compares one thing of a settlement. */
type Compare = (what: string, expected: number, found: number) => void;

export function feeSplit(parts: AuditParts): AuditCheck {
  const { ledger, findings, from } = parts;
  const sink = findings.of('I10');
  const settlements = ledger.prepare<[number], SettlementRow>(
    `SELECT window, merchant, opening, adjustments, reserve_held AS held,
     reserve_released AS released, clawback, payout, payout_id AS payoutId, closing
     FROM settlements JOIN windows ON windows.id = window
     WHERE window > ? AND state = 'settled' ORDER BY window, merchant`,
  );
  const statements = settlementStatements(parts);
  return {
    sink,
    finish() {
      for (const row of settlements.iterate(from.window)) checkSettlement(sink, row, statements);
    },
  };
}

interface SettlementStatements {
  readonly lines: Statement<[number, string], LineRow>;
  readonly legs: Statement<[string], { account: string; amount: number }>;
}

function settlementStatements({ ledger }: AuditParts): SettlementStatements {
  return {
    lines: ledger.prepare(
      `SELECT lines.type AS type, lines.count AS count, lines.gross AS gross, fee, net, shares,
       totals.gross AS totalGross, totals.count AS totalCount
       FROM settlement_lines AS lines LEFT JOIN window_totals AS totals
       ON totals.window = lines.window AND totals.merchant = lines.merchant
       AND totals.type = lines.type
       WHERE lines.window = ? AND lines.merchant = ? ORDER BY lines.type`,
    ),
    legs: ledger.prepare(
      `SELECT account, amount FROM journals JOIN postings ON postings.journal = journals.id
       WHERE source = ?`,
    ),
  };
}

function checkSettlement(
  sink: FindingSink,
  row: SettlementRow,
  { lines, legs }: SettlementStatements,
): void {
  const { window, merchant } = row;
  const compare: Compare = (what, expected, found) => {
    sink.checked++;
    if (expected === found) return;
    const subject = `window ${window} merchant ${merchant} ${what}`;
    const values = { expected: `${expected}`, found: `${found}`, amount: found - expected };
    sink.history({ subject, ...values });
  };
  const shared = new Map<string, number>();
  let net = 0;
  for (const line of lines.iterate(window, merchant)) {
    net += line.net;
    for (const { party, name, amount } of checkLine(line, compare)) {
      const code = ACCOUNT_OF[party] ?? party;
      const account = name === '' ? code : `${code}:${name}`;
      shared.set(account, (shared.get(account) ?? 0) + amount);
    }
  }
  const moved = row.opening + net + row.adjustments + row.released;
  compare('closing', moved - row.held - row.clawback - row.payout, row.closing);
  compareEntries(row, { shared, legs, compare });
}

/** Gives the shares of a line, when it adds up and is that of the window. */
function checkLine(line: LineRow, compare: Compare): readonly Share[] {
  const { type, gross, fee, net } = line;
  const shares = sharesOf(line.shares);
  const total = shares.reduce((sum, { amount }) => sum + amount, 0);
  compare(`type ${type} shares`, fee, total);
  compare(`type ${type} net`, gross - fee, net);
  compare(`type ${type} gross`, line.totalGross ?? 0, gross);
  compare(`type ${type} count`, line.totalCount ?? 0, line.count);
  return shares;
}

function sharesOf(text: string): readonly Share[] {
  try {
    const shares: unknown = JSON.parse(text);
    // Amounts that are none fail the comparisons.
    return Array.isArray(shares) ? (shares as Share[]) : [];
  } catch {
    return [];
  }
}

/** The journal credited each party its share, and moved reserve and payout. */
function compareEntries(
  { window, merchant, held, released, payout, payoutId }: SettlementRow,
  parts: {
    readonly shared: ReadonlyMap<string, number>;
    readonly legs: SettlementStatements['legs'];
    readonly compare: Compare;
  },
): void {
  const { shared, legs, compare } = parts;
  const booked = new Map(
    legs.all(`settlement:${window}:${merchant}`).map((leg) => [leg.account, 0 - leg.amount]),
  );
  for (const [account, amount] of shared) compare(account, amount, booked.get(account) ?? 0);
  compare('reserve', held - released, booked.get(`2041:${merchant}`) ?? 0);
  if (payoutId === null) {
    compare('payout', 0, payout);
    return;
  }
  const instructed = legs.all(`payout:${payoutId}:instructed`);
  const leg = instructed.find(({ account }) => account === `2045:${payoutId}`);
  compare('payout', payout, 0 - (leg?.amount ?? 0));
}
