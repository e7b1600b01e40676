// SPDX-License-Identifier: MIT
/**
 * I11: in a settlement somebody gets just what others give. Cards give the gross of the window; merchants
 * get their net, and operator, acquirers, banks and agents the shares that the journal credited them.
 */
import { total } from '../account-sums.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

export function netPositions({ ledger, findings, from }: AuditParts): AuditCheck {
  const sink = findings.of('I11');
  const windows = ledger
    .prepare<[number], number>(
      "SELECT id FROM windows WHERE id > ? AND state = 'settled' ORDER BY id",
    )
    .pluck();
  return {
    sink,
    finish() {
      for (const window of windows.iterate(from.window)) {
        sink.checked++;
        const cards = total(
          ledger,
          `SELECT SUM(gross) FROM window_totals WHERE window = ${window}`,
        );
        const merchants = total(
          ledger,
          `SELECT SUM(net) FROM settlement_lines WHERE window = ${window}`,
        );
        const parties = total(
          ledger,
          `SELECT -SUM(amount) FROM journals JOIN postings ON postings.journal = journals.id
           WHERE source >= 'settlement:${window}:' AND source < 'settlement:${window};'
           AND substr(account, 1, 4) IN ('4010', '2050', '2051', '2052')`,
        );
        const sum = merchants + parties - cards;
        if (sum === 0) continue;
        const values = { expected: `${cards}, which cards paid`, found: `${merchants + parties}` };
        sink.history({ subject: `window ${window}`, ...values, amount: sum });
      }
    },
  };
}
