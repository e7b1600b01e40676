// SPDX-License-Identifier: MIT
import type { EntryKind } from '../ledger/model.ts';

/** Kinds of entry that settle, or give back, what evidence moved; all others follow from evidence and decisions. */
const SETTLING: readonly EntryKind[] = [
  'bankLine',
  'cardService',
  'payout',
  'refund',
  'settlement',
];

/** The same as a list for SQL. */
export const SETTLING_SQL = SETTLING.map((kind) => `'${kind}'`).join(', ');
