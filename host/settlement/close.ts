// SPDX-License-Identifier: MIT
/**
 * Closes the settlement window, and settles it.
 *
 * 1. What an earlier close left is settled.
 * 2. One short transaction checks the books, gives the open window its bounds (last record, last journal
 *    entry, its hash) and opens the next one. A posting carries the number of the window that was open in its
 *    own transaction, so every posting is on one side of the bound, whatever runs beside it.
 * 3. The closed window is settled (settle.ts). It holds nothing that came in later.
 */
import { Fault } from '../../src/errors/fault.ts';
import { isIsoDate } from '../../src/time/civil.ts';
import type { Actor } from '../access/actor.ts';
import { GENESIS_HASH } from '../ledger/entry-hash.ts';
import type { WindowRow } from '../store/settlement-store.ts';
import type { HostStore } from '../store/store.ts';
import { checkBooks } from './close-checks.ts';
import { businessDateOf, logEvent, type SettlementParts } from './parts.ts';
import { merchantsOf, planFor, settleClosed, windowTerms } from './settle.ts';
import { signWindow } from './window-head.ts';
import { lastClosed, openWindow, windowOf } from './windows.ts';

/** Closers that wait for each other before one gives up. */
const CLOSES_AT_ONCE = 100;

export interface ClosedWindow {
  readonly window: WindowRow;
  /** False: nothing was there to settle on this date, so the last window stands. */
  readonly isNew: boolean;
}

/**
 * Closes the open window on a business date, by default today, and settles it. The same again, with nothing
 * new to settle, changes nothing.
 * @throws USAGE on a date before the last one; BOOKS_WRONG, and then nothing was closed.
 */
export async function closeWindow(
  parts: SettlementParts,
  request: { readonly businessDate?: string },
  actor: Actor,
): Promise<ClosedWindow> {
  const { store, clock, utcOffsetMinutes } = parts;
  const businessDate = request.businessDate ?? businessDateOf(clock.now(), utcOffsetMinutes);
  checkDate(store, businessDate);
  for (let tries = 0; tries < CLOSES_AT_ONCE; tries++) {
    await settleClosed(parts);
    const bounds = store.transaction(() => bump(parts, businessDate, actor));
    if (bounds === 'unsettled') continue;
    await settleClosed(parts);
    return { window: windowOf(store, bounds.id), isNew: bounds.isNew };
  }
  throw new Fault('LIMIT_EXCEEDED', `"close" expected at most ${CLOSES_AT_ONCE} at the same time`);
}

function checkDate(store: HostStore, businessDate: string): void {
  const last = lastClosed(store)?.businessDate ?? '';
  if (isIsoDate(businessDate) && businessDate >= last) return;
  const after = last === '' ? '' : ` from ${last}, the last business date, on`;
  throw new Fault('USAGE', `"date" expected YYYY-MM-DD${after}, got "${businessDate}"`);
}

interface Bump {
  readonly id: number;
  readonly isNew: boolean;
}

/**
 * Gives the open window its bounds, unless it would settle nothing on a date that is closed: then the last
 * one stands. `unsettled`: somebody else has closed a window since, which is to be settled first.
 */
function bump(parts: SettlementParts, businessDate: string, actor: Actor): Bump | 'unsettled' {
  const { store, clock } = parts;
  const id = store.openWindow();
  checkDate(store, businessDate);
  const before = lastClosed(store);
  if (before?.state === 'closed') return 'unsettled';
  if (before?.businessDate === businessDate && !hasWork(parts, id, businessDate)) {
    return { id: before.id, isNew: false };
  }
  checkBooks(store);
  const open = windowOf(store, id);
  const last = store.lastEntry();
  const at = clock.now();
  const closed = {
    ...open,
    state: 'closed' as const,
    closedAt: at,
    businessDate,
    lastRecord: store.lastRecordId(),
    lastJournal: last?.id ?? 0,
    headHash: last?.hash ?? GENESIS_HASH,
  };
  store.updateWindow(signWindow(closed, parts.sign));
  store.insertWindow(openWindow(id + 1, at));
  logEvent(parts, actor, { action: 'closed', subject: `window:${id}`, detail: businessDate });
  return { id, isNew: true };
}

/** Whether a close now would move or tell anything but what is carried over. */
function hasWork(parts: SettlementParts, id: number, businessDate: string): boolean {
  const { store } = parts;
  const now = { id, businessDate, closedAt: parts.clock.now() };
  const terms = windowTerms(store, now, () => undefined);
  if (terms.totals.size > 0 || terms.adjustments.size > 0) return true;
  return merchantsOf(store, terms).some((name) => {
    const merchant = store.merchant(name);
    const plan = merchant === undefined ? undefined : planFor(parts, terms, merchant);
    return plan !== undefined && (plan.released.length > 0 || plan.settlement.payoutId !== null);
  });
}
