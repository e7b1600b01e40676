// SPDX-License-Identifier: MIT
/**
 * Rule 4: a merchant is not paid while a batch of its terminals is out of balance, until the terminal itself
 * has made it good, somebody has acknowledged it at the desk, or its clock has run out. Looked at as of the
 * close, so that a settlement that is resumed later says the same.
 */
import { RULES } from '../../src/clearing/rules.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { ClockBook } from '../clocks/clock-book.ts';
import { exceptionId } from '../exceptions/exception-id.ts';
import type { TerminalAlert } from '../store/message-store.ts';
import type { HostStore } from '../store/store.ts';

/** Merchants whose payout waits, with the reason. */
export function batchHolds(store: HostStore, closedAt: Instant): ReadonlyMap<string, string> {
  const holds = new Map<string, string>();
  const parts = { store, clocks: new ClockBook(store) };
  for (const alert of store.alerts()) {
    if (alert.rule !== 'batchOutOfBalance' || !isOpen(parts, alert, closedAt)) continue;
    const merchant = store.terminal(alert.terminal)?.merchant;
    if (merchant === undefined) continue;
    holds.set(merchant, `a batch is out of balance at terminal ${alert.terminal}`);
  }
  return holds;
}

function isOpen(
  { store, clocks }: { readonly store: HostStore; readonly clocks: ClockBook },
  alert: TerminalAlert,
  closedAt: Instant,
): boolean {
  const { id, rule, terminal, at, settledAt } = alert;
  const { clock } = RULES[rule];
  const isOver = clock !== null && clocks.deadline(clock, at) <= closedAt;
  if (at > closedAt || (settledAt !== null && settledAt <= closedAt) || isOver) return false;
  return !store
    .deskEvents(exceptionId(rule, `terminal ${terminal}`, id))
    .some((event) => event.kind === 'acknowledged' && event.at <= closedAt);
}
