// SPDX-License-Identifier: MIT
/** Posts the entries of issuing: one entry in the caller's transaction, checked at once. */
import { addSigned, amount } from '../../src/money/amount.ts';
import { account } from '../ledger/accounts.table.ts';
import { checkSides, checkTrialBalance, post } from '../ledger/ledger.ts';
import type { EntryKind } from '../ledger/model.ts';
import type { NetPostings } from '../ledger/postings.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';

export interface ServiceEntry {
  readonly source: string;
  readonly kind: EntryKind;
  readonly net: NetPostings;
  /** Who took or gave cash for the issuer: its legs are on 1030. */
  readonly agent: string;
}

/**
 * Posts an entry. An agent that has paid out more than it owes is owed the rest: that part stands in 2052,
 * since a receivable never turns into a debt (I9).
 */
export function postService(store: HostStore, entry: ServiceEntry, at: Instant): void {
  const { source, kind, net, agent } = entry;
  const receivable = account('1030', agent);
  const after = addSigned(store.balance(receivable), net.of(receivable));
  if (after < 0) net.transfer(receivable, account('2052', agent), amount(0 - after));
  const postings = net.net();
  post(store, { source, kind, postings }, at);
  checkSides(
    store,
    postings.map((posting) => posting.account),
  );
  checkTrialBalance(store);
}
