// SPDX-License-Identifier: MIT
/** Collects transfers and gives the net legs of an entry, in the order of their accounts. */
import {
  addSigned,
  negate,
  signedAmount,
  ZERO,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import type { AccountId } from './accounts.table.ts';
import type { Posting } from './model.ts';

export class NetPostings {
  readonly #legs = new Map<AccountId, SignedAmount>();

  /** Adds a transfer: one debit and one credit of the same amount. */
  transfer(debit: AccountId, credit: AccountId, amount: Amount): this {
    if (amount === ZERO) return this;
    this.#add(debit, amount);
    this.#add(credit, negate(amount));
    return this;
  }

  /** Adds every leg of other postings. */
  addAll(postings: Iterable<Posting>): this {
    for (const { account, amount } of postings) this.#add(account, amount);
    return this;
  }

  /** The legs that are not zero. */
  net(): readonly Posting[] {
    return [...this.#legs]
      .filter(([, amount]) => amount !== 0)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([account, amount]) => ({ account, amount }));
  }

  /** The net of one account. */
  of(account: AccountId): SignedAmount {
    return this.#legs.get(account) ?? signedAmount(0);
  }

  #add(account: AccountId, amount: SignedAmount): void {
    this.#legs.set(account, addSigned(this.of(account), amount));
  }
}
