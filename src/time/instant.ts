// SPDX-License-Identifier: MIT
import { invariant } from '../errors/invariant.ts';

declare const instantBrand: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [instantBrand]: true };

/** The instant at `epochMs`, whole milliseconds. */
export function instant(epochMs: number): Instant {
  invariant(Number.isSafeInteger(epochMs), `"epochMs" expected whole milliseconds, got ${epochMs}`);
  return epochMs as Instant;
}

/** The instant `durationMs` after (or, if negative, before) `start`. */
export function plusMs(start: Instant, durationMs: number): Instant {
  return instant(start + durationMs);
}
