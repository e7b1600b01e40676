// SPDX-License-Identifier: MIT
/**
 * Every fault code of the system: what it means, whose fault it is, whether a retry may differ, the
 * HTTP status that carries it and what the reader of the message should do. This is the only list:
 * `docs/errors.md` is generated from it and every HTTP answer and exit message is built from it.
 *
 * A fault is something outside that broke. What a merchant or a cardholder may see (declined,
 * uncertain) is an outcome, never a fault; a mistake of ours is a `Defect` (see invariant.ts).
 */
export interface FaultRow {
  readonly text: string;
  readonly party: 'card' | 'host' | 'peer' | 'reader' | 'sam' | 'store' | 'user';
  readonly transient: boolean;
  readonly httpStatus: number;
  readonly advice: string;
}

/** The faults by code. */
export const FAULTS = {
  USAGE: {
    text: 'The command or request was not understood.',
    party: 'user',
    transient: false,
    httpStatus: 400,
    advice: 'Correct the argument that is named; `--help` shows examples.',
  },
  DECODE_FAILED: {
    text: 'Bytes do not fit their layout.',
    party: 'peer',
    transient: false,
    httpStatus: 400,
    advice: 'The path names the field. Send the unit again from its source; nothing was changed.',
  },
  LIMIT_EXCEEDED: {
    text: 'A size or a count is above its limit.',
    party: 'peer',
    transient: false,
    httpStatus: 413,
    advice: 'Split the work into smaller units; docs/limits.md lists the limits.',
  },
  FILE_UNREADABLE: {
    text: 'A file could not be read or written.',
    party: 'store',
    transient: false,
    httpStatus: 500,
    advice: 'Check the path and its permissions.',
  },
  FILE_EXISTS: {
    text: 'A file that would be overwritten exists.',
    party: 'store',
    transient: false,
    httpStatus: 409,
    advice: 'Choose another name.',
  },
  CARD_IMAGE_INVALID: {
    text: 'A card image is damaged or not a card image.',
    party: 'store',
    transient: false,
    httpStatus: 400,
    advice: 'Restore the image from a copy, or create a new card.',
  },
  CARD_GONE: {
    text: 'The card left the field, or the channel to it closed.',
    party: 'card',
    transient: true,
    httpStatus: 502,
    advice: 'Present the same card again.',
  },
  CARD_UNUSABLE: {
    text: 'The card gave an answer that the flow cannot go on from.',
    party: 'card',
    transient: false,
    httpStatus: 502,
    advice: 'The message shows the status word; try another card.',
  },
  SAM_UNUSABLE: {
    text: 'The secure module refused a command.',
    party: 'sam',
    transient: false,
    httpStatus: 502,
    advice: 'Check the module and its keys; a locked module must be replaced.',
  },
  PCSC_UNAVAILABLE: {
    text: 'PC/SC cannot be used on this machine.',
    party: 'reader',
    transient: false,
    httpStatus: 503,
    advice: 'Run `openpurse doctor`: it says what is missing and what to install.',
  },
  READER_NOT_FOUND: {
    text: 'No reader that fits is connected.',
    party: 'reader',
    transient: true,
    httpStatus: 404,
    advice:
      'List the readers with `openpurse readers`; `openpurse doctor` says why one may be missing.',
  },
  CARD_NOT_PRESENTED: {
    text: 'No card came within the time that was allowed.',
    party: 'card',
    transient: true,
    httpStatus: 504,
    advice: 'Run the command again and hold the card to the reader; `--wait` gives more time.',
  },
  CARD_NOT_BLANK: {
    text: 'The card holds something already.',
    party: 'card',
    transient: false,
    httpStatus: 409,
    advice: 'Take a blank test card. Nothing was written.',
  },
  TRANSCRIPT_MISMATCH: {
    text: 'A replayed session went another way than the recorded one.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'The message has the line, the recorded command and the one that was sent.',
  },
  CARD_NOT_FOUND: {
    text: 'No such card is known.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'List the cards with `openpurse card show`.',
  },
  CARD_EXISTS: {
    text: 'A card with this serial number is already issued.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'Choose another serial number.',
  },
  TERMINAL_NOT_FOUND: {
    text: 'No such terminal is enrolled.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'Enrol the terminal at the host first.',
  },
  TERMINAL_EXISTS: {
    text: 'The terminal is already enrolled with another key or merchant.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'Choose another terminal id.',
  },
  CONFIG_INVALID: {
    text: 'A configuration value is wrong.',
    party: 'user',
    transient: false,
    httpStatus: 400,
    advice: 'Correct the field that is named.',
  },
  GTFS_INVALID: {
    text: 'A transit feed does not follow the GTFS specification.',
    party: 'peer',
    transient: false,
    httpStatus: 400,
    advice: 'The message names the file, the row and the field.',
  },
  BATCH_REFUSED: {
    text: 'A batch is damaged, or not signed by its terminal.',
    party: 'peer',
    transient: false,
    httpStatus: 422,
    advice: 'Upload the batch again from the terminal; its records are still there.',
  },
  MESSAGE_REFUSED: {
    text: 'A message is not signed by its terminal, is an old one, or asks for what is not open.',
    party: 'peer',
    transient: false,
    httpStatus: 403,
    advice:
      'Nothing was changed. The message says which check failed; `openpurse terminal sync` asks anew.',
  },
  JOURNAL_CORRUPT: {
    text: 'The terminal journal is not readable.',
    party: 'store',
    transient: false,
    httpStatus: 500,
    advice: 'Keep the file: its records are money. Recover it with the sqlite3 tools.',
  },
  STORE_UNUSABLE: {
    text: 'A database could not be opened or is of another version.',
    party: 'store',
    transient: false,
    httpStatus: 500,
    advice: 'Check the path, the permissions and the version of openpurse.',
  },
  KEY_STORE_LOCKED: {
    text: 'The passphrase does not open the key store.',
    party: 'user',
    transient: false,
    httpStatus: 401,
    advice: 'Set OPENPURSE_PASSPHRASE or --passphrase-file to the right passphrase.',
  },
  KEY_VERSION_UNKNOWN: {
    text: 'No issuer keys of this version are held.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'Add it with `openpurse host add-key-version`.',
  },
  LOAD_REFUSED: {
    text: 'The host refused to authorise the load.',
    party: 'host',
    transient: false,
    httpStatus: 422,
    advice: 'The message says which check failed; no money moved.',
  },
  EXCEPTION_NOT_FOUND: {
    text: 'No such exception is open, or it is not yours to see.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'List them with `openpurse exceptions list`; a settled one has left the list.',
  },
  REQUEST_NOT_FOUND: {
    text: 'No such request is at the desk.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'List them with `openpurse exceptions requests`.',
  },
  DECISION_REFUSED: {
    text: 'A decision cannot be taken on this matter, or not by this person.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'Look at the exception again with `openpurse exceptions show`; nothing was changed.',
  },
  HOST_UNREACHABLE: {
    text: 'The clearing host did not answer.',
    party: 'host',
    transient: true,
    httpStatus: 503,
    advice: 'Start it with `openpurse host serve`, or carry the batch over as a file.',
  },
  HOST_REFUSED: {
    text: 'The clearing host refused the request.',
    party: 'host',
    transient: false,
    httpStatus: 502,
    advice: 'The host gave the reason; nothing was erased at the terminal.',
  },
  FILE_REFUSED: {
    text: 'A file cannot carry a value, or is not the one that was written before.',
    party: 'user',
    transient: false,
    httpStatus: 422,
    advice: 'The message names the field or the file; correct it where it comes from.',
  },
  BANK_FILE_REFUSED: {
    text: 'A file of the bank is damaged, or does not follow the one before it.',
    party: 'peer',
    transient: false,
    httpStatus: 422,
    advice: 'The message names the element. Nothing was changed; ask the bank for the file again.',
  },
  BANK_LINE_NOT_FOUND: {
    text: 'No line of a bank statement has that number, or it is matched already.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'List the lines with `openpurse bank list`.',
  },
  CLAIM_FILE_REFUSED: {
    text: 'A claim file is not one, or contradicts itself.',
    party: 'peer',
    transient: false,
    httpStatus: 422,
    advice: 'The message names the line and the column. Nothing was changed.',
  },
  BOOKS_WRONG: {
    text: 'The books do not add up, so no window was closed.',
    party: 'host',
    transient: false,
    httpStatus: 500,
    advice: 'The message names the check. Run `openpurse host report`; change nothing by hand.',
  },
  MERCHANT_NOT_FOUND: {
    text: 'No merchant of that name is registered.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'See `openpurse merchant list`; enrolling a terminal registers its merchant.',
  },
  WINDOW_NOT_FOUND: {
    text: 'No settlement window has that number.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'See `openpurse settle list`.',
  },
  PAYOUT_NOT_FOUND: {
    text: 'No payout has that id.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'See `openpurse payout list`.',
  },
  PAYOUT_STATE: {
    text: 'The payout is not in a state in which this can happen to it.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'See its state with `openpurse payout list`, and the moves in docs/settlement.md.',
  },
  NOT_AUTHENTICATED: {
    text: 'Nobody knows who asks: no key, a wrong one, or a signature that does not hold.',
    party: 'user',
    transient: false,
    httpStatus: 401,
    advice: 'People send their API key, terminals sign; docs/host-api.md says how.',
  },
  NOT_ALLOWED: {
    text: 'Whoever asks may not do or see this.',
    party: 'user',
    transient: false,
    httpStatus: 403,
    advice: 'Ask somebody whose role allows it; `openpurse host user list` shows the roles.',
  },
  RATE_LIMITED: {
    text: 'Too many requests in a short time.',
    party: 'peer',
    transient: true,
    httpStatus: 429,
    advice: 'Try again after the seconds that Retry-After names.',
  },
  USER_EXISTS: {
    text: 'A user of this name is or was there.',
    party: 'user',
    transient: false,
    httpStatus: 409,
    advice: 'Choose another name: the audit log knows each name once.',
  },
  USER_NOT_FOUND: {
    text: 'No such user is there.',
    party: 'user',
    transient: false,
    httpStatus: 404,
    advice: 'List the users with `openpurse host user list`.',
  },
  BACKUP_INVALID: {
    text: 'A backup does not agree with its manifest.',
    party: 'store',
    transient: false,
    httpStatus: 422,
    advice: 'Take another copy of it; nothing was restored.',
  },
} as const satisfies Record<string, FaultRow>;

/** The identity of a fault. */
export type FaultCode = keyof typeof FAULTS;
