// SPDX-License-Identifier: MIT
import type { Instant } from '../../src/time/instant.ts';

export interface HotlistRow {
  readonly serial: string;
  readonly version: number;
  readonly reason: string;
  readonly at: Instant;
}

/** What the host tells terminals. */
export interface MessageStore {
  hotlist(): readonly HotlistRow[];
  listing(serial: string): HotlistRow | undefined;
  insertHotlisted(row: HotlistRow): void;
}
