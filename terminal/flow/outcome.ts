// SPDX-License-Identifier: MIT
/**
 * What came of a tap, with all that a till, a gate or a test needs to say it. `settled` are taps of the
 * same card that were decided on the way: an earlier one that was uncertain, or a supplement.
 */
import type { Amount } from '../../src/money/amount.ts';
import type { Tap } from '../journal/tap.ts';
import type { DeclineReason } from './decline-reasons.table.ts';

/** The card proved the debit or the load: hand over the goods, open the gate. */
export interface Approved {
  readonly kind: 'approved';
  readonly tap: Tap;
  readonly settled: readonly Tap[];
}

/** What is known beside the reason; a member is there where it says something. */
export interface DeclineDetails {
  readonly serial?: string;
  /** The status word by which the card refused. */
  readonly sw?: number;
  readonly balance?: Amount;
  /** What the balance would have had to be, or what the limit is. */
  readonly needed?: Amount;
  readonly pinTriesLeft?: number;
  /** The host's own words. */
  readonly message?: string;
}

/** No value left the card by this tap. */
export interface Declined extends DeclineDetails {
  readonly kind: 'declined';
  readonly reason: DeclineReason;
  readonly settled: readonly Tap[];
}

/**
 * Why an outcome is unknown.
 * `answerLost`: the card left, or fell silent; present the same card again.
 * `answerUnclear`: the card answered with a word that proves nothing; present it again.
 * `samFailed`: the card answered, and the SAM could not check it; present the card again.
 * `macInvalid`: the card's MAC2 is wrong: it did not prove the debit. The host decides.
 * `proofGone`: the card's log shows the debit, its proof is overwritten. The host decides.
 * `undecidable`: the card can no longer tell. The host decides.
 */
export type UncertainCause =
  'answerLost' | 'answerUnclear' | 'macInvalid' | 'proofGone' | 'samFailed' | 'undecidable';

/** The card may or may not have committed. The journal has the tap; no goods are handed over. */
export interface Uncertain {
  readonly kind: 'uncertain';
  readonly cause: UncertainCause;
  readonly tap: Tap;
  readonly settled: readonly Tap[];
}

/** The card left before anything was committed, or there was none. Nothing happened. */
export interface NotPresented {
  readonly kind: 'notPresented';
  readonly settled: readonly Tap[];
}

export type TapOutcome = Approved | Declined | NotPresented | Uncertain;

const NONE: readonly Tap[] = Object.freeze([]);

export const NOT_PRESENTED: NotPresented = Object.freeze({ kind: 'notPresented', settled: NONE });

export function approved(tap: Tap): Approved {
  return { kind: 'approved', tap, settled: NONE };
}

export function declined(reason: DeclineReason, details?: DeclineDetails): Declined {
  return { ...details, kind: 'declined', reason, settled: NONE };
}

export function uncertain(cause: UncertainCause, tap: Tap): Uncertain {
  return { kind: 'uncertain', cause, tap, settled: NONE };
}

/** Whose card it was, where that was learnt. */
export function serialOf(outcome: TapOutcome): string | undefined {
  if ('tap' in outcome) return outcome.tap.serial;
  return outcome.kind === 'declined' ? outcome.serial : undefined;
}

/** Every tap that an outcome tells of, in the order in which they began. */
export function tapsOf(outcome: TapOutcome): readonly Tap[] {
  return 'tap' in outcome ? [...outcome.settled, outcome.tap] : outcome.settled;
}

/** The outcome with what was settled before it. */
export function after<O extends TapOutcome>(settled: readonly Tap[], outcome: O): O {
  if (settled.length === 0) return outcome;
  return { ...outcome, settled: [...settled, ...outcome.settled] };
}
