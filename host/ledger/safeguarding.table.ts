// SPDX-License-Identifier: MIT
/** What safeguards the money of holders, and what they are owed. Source: docs/ledger.md, Safeguarding. */
import type { AccountCode } from './accounts.table.ts';

/** At the bank, and on its way there: all that agents owe for loads counts. */
export const SAFEGUARDED: readonly AccountCode[] = ['1010', '1030'];

export const OWED_TO_HOLDERS: readonly AccountCode[] = [
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
