// SPDX-License-Identifier: MIT
/** What watching and looking after the host needs of its store. */
import type { RuleName } from '../../src/clearing/rules.table.ts';

/** A record of one merchant, as it was signed. */
export interface MerchantRecord {
  readonly id: number;
  readonly bytes: Uint8Array;
}

export interface OperationsStore {
  /** Findings, held records and loads in flight by rule: what a monitor may ask for every few seconds. */
  openCounts(): readonly { readonly rule: RuleName; readonly count: number }[];
  /** Records of a merchant's terminals with `after < id <= last`, in the order of their ids. */
  merchantRecords(merchant: string, after: number, last: number): readonly MerchantRecord[];
}
