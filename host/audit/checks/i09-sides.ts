// SPDX-License-Identifier: MIT
/** I9: by its postings no account stands on the wrong side of the chart. */
import { ACCOUNTS, type AccountRow } from '../../ledger/accounts.table.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

const CHART: Readonly<Record<string, AccountRow>> = ACCOUNTS;

export function sides({ memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I9');
  const select = memory.prepare<[], { account: string; sum: number }>(
    'SELECT account, sum FROM account_sums ORDER BY account',
  );
  return {
    sink,
    finish() {
      for (const { account, sum } of select.iterate()) {
        sink.checked++;
        const side = CHART[account.slice(0, 4)]?.side;
        if (side !== undefined && (side === 'debit' ? sum >= 0 : sum <= 0)) continue;
        const expected = side === undefined ? 'an account of the chart' : `a ${side} balance`;
        sink.state({ subject: `account ${account}`, expected, found: `${sum}`, amount: sum });
      }
    },
  };
}
