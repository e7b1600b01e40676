// SPDX-License-Identifier: MIT
/**
 * I6: what stands in a suspense account is the sum of its open items. Loads in flight, gaps, held claims
 * and overspends are rows of their own; an account that has no items yet must be empty.
 */
import { RULES, type RuleName } from '../../../src/clearing/rules.table.ts';
import type { AccountCode } from '../../ledger/accounts.table.ts';
import { sumOfCode, total } from '../account-sums.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

/** The key of a finding begins with its rule and, for a held claim, says that it is a purchase. */
const held = (Object.keys(RULES) as RuleName[])
  .filter((rule) => RULES[rule].verdict === 'suspense')
  .map((rule) => `key LIKE '${rule}:purchase:%'`)
  .join(' OR ');
/** Value that nobody loaded. */
export const OVERSPEND_SQL = "rule IN ('balanceBreakAbove', 'loadUnfunded')";

interface OpenItems {
  readonly code: AccountCode;
  /** Adds up the open items, debit positive. */
  readonly sql: string;
}

const OPEN_ITEMS: readonly OpenItems[] = [
  { code: '1060', sql: `SELECT SUM(at_risk) FROM findings WHERE (${held}) OR ${OVERSPEND_SQL}` },
  { code: '2015', sql: "SELECT -SUM(amount) FROM loads WHERE state = 'inFlight'" },
  { code: '2061', sql: "SELECT -SUM(value) FROM gaps WHERE state = 'open'" },
  { code: '2075', sql: `SELECT -SUM(at_risk) FROM findings WHERE ${held}` },
];

export function openItems({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I6');
  return {
    sink,
    finish() {
      for (const { code, sql } of OPEN_ITEMS) {
        sink.checked++;
        const expected = total(ledger, sql);
        const found = sumOfCode(memory, code);
        if (expected === found) continue;
        const values = { expected: `${expected}, the sum of its open items`, found: `${found}` };
        sink.state({ subject: `account ${code}`, ...values, amount: found - expected });
      }
    },
  };
}
