// SPDX-License-Identifier: MIT
export interface HotlistRow {
  readonly serial: string;
  readonly version: number;
  readonly reason: string;
}

/** What the host tells terminals. */
export interface MessageStore {
  hotlist(): readonly HotlistRow[];
  listing(serial: string): HotlistRow | undefined;
  insertHotlisted(row: HotlistRow): void;
  /** False when it was not on the list. */
  deleteHotlisted(serial: string): boolean;
}
