// SPDX-License-Identifier: MIT
/**
 * Rule 4: a merchant is not paid while a batch of its terminals is out of balance, until the terminal has
 * sent the records again in balance or the time for an answer has run out. Looked at as of the close, so
 * that a settlement that is resumed later says the same.
 */
import type { Instant } from '../../src/time/instant.ts';
import { deadline } from '../clocks/deadline.ts';
import type { HostStore } from '../store/store.ts';

/** Merchants whose payout waits, with the reason. */
export function batchHolds(store: HostStore, closedAt: Instant): ReadonlyMap<string, string> {
  const holds = new Map<string, string>();
  for (const { rule, terminal, at, settledAt } of store.alerts()) {
    const isOpen = at <= closedAt && (settledAt === null || settledAt > closedAt);
    if (rule !== 'batchOutOfBalance' || !isOpen || deadline('response', at) <= closedAt) continue;
    const merchant = store.terminal(terminal)?.merchant;
    if (merchant !== undefined)
      holds.set(merchant, `a batch of terminal ${terminal} is out of balance`);
  }
  return holds;
}
