// SPDX-License-Identifier: MIT
/**
 * I3: all value is somewhere. What cards attest by their own rows, and every other account by its
 * postings, sum to zero; so do the two memo accounts by themselves, as they are no money.
 */
import { ACCOUNTS, type AccountCode } from '../../ledger/accounts.table.ts';
import { sumOfCodes, total } from '../account-sums.ts';
import type { AuditCheck, AuditParts } from '../model.ts';

const MEMO: readonly AccountCode[] = ['9010', '9020'];
// The keys of the chart are its codes.
const OTHERS = (Object.keys(ACCOUNTS) as AccountCode[]).filter(
  (code) => code !== '2010' && !MEMO.includes(code),
);

export function conservation({ ledger, memory, findings }: AuditParts): AuditCheck {
  const sink = findings.of('I3');
  const check = (subject: string, expected: number, found: number): void => {
    sink.checked++;
    if (expected === found) return;
    const values = { expected: `${expected}`, found: `${found}` };
    sink.state({ subject, ...values, amount: found - expected });
  };
  return {
    sink,
    finish() {
      const cards = total(ledger, 'SELECT SUM(balance) FROM cards');
      check('value on cards', sumOfCodes(memory, OTHERS), cards);
      check('memo accounts', 0, sumOfCodes(memory, MEMO));
    },
  };
}
