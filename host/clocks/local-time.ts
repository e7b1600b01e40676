// SPDX-License-Identifier: MIT
import type { HostStore } from '../store/store.ts';

/** Minutes that the clocks of records are ahead of UTC: what the ledger was begun with. */
export function utcOffsetOf(store: HostStore): number {
  return Number(store.meta('utcOffsetMinutes') ?? 0);
}
