// SPDX-License-Identifier: MIT
/**
 * One attempt to move money on a card, as the journal keeps it. It is durable before the card is told to
 * commit, so that whatever happens then can be found out later.
 *
 *   pending ──▶ approved     the card proved it: MAC2 and TAC, or the proof on a later tap
 *           ──▶ declined     the card proved that it did nothing
 *           ──▶ uncertain    the card can no longer tell; the clearing host decides
 *           ──▶ suspicious   the card answered, and its MAC2 was wrong; the clearing host decides
 *
 * A tap that is `pending` has an unknown outcome: the answer is awaited, was lost, or the terminal stopped.
 */
import type { Amount } from '../../src/money/amount.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { TRANSACTION_TYPES } from '../../src/purse/transaction-types.table.ts';

/** What the cardholder wanted. `supplement` is what a missing exit costs at the next gate. */
export type Operation = 'gateEntry' | 'gateExit' | 'load' | 'sale' | 'supplement';

export type TapState = 'approved' | 'declined' | 'pending' | 'suspicious' | 'uncertain';

/** The types that a terminal carries out. */
export type TapType = (typeof TRANSACTION_TYPES)[
  'compositePurchase' | 'purseLoad' | 'pursePurchase']['code'];

/** What is known before the card commits: all of it is needed to find the outcome later. */
export interface NewTap {
  readonly operation: Operation;
  /** 20 digits. */
  readonly serial: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly transactionType: TapType;
  readonly counterBefore: number;
  readonly amount: Amount;
  readonly balanceBefore: Amount;
  readonly balanceAfter: Amount;
  /** The SAM's transaction counter; 0 for a load. */
  readonly terminalCounter: number;
  /** As the card's log has them: YYYYMMDD, HHMMSS. */
  readonly date: string;
  readonly time: string;
  readonly place: string;
  readonly hotlistVersion: number;
  /** The EF1E record that is written together with the debit. */
  readonly trip: Uint8Array | undefined;
  /** The host's name of the load. */
  readonly loadId: string | undefined;
}

/** A tap with what became of it. */
export interface Tap extends NewTap {
  readonly id: number;
  readonly state: TapState;
  readonly tac: Uint8Array | undefined;
  /** Whether the outcome was found on a later tap. */
  readonly isRecovered: boolean;
  /** Whether the SAM verified the card's MAC2: false for a load, which has none. */
  readonly isMac2Verified: boolean;
  /** The terminal sequence of its record with TAC. */
  readonly sequence: number | undefined;
  /** The terminal sequence under which it went up while its outcome was unknown. */
  readonly uncertainSequence: number | undefined;
}

/** What makes a tap approved. */
export interface TapEvidence {
  readonly tac: Uint8Array;
  readonly isRecovered: boolean;
  readonly isMac2Verified: boolean;
}

/** Whether a tap takes value from the card: what counts against the offline limits. */
export function isDebit(tap: NewTap): boolean {
  return tap.operation !== 'load' && tap.amount > 0;
}

/** A tap that begins. Member by member: an object spread costs a tap several microseconds. */
export function pendingTap(id: number, tap: NewTap): Tap {
  return {
    operation: tap.operation,
    serial: tap.serial,
    suite: tap.suite,
    keyVersion: tap.keyVersion,
    transactionType: tap.transactionType,
    counterBefore: tap.counterBefore,
    amount: tap.amount,
    balanceBefore: tap.balanceBefore,
    balanceAfter: tap.balanceAfter,
    terminalCounter: tap.terminalCounter,
    date: tap.date,
    time: tap.time,
    place: tap.place,
    hotlistVersion: tap.hotlistVersion,
    trip: tap.trip,
    loadId: tap.loadId,
    id,
    state: 'pending',
    tac: undefined,
    isRecovered: false,
    isMac2Verified: false,
    sequence: undefined,
    uncertainSequence: undefined,
  };
}
