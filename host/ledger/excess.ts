// SPDX-License-Identifier: MIT
/** Moves what would overdraw a liability to the account that the table names, in the same entry. */
import {
  addSigned,
  atLeastZero,
  least,
  negate,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { account, type AccountId } from './accounts.table.ts';
import { EXCESS, type ExcessRow } from './excess.table.ts';
import type { Posting } from './model.ts';
import { NetPostings } from './postings.ts';

const ROWS: Readonly<Record<string, ExcessRow | undefined>> = EXCESS;

/** The legs of an entry with those that keep every account of the table on its side. */
export function withExcess(
  postings: readonly Posting[],
  balanceOf: (id: AccountId) => SignedAmount,
): readonly Posting[] {
  const bounded = postings.filter(({ account: id }) => ROWS[id.slice(0, 4)] !== undefined);
  if (bounded.length === 0) return postings;
  const net = new NetPostings().addAll(postings);
  for (const { account: id } of bounded) {
    const row = ROWS[id.slice(0, 4)];
    if (row === undefined) continue;
    const other = account(row.excess, id.length > 5 ? id.slice(5) : undefined);
    const after = addSigned(balanceOf(id), net.of(id));
    const standing = addSigned(balanceOf(other), net.of(other));
    net.transfer(other, id, atLeastZero(after));
    if (row.isRepaid)
      net.transfer(id, other, least(atLeastZero(negate(after)), atLeastZero(standing)));
  }
  return net.net();
}
