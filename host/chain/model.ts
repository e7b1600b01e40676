// SPDX-License-Identifier: MIT
/**
 * What the host knows of one card, and what it concludes. `judgeCard` (fold.ts) is a pure function from
 * the first to the second: the state of a card depends on the set of its records, never on the order in
 * which they came.
 */
import type { Decision } from './decisions.table.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { AccountId } from '../ledger/accounts.table.ts';

/** A verified record (its TAC is the card's) of a debit or a completed load. */
export interface ChainRecord {
  /** Row of the record in the store; not part of any decision. */
  readonly id: number;
  readonly kind: 'load' | 'purchase';
  /** The counter before the increment: offline for a purchase, online for a load. */
  readonly counter: number;
  readonly amount: Amount;
  readonly before: Amount;
  readonly after: Amount;
  readonly transactionType: number;
  /** Local date and time, YYYYMMDDHHMMSS: decides between forks, never the order of a chain. */
  readonly at: string;
  readonly terminalId: string;
  readonly terminalCounter: number;
  readonly merchantId: string;
  readonly hotlistVersion: number;
  readonly tac: string;
}

/** A load that the host authorised: MAC1 has proved the counter and the balance before. */
export interface LoadOrder {
  readonly id: string;
  /** Order of authorisation at this card: a later order for the same counter replaces an earlier one. */
  readonly number: number;
  readonly counter: number;
  readonly amount: Amount;
  readonly before: Amount;
  readonly at: string;
  readonly agent: string;
}

/** A tap whose outcome the terminal does not know. */
export interface UncertainTap {
  readonly id: number;
  readonly isLoad: boolean;
  readonly counter: number;
  readonly amount: Amount;
  readonly terminalId: string;
  readonly terminalCounter: number;
  readonly at: string;
}

/** Everything that is known of one card. */
export interface CardEvidence {
  readonly records: readonly ChainRecord[];
  readonly orders: readonly LoadOrder[];
  readonly uncertain: readonly UncertainTap[];
  readonly listings: readonly Listing[];
  readonly sharedNumbers: readonly SharedNumber[];
  /** The last day of the card's validity, YYYYMMDD; null when it has none. */
  readonly validUntil: string | null;
  readonly decisions: readonly Decision[];
  /** Left out where nothing was. */
  readonly given?: GivenToHolder | undefined;
}

/** What was refunded and paid to the holder of a card, besides what its evidence says. */
export interface GivenToHolder {
  /** By merchants, for purchases. */
  readonly refunded: Amount;
  /** Out of what was owed to the holder. */
  readonly paid: Amount;
}

/** A transaction number of a terminal's SAM that a debit of this card has, and one of another card. */
export interface SharedNumber {
  readonly terminalId: string;
  readonly terminalCounter: number;
  /** Serial number of the other card, 20 hexadecimal digits. */
  readonly otherCard: string;
}

/** Rules by which a purchase that the card paid is not simply paid to its merchant. */
export type WithheldRule = 'cardExpired' | 'hotlistedAtTerminal' | 'terminalCounterShared';

/** A stretch during which the hotlist named the card. Times are local civil ones, YYYYMMDDHHMMSS. */
export interface Listing {
  readonly fromVersion: number;
  /** The version that no longer has the card; null while it is listed. */
  readonly toVersion: number | null;
  readonly at: string;
  /** From when on a terminal without `fromVersion` has a list that is too old. */
  readonly tooOldAt: string;
  readonly removedAt: string | null;
}

/** A transfer that a card's evidence calls for. `key` tells it from every other of the same card. */
export interface Movement {
  readonly key: string;
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amount: Amount;
  /** The record whose merchant is credited; null where the movement credits no merchant. */
  readonly claim: ChainRecord | null;
}

/** Counters of a card without a record, and the value that left the card there. */
export interface CounterGap {
  readonly from: number;
  /** Exclusive; null while no later purchase is known. */
  readonly to: number | null;
  readonly value: Amount;
  /** The balance before the first missing counter; less `value`, what the next record starts from. */
  readonly high: Amount;
  /**
   * Whether a purchase stands before the gap, all loads stand before that purchase, and no value appeared at
   * the end of the gap: see `advance.ts`.
   */
  readonly isClear: boolean;
  readonly state: GapState;
}

/** `open`: its value waits in 2061. `expired`: moved to 2090. `refunded`: owed to the holder in 2095. */
export type GapState = 'expired' | 'open' | 'refunded';

/** Where a walk along a chain begins: right behind a purchase. */
export interface ChainStart {
  readonly balance: Amount;
  readonly nextOffline: number;
  readonly nextOnline: number;
}

/** A settled point of a card (settled.ts). */
export interface SettledPoint extends ChainStart {
  /** Row of the newest record that it covers. */
  readonly record: number;
}

/** How a chain ends, as far as it may be advanced without judging the card anew: see `advance.ts`. */
export const CHAIN_MODE = { endsWithPurchase: 0, contested: 1, endsWithLoad: 2 } as const;
export type ChainMode = (typeof CHAIN_MODE)[keyof typeof CHAIN_MODE];

/** Something that a person may have to look at, with both values. */
export interface Finding {
  readonly key: string;
  readonly rule: RuleName;
  readonly counter: number;
  readonly expected: string;
  readonly found: string;
  readonly atRisk: Amount;
  readonly recordId: number | null;
}

export type OrderState = 'inFlight' | 'notDone' | 'proven';

/** What follows from the evidence. */
export interface CardJudgement {
  readonly nextOffline: number;
  readonly nextOnline: number;
  /** The newest balance that the card attested: its share of the float. */
  readonly balance: Amount;
  readonly movements: readonly Movement[];
  readonly gaps: readonly CounterGap[];
  readonly findings: readonly Finding[];
  readonly orderStates: ReadonlyMap<string, OrderState>;
  /** The rule of every record that is not simply accepted. */
  readonly ruleOfRecord: ReadonlyMap<number, RuleName>;
  readonly mode: ChainMode;
}
