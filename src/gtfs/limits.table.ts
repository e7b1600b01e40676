// SPDX-License-Identifier: MIT
/** Limits on what is read of a transit feed: a feed is somebody else's file. Above them: LIMIT_EXCEEDED. */
export const GTFS_LIMITS = {
  fileCharacters: { max: 64 * 1024 * 1024, text: 'Characters in one file of a feed.' },
  fileRows: { max: 5_000_000, text: 'Rows in one file of a feed, its header included.' },
  columns: { max: 500, text: 'Columns in one file of a feed.' },
} as const satisfies Record<string, { max: number; text: string }>;
