// SPDX-License-Identifier: MIT
/**
 * I13: the safeguarded account, and what agents still owe it, cover what holders are owed. Value that cards
 * attest and nobody loaded is no money of a holder: 1060, but for what is held of it in 2075, and what was
 * written off of it to 5010.
 */
import type { AccountCode } from '../../ledger/accounts.table.ts';
import { OWED_TO_HOLDERS, SAFEGUARDED } from '../../ledger/safeguarding.table.ts';
import { sumOfCodes, total } from '../account-sums.ts';
import { SETTLING_SQL } from '../entry-kinds.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

const LOADED_BY_NOBODY: readonly AccountCode[] = ['1060', '2075'];

const WRITTEN_OFF = `SELECT SUM(amount) FROM postings JOIN journals ON journals.id = journal
  WHERE account = '5010' AND kind NOT IN (${SETTLING_SQL})`;

export function safeguarding({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I13');
  return {
    sink,
    finish() {
      sink.checked++;
      const safeguarded = sumOfCodes(memory, SAFEGUARDED);
      const owed =
        0 -
        sumOfCodes(memory, [...OWED_TO_HOLDERS, ...LOADED_BY_NOBODY]) -
        total(ledger, WRITTEN_OFF);
      if (safeguarded >= owed) return;
      sink.state({
        subject: 'accounts 1010 and 1030',
        expected: `at least ${owed}, what holders are owed`,
        found: `${safeguarded}`,
        amount: safeguarded - owed,
      });
    },
  };
}
