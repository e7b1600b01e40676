// SPDX-License-Identifier: MIT
export interface HotlistRow {
  readonly serial: string;
  readonly version: number;
  readonly reason: string;
}

/** What the host tells terminals. */
export interface MessageStore {
  hotlist(): readonly HotlistRow[];
  insertHotlisted(row: HotlistRow): void;
}
