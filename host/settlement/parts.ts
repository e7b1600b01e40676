// SPDX-License-Identifier: MIT
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { civilTime, isoDate } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { Actor } from '../access/actor.ts';
import type { HostStore } from '../store/store.ts';

/** What settlement works with. */
export interface SettlementParts {
  readonly store: HostStore;
  readonly clock: Clock;
  /** Minutes ahead of UTC of business dates. */
  readonly utcOffsetMinutes: number;
  /** For amounts in reasons that people read. */
  readonly currency: CurrencyCode;
  /** The host's signature over a message. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The business date of an instant, YYYY-MM-DD. */
export function businessDateOf(at: Instant, utcOffsetMinutes: number): string {
  return isoDate(civilTime(at, utcOffsetMinutes).date);
}

/** Keeps who did something, in the transaction that does it. */
export function logEvent(
  { store, clock }: SettlementParts,
  actor: Actor,
  event: { readonly action: string; readonly subject: string; readonly detail: string },
): void {
  store.insertSettlementEvent({ ...event, at: clock.now(), actor: actor.name });
}
