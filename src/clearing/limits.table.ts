// SPDX-License-Identifier: MIT
/** The limit of everything that grows. A unit above its limit is refused whole, with LIMIT_EXCEEDED. */
export const LIMITS = {
  batchRecords: { max: 100_000, meaning: 'records in one batch' },
  batchBytes: { max: 8_800_256, meaning: 'bytes of one batch file or upload' },
  httpJsonBytes: { max: 64 * 1024, meaning: 'bytes of a JSON request body' },
  ackRanges: { max: 100_000, meaning: 'ranges of records in one acknowledgement' },
  hotlistEntries: { max: 1_000_000, meaning: 'cards on one hotlist' },
  deskBulk: { max: 10_000, meaning: 'exceptions in one request of the desk' },
  deskNote: { max: 1_000, meaning: 'characters of a note of the desk' },
  syncItems: { max: 500, meaning: 'results, or ranges of records, in one message of a terminal' },
  openActions: { max: 10_000, meaning: 'card actions that wait at the same time' },
  uploadTries: { max: 5, meaning: 'tries of one upload before the terminal gives up until told' },
  cardImageBytes: { max: 256 * 1024, meaning: 'bytes of a card image' },
  statisticsLines: { max: 100_000, meaning: 'lines of one table of statistics' },
  transcriptCharacters: { max: 16 * 1024 * 1024, meaning: 'characters of a transcript' },
  transcriptLines: { max: 400_000, meaning: 'lines of a transcript' },
  bankFileBytes: { max: 16 * 1024 * 1024, meaning: 'bytes of one file of the bank' },
  bankFileLines: { max: 100_000, meaning: 'movements in one statement, payments in one report' },
  bankFileDepth: { max: 32, meaning: 'elements within each other in a file of the bank' },
  fileMoney: {
    max: 10_000_000_000_000,
    meaning:
      'minor units of a balance, or of everything together, in a file of a bank or a merchant',
  },
  claimFileBytes: { max: 16 * 1024 * 1024, meaning: 'bytes of one claim file' },
  claimRows: { max: 100_000, meaning: 'rows of one claim file' },
} as const satisfies Record<string, { max: number; meaning: string }>;
