// SPDX-License-Identifier: MIT
/** I6: what stands in a suspense account is the sum of its open items, each a row of its own. */
import type { AccountCode } from '../../ledger/accounts.table.ts';
import { sumOfCode, total } from '../account-sums.ts';
import { chainReader } from '../card-chain.ts';
import type { AuditCheck, AuditParts } from '../model.ts';
import { findingsSql, HELD, OVERSPEND_SQL, WITHHELD } from '../rule-kinds.ts';

interface OpenItems {
  readonly code: AccountCode;
  /** Adds up the open items, debit positive. */
  readonly sql: string;
}

const OPEN_ITEMS: readonly OpenItems[] = [
  {
    code: '1070',
    sql: 'SELECT -SUM(amount) FROM bank_lines WHERE match IS NULL AND amount < 0',
  },
  { code: '2015', sql: "SELECT -SUM(amount) FROM loads WHERE state = 'inFlight'" },
  { code: '2041', sql: 'SELECT -SUM(amount) FROM reserves WHERE released_in IS NULL' },
  { code: '2045', sql: "SELECT -SUM(amount) FROM payouts WHERE state IN ('instructed', 'sent')" },
  { code: '2061', sql: "SELECT -SUM(value) FROM gaps WHERE state = 'open'" },
  {
    code: '2062',
    sql: 'SELECT -SUM(amount) FROM bank_lines WHERE match IS NULL AND amount > 0',
  },
  {
    code: '2075',
    sql: `SELECT -SUM(at_risk) FROM findings WHERE ${findingsSql([...HELD, ...WITHHELD])}`,
  },
];

export function openItems(parts: AuditParts): AuditCheck {
  const { ledger, memory, findings } = parts;
  const sink = findings.of('I6');
  const compare = (code: AccountCode, expected: number): void => {
    sink.checked++;
    const found = sumOfCode(memory, code);
    if (expected === found) return;
    const values = { expected: `${expected}, the sum of its open items`, found: `${found}` };
    sink.state({ subject: `account ${code}`, ...values, amount: found - expected });
  };
  return {
    sink,
    finish() {
      if (total(ledger, 'SELECT COUNT(*) FROM holder_payments') === 0)
        compare('1060', receivable(parts));
      // What was paid to a holder too soon stands in 1060, too, and the replay alone can tell how much.
      else sink.note = 'account 1060 is checked by the replay of I14: holders were paid';
      for (const { code, sql } of OPEN_ITEMS) compare(code, total(ledger, sql));
    },
  };
}

/**
 * 1060: claims that are held, claims that were paid all the same, and value that nobody loaded. Of a card
 * whose overspend was written off only the claims that are held are left.
 */
function receivable(parts: AuditParts): number {
  const { ledger, memory } = parts;
  const held = total(ledger, `SELECT SUM(at_risk) FROM findings WHERE ${findingsSql(HELD)}`);
  const overspend = total(
    ledger,
    `SELECT SUM(at_risk) FROM findings WHERE ${OVERSPEND_SQL} AND NOT EXISTS
     (SELECT 1 FROM decisions WHERE decisions.serial = findings.serial AND target = 'overspend')`,
  );
  const unpaid =
    total(memory, 'SELECT SUM(unpaid) FROM credits') +
    total(ledger, 'SELECT SUM(amount) FROM purchase_refunds');
  const writtenOff = ledger.prepare<[], { serial: Uint8Array; last: number }>(
    `SELECT cards.serial AS serial, last_record AS last
     FROM cards JOIN decisions ON decisions.serial = cards.serial WHERE target = 'overspend'`,
  );
  const readChain = chainReader(parts);
  let paidOfWrittenOff = 0;
  for (const { serial, last } of writtenOff.all()) {
    for (const record of readChain(serial, last).evidence) paidOfWrittenOff += record.unpaid;
  }
  return held + overspend + unpaid - paidOfWrittenOff;
}
