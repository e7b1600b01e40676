// SPDX-License-Identifier: MIT
/** Settlement windows: just one is open, and every posting belongs to the one that was open. */
import type { Instant } from '../../src/time/instant.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { WindowRow } from '../store/settlement-store.ts';
import type { HostStore } from '../store/store.ts';

/** Opens the first window of a new ledger; changes nothing when there is one. */
export function ensureWindow(store: HostStore, at: Instant): void {
  if (store.windows().length === 0) store.insertWindow(openWindow(1, at));
}

/** A window that has just been opened: its bounds come when it is closed. */
export function openWindow(id: number, openedAt: Instant): WindowRow {
  return {
    id,
    state: 'open',
    openedAt,
    closedAt: null,
    businessDate: null,
    lastRecord: null,
    lastJournal: null,
    headHash: null,
    signature: null,
  };
}

/** The newest window that is not open; undefined before the first close. */
export function lastClosed(store: HostStore): WindowRow | undefined {
  return store.windows().findLast(({ state }) => state !== 'open');
}

/** The window of that number. @throws WINDOW_NOT_FOUND */
export function windowOf(store: HostStore, id: number): WindowRow {
  const window = store.windows().find((row) => row.id === id);
  if (window !== undefined) return window;
  throw new Fault('WINDOW_NOT_FOUND', `"window" expected the number of a window, got ${id}`);
}
