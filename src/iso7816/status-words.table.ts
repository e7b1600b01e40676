// SPDX-License-Identifier: MIT
/**
 * Status words. Sources: ISO/IEC 7816-4:2020 table 5 and 6 (6xxx); the 93xx and 94xx words of the
 * purse are the same in every public PBOC/FMCOS implementation that was compared (docs/protocol.md).
 * Rows in numeric order.
 */
export const STATUS_WORDS = {
  DATA_MAY_BE_CORRUPT: { sw: 0x6281, meaning: 'part of the returned data may be corrupt' },
  SELECTED_FILE_INVALID: { sw: 0x6283, meaning: 'selected file invalidated' },
  EXECUTION_ERROR: { sw: 0x6400, meaning: 'execution error, memory unchanged' },
  MEMORY_FAILURE: { sw: 0x6581, meaning: 'memory failure' },
  WRONG_LENGTH: { sw: 0x6700, meaning: 'wrong length' },
  SECURE_MESSAGING_NOT_SUPPORTED: { sw: 0x6882, meaning: 'secure messaging not supported' },
  COMMAND_NOT_ACCEPTED: { sw: 0x6901, meaning: 'command not accepted in this state' },
  INCOMPATIBLE_FILE: { sw: 0x6981, meaning: 'command incompatible with the file structure' },
  SECURITY_STATUS: { sw: 0x6982, meaning: 'security status not satisfied' },
  AUTHENTICATION_LOCKED: { sw: 0x6983, meaning: 'authentication method locked' },
  REFERENCE_DATA_INVALID: { sw: 0x6984, meaning: 'random or reference data invalid' },
  CONDITIONS_NOT_SATISFIED: { sw: 0x6985, meaning: 'conditions of use not satisfied' },
  NO_CURRENT_FILE: { sw: 0x6986, meaning: 'no current elementary file' },
  SECURE_MESSAGING_MISSING: { sw: 0x6987, meaning: 'secure messaging data missing' },
  SECURE_MESSAGING_WRONG: { sw: 0x6988, meaning: 'secure messaging data wrong' },
  WRONG_DATA: { sw: 0x6a80, meaning: 'wrong data field' },
  FUNCTION_NOT_SUPPORTED: { sw: 0x6a81, meaning: 'function not supported, or application blocked' },
  FILE_NOT_FOUND: { sw: 0x6a82, meaning: 'file or application not found' },
  RECORD_NOT_FOUND: { sw: 0x6a83, meaning: 'record not found' },
  NOT_ENOUGH_SPACE: { sw: 0x6a84, meaning: 'not enough space, or wrong record length' },
  WRONG_P1_P2: { sw: 0x6a86, meaning: 'wrong P1 or P2' },
  REFERENCE_NOT_FOUND: { sw: 0x6a88, meaning: 'referenced data not found' },
  WRONG_OFFSET: { sw: 0x6b00, meaning: 'offset outside the file' },
  INS_NOT_SUPPORTED: { sw: 0x6d00, meaning: 'instruction not supported' },
  CLA_NOT_SUPPORTED: { sw: 0x6e00, meaning: 'class not supported' },
  NO_DIAGNOSIS: { sw: 0x6f00, meaning: 'no precise diagnosis' },
  SUCCESS: { sw: 0x9000, meaning: 'success' },
  FUNDS_INSUFFICIENT: { sw: 0x9301, meaning: 'funds insufficient (some card systems)' },
  MAC_INVALID: { sw: 0x9302, meaning: 'MAC invalid' },
  APPLICATION_LOCKED: { sw: 0x9303, meaning: 'application permanently locked' },
  AMOUNT_INSUFFICIENT: { sw: 0x9401, meaning: 'balance insufficient' },
  COUNTER_AT_MAXIMUM: { sw: 0x9402, meaning: 'transaction counter at its maximum' },
  KEY_INDEX_NOT_SUPPORTED: { sw: 0x9403, meaning: 'key index not supported' },
  PROOF_NOT_AVAILABLE: { sw: 0x9406, meaning: 'required MAC or TAC not available' },
  COMPOSITE_RECORD_LOCKED: { sw: 0x9407, meaning: 'composite purchase record locked' },
  GREY_LOCKED: { sw: 0x9408, meaning: 'purse grey-locked' },
} as const satisfies Record<string, { sw: number; meaning: string }>;

/** The name of a status word. */
export type StatusWordName = keyof typeof STATUS_WORDS;

/** Status words by name: `SW.MAC_INVALID` is 0x9302. */
// Built from the table row by row, so its keys and values are the table's.
export const SW = Object.freeze(
  Object.fromEntries(Object.entries(STATUS_WORDS).map(([name, row]) => [name, row.sw])),
) as { readonly [N in StatusWordName]: (typeof STATUS_WORDS)[N]['sw'] };

const MEANINGS: ReadonlyMap<number, string> = new Map(
  Object.values(STATUS_WORDS).map((row) => [row.sw, row.meaning]),
);

/** The meaning of a status word, 61xx, 63Cx and 6Cxx included; `unknown status word` otherwise. */
export function statusWordMeaning(sw: number): string {
  const known = MEANINGS.get(sw);
  if (known !== undefined) return known;
  if (sw >> 8 === 0x61) return `${sw & 0xff} more bytes with GET RESPONSE`;
  if (sw >> 8 === 0x6c) return `wrong Le, ${sw & 0xff} bytes available`;
  if (sw >> 4 === 0x63c) return `verification failed, ${sw & 15} tries left`;
  return 'unknown status word';
}

/** 63Cx: verification failed, `triesLeft` remain. ISO/IEC 7816-4 table 6. */
export function swTriesLeft(triesLeft: number): number {
  return 0x63c0 | Math.min(triesLeft, 15);
}
