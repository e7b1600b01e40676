// SPDX-License-Identifier: MIT
/**
 * An exception: something that a person may have to explain or decide. Exceptions are derived from the
 * books by sources (one file each beside this one), so they appear and vanish with what they are about;
 * what people did about them is kept by their id (store/desk-store.ts).
 */
import type { LiableParty, RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { HostStore } from '../store/store.ts';

export interface Exception {
  /** Stable name: the same matter has the same id in every report. See `exceptionId`. */
  readonly id: string;
  readonly rule: RuleName;
  /** What it is about: `card 0001 counter 7`, `terminal 10…`, `payout P12`. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** Minor units. */
  readonly moneyAtRisk: Amount;
  /** By the rule; null where the merchant is not known. */
  readonly liable: LiableParty;
  readonly merchant: string | null;
  readonly terminal: string | null;
  readonly openedAt: Instant;
  /** When the clock of the rule ends; null where none runs. */
  readonly deadline: Instant | null;
  /** Names of the evidence: record rows (`record 12`), batches by digest, bank lines. */
  readonly evidence: readonly string[];
  /** Whose decision moves money: the target of a decision on this card, see chain/model.ts; else null. */
  readonly target: { readonly serial: string; readonly key: string } | null;
}

/** Yields what one kind of evidence gives rise to. */
export type ExceptionSource = (store: HostStore, now: Instant) => Iterable<Exception>;
