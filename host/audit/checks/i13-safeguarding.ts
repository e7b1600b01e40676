// SPDX-License-Identifier: MIT
/**
 * I13: the safeguarded account, and what agents still owe it, cover what holders are owed. Value that cards
 * attest and nobody loaded (1060, but for what is held of it in 2075) is no money of a holder.
 */
import type { AccountCode } from '../../ledger/accounts.table.ts';
import { sumOfCodes } from '../account-sums.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

/** In the bank, and on its way there: all of 1030 counts. */
const SAFEGUARDED: readonly AccountCode[] = ['1010', '1030'];
const OWED_TO_HOLDERS: readonly AccountCode[] = [
  '2010',
  '2015',
  '2020',
  '2021',
  '2030',
  '2061',
  '2080',
  '2090',
  '2095',
];
const LOADED_BY_NOBODY: readonly AccountCode[] = ['1060', '2075'];

export function safeguarding({ memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I13');
  return {
    sink,
    finish() {
      sink.checked++;
      const safeguarded = sumOfCodes(memory, SAFEGUARDED);
      const owed = 0 - sumOfCodes(memory, [...OWED_TO_HOLDERS, ...LOADED_BY_NOBODY]);
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
