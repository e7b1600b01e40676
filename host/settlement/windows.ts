// SPDX-License-Identifier: MIT
/** Settlement windows: just one is open, and every posting belongs to the one that was open. */
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';

/** Opens the first window of a new ledger; changes nothing when there is one. */
export function ensureWindow(store: HostStore, at: Instant): void {
  if (store.windows().length > 0) return;
  store.insertWindow({
    id: 1,
    state: 'open',
    openedAt: at,
    closedAt: null,
    businessDate: null,
    lastRecord: null,
    lastJournal: null,
    headHash: null,
    signature: null,
  });
}
