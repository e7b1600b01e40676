// SPDX-License-Identifier: MIT
/**
 * What a status word other than 9000 means for the tap. `isProof`: whether the card, answering so to a
 * command that moves money, has said that it did nothing. The checking errors 67xx to 6Exx are answered
 * before anything is executed (ISO/IEC 7816-4, table 5), and so are the 93xx and 94xx words of the purse
 * (docs/protocol.md, Status words). Execution errors (64xx, 65xx), warnings (62xx, 63xx), 6F00 and every
 * word that is not listed prove nothing: the outcome is then uncertain. In numeric order.
 */
import type { StatusWordName } from '../../src/iso7816/status-words.table.ts';
import { STATUS_WORDS } from '../../src/iso7816/status-words.table.ts';
import type { DeclineReason } from './decline-reasons.table.ts';

export interface RefusalRow {
  readonly reason: DeclineReason;
  readonly isProof: boolean;
}

const refused = { reason: 'cardRefused', isProof: true } as const;

export const CARD_REFUSALS = {
  WRONG_LENGTH: refused,
  SECURE_MESSAGING_NOT_SUPPORTED: refused,
  COMMAND_NOT_ACCEPTED: refused,
  INCOMPATIBLE_FILE: refused,
  SECURITY_STATUS: { reason: 'pinRequired', isProof: true },
  AUTHENTICATION_LOCKED: { reason: 'pinBlocked', isProof: true },
  REFERENCE_DATA_INVALID: refused,
  CONDITIONS_NOT_SATISFIED: refused,
  NO_CURRENT_FILE: refused,
  SECURE_MESSAGING_MISSING: refused,
  SECURE_MESSAGING_WRONG: refused,
  WRONG_DATA: refused,
  FUNCTION_NOT_SUPPORTED: { reason: 'cardBlocked', isProof: true },
  FILE_NOT_FOUND: refused,
  RECORD_NOT_FOUND: refused,
  NOT_ENOUGH_SPACE: refused,
  WRONG_P1_P2: refused,
  REFERENCE_NOT_FOUND: refused,
  WRONG_OFFSET: refused,
  INS_NOT_SUPPORTED: refused,
  CLA_NOT_SUPPORTED: refused,
  FUNDS_INSUFFICIENT: { reason: 'insufficientBalance', isProof: true },
  MAC_INVALID: { reason: 'macRefused', isProof: true },
  APPLICATION_LOCKED: { reason: 'cardBlocked', isProof: true },
  AMOUNT_INSUFFICIENT: { reason: 'insufficientBalance', isProof: true },
  COUNTER_AT_MAXIMUM: { reason: 'counterExhausted', isProof: true },
  KEY_INDEX_NOT_SUPPORTED: { reason: 'keyNotSupported', isProof: true },
  COMPOSITE_RECORD_LOCKED: { reason: 'purseLocked', isProof: true },
  GREY_LOCKED: { reason: 'purseLocked', isProof: true },
} as const satisfies Partial<Record<StatusWordName, RefusalRow>>;

const BY_WORD: ReadonlyMap<number, RefusalRow> = new Map(
  // Object.entries loses the literal keys; they are the table's.
  (Object.entries(CARD_REFUSALS) as [keyof typeof CARD_REFUSALS, RefusalRow][]).map(
    ([name, row]) => [STATUS_WORDS[name].sw, row],
  ),
);

const UNLISTED: RefusalRow = { reason: 'cardUnusable', isProof: false };

/** What a status word means; one that is not listed proves nothing. */
export function cardRefusal(sw: number): RefusalRow {
  return BY_WORD.get(sw) ?? UNLISTED;
}
