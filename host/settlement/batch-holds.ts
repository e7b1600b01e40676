// SPDX-License-Identifier: MIT
/**
 * Rules 4 and 6: a merchant is not paid while a batch of its terminals is out of balance, or a SAM number of
 * one of them is on two cards, until the terminal itself has made it good, somebody has acknowledged it at the
 * desk, or its clock has run out. Looked at as of the close, so that a settlement that is resumed later says
 * the same.
 */
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import type { Instant } from '../../src/time/instant.ts';
import { deadline } from '../clocks/deadline.ts';
import { exceptionId } from '../exceptions/exception-id.ts';
import type { TerminalAlert } from '../store/message-store.ts';
import type { HostStore } from '../store/store.ts';

const REASONS: Partial<Readonly<Record<RuleName, string>>> = {
  batchOutOfBalance: 'a batch is out of balance at terminal',
  terminalCounterReused: 'a SAM number is on two cards at terminal',
};

/** Merchants whose payout waits, with the reason. */
export function batchHolds(store: HostStore, closedAt: Instant): ReadonlyMap<string, string> {
  const holds = new Map<string, string>();
  for (const alert of store.alerts()) {
    const reason = REASONS[alert.rule];
    const merchant = store.terminal(alert.terminal)?.merchant;
    if (reason === undefined || merchant === undefined || !isOpen(store, alert, closedAt)) continue;
    holds.set(merchant, `${reason} ${alert.terminal}`);
  }
  return holds;
}

function isOpen(store: HostStore, alert: TerminalAlert, closedAt: Instant): boolean {
  const { id, rule, terminal, at, settledAt } = alert;
  const { clock } = RULES[rule];
  const isOver = clock !== null && deadline(clock, at) <= closedAt;
  if (at > closedAt || (settledAt !== null && settledAt <= closedAt) || isOver) return false;
  return !store
    .deskEvents(exceptionId(rule, `terminal ${terminal}`, id))
    .some((event) => event.kind === 'acknowledged' && event.at <= closedAt);
}
