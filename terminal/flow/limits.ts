// SPDX-License-Identifier: MIT
/**
 * Offline limits: what the operator risks on a card that nobody can be asked about. They bind sales and
 * gate entries, an entry by the highest fare that it may lead to. They never bind an exit: the ride was
 * given, and a closed gate would not take it back.
 */
import type { Amount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { CardStanding, HotlistState } from '../journal/journal.ts';
import type { DeclineReason } from './decline-reasons.table.ts';

export interface OfflineLimits {
  readonly perTap: Amount;
  readonly perCardPerDay: { readonly amount: Amount; readonly count: number };
  /** Past this age of the hotlist only `stalePerTap` may be charged; undefined: its age does not matter. */
  readonly hotlistMaxAgeMinutes: number | undefined;
  /** 0 declines every charge. */
  readonly stalePerTap: Amount;
}

/** A limit that was reached, and its value. */
export interface LimitReached {
  readonly reason: DeclineReason;
  readonly needed: Amount | undefined;
}

export interface LimitedCharge {
  readonly amount: Amount;
  readonly at: Instant;
  readonly standing: CardStanding;
  readonly hotlist: HotlistState;
}

/** The first limit that a charge would exceed. */
export function limitReached(
  limits: OfflineLimits,
  charge: LimitedCharge,
): LimitReached | undefined {
  const { amount, standing } = charge;
  const { perTap, perCardPerDay } = limits;
  if (amount > perTap) return { reason: 'overTapLimit', needed: perTap };
  if (isStale(limits, charge) && (amount > limits.stalePerTap || limits.stalePerTap === 0)) {
    return { reason: 'hotlistTooOld', needed: limits.stalePerTap };
  }
  if (standing.dayCount >= perCardPerDay.count) {
    return { reason: 'overDayCount', needed: undefined };
  }
  if (standing.dayAmount + amount > perCardPerDay.amount) {
    return { reason: 'overDayAmount', needed: perCardPerDay.amount };
  }
  return undefined;
}

/** A terminal that never got a list has one that is infinitely old. */
function isStale({ hotlistMaxAgeMinutes }: OfflineLimits, charge: LimitedCharge): boolean {
  if (hotlistMaxAgeMinutes === undefined) return false;
  const { receivedAt } = charge.hotlist;
  return receivedAt === undefined || charge.at - receivedAt > hotlistMaxAgeMinutes * 60_000;
}
