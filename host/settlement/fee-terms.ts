// SPDX-License-Identifier: MIT
/** What a fee schedule says, and which schedule is in force. Read with docs/settlement.md, Fees. */
import { Fault } from '../../src/errors/fault.ts';
import type { Amount } from '../../src/money/amount.ts';
import { WHOLE_BASIS_POINTS } from '../../src/money/share.ts';
import type { Instant } from '../../src/time/instant.ts';
import { MERCHANT_NAME } from './merchant-name.ts';
import { FEE_BOUNDS } from './fee-bounds.table.ts';
import type { FeeParty } from './model.ts';

/** A party of a schedule, in the order in which rates name them. */
export interface FeeRecipient {
  readonly party: FeeParty;
  /** Sub-ledger key of the party's account; empty for the operator. */
  readonly name: string;
}

/** Rates for the part of the basis at or above `from`, up to the `from` of the next tier. */
export interface FeeTier {
  readonly from: Amount;
  /** One rate for each recipient. */
  readonly basisPoints: readonly number[];
}

/** Terms of a schedule; everything that a fee is derived from besides the gross. */
export interface FeeTerms {
  /** `window`: of the window's gross, rounded once. `record`: of each record, rounded each time. */
  readonly basis: 'record' | 'window';
  readonly recipients: readonly FeeRecipient[];
  /** Ascending; the first begins at 0. */
  readonly tiers: readonly FeeTier[];
  /** Of the basis: each fee is at least this, but never more than its basis. */
  readonly minimum: Amount;
  readonly cap: Amount | null;
  /** Who gets what the floors of the shares leave over. */
  readonly residue: FeeParty;
}

/** Everybody, or every type. */
export const ANY = '*';

/** A version of the fees of one merchant and transaction type, or of all of them. Never changed. */
export interface FeeSchedule {
  readonly version: number;
  /** Merchant, or `*`. */
  readonly merchant: string;
  /** Transaction type code, or `*`. */
  readonly type: number | typeof ANY;
  /** YYYY-MM-DD: the first business date that it applies to. */
  readonly effectiveOn: string;
  readonly terms: FeeTerms;
  readonly setAt: Instant;
}

/** How narrow a schedule is: one for this merchant goes before one for this type. */
function rank({ merchant, type }: FeeSchedule): number {
  return (merchant === ANY ? 0 : 2) + (type === ANY ? 0 : 1);
}

/**
 * The schedule for a merchant and type on a business date: the narrowest one that has begun, of these the
 * latest. Arrival of records plays no part: one version applies to a whole window.
 */
export function scheduleInForce(
  schedules: readonly FeeSchedule[],
  merchant: string,
  type: number,
  businessDate: string,
): FeeSchedule | undefined {
  let best: FeeSchedule | undefined;
  for (const schedule of schedules) {
    const fits =
      (schedule.merchant === ANY || schedule.merchant === merchant) &&
      (schedule.type === ANY || schedule.type === type) &&
      schedule.effectiveOn <= businessDate;
    if (fits && (best === undefined || isBefore(best, schedule))) best = schedule;
  }
  return best;
}

function isBefore(known: FeeSchedule, other: FeeSchedule): boolean {
  const difference = rank(other) - rank(known);
  if (difference !== 0) return difference > 0;
  if (other.effectiveOn !== known.effectiveOn) return other.effectiveOn > known.effectiveOn;
  return other.version > known.version;
}

const refuse = (name: string, expected: string, got: number | string): Fault =>
  new Fault('USAGE', `"${name}" expected ${expected}, got ${got}`);

/**
 * Checks terms before they are kept. `isUsual` also asks for rates that are usual for an operator.
 * @throws USAGE
 */
export function checkTerms(terms: FeeTerms, isUsual: boolean): void {
  const { recipients, tiers, minimum, cap, residue } = terms;
  if (recipients.length === 0) throw refuse('shares', 'at least one party', 'none');
  const parties = new Set(recipients.map(({ party, name }) => `${party}:${name}`));
  if (parties.size !== recipients.length) throw refuse('shares', 'each party once', 'one twice');
  for (const { party, name } of recipients) {
    const isNamed = MERCHANT_NAME.test(name);
    if (party === 'operator' ? name !== '' : !isNamed) {
      throw refuse(party, 'a name of 1 to 32 letters, digits, . _ -', `"${name}"`);
    }
  }
  if (recipients.filter(({ party }) => party === residue).length !== 1) {
    throw refuse('residue', 'a party that has just one share', residue);
  }
  if (cap !== null && cap < minimum) throw refuse('cap', `at least the minimum, ${minimum}`, cap);
  if (tiers.length > FEE_BOUNDS.tiers.max) {
    throw refuse('tiers', `at most ${FEE_BOUNDS.tiers.max}`, tiers.length);
  }
  for (const [index, tier] of tiers.entries()) checkTier(terms, tier, index, isUsual);
}

function checkTier(terms: FeeTerms, tier: FeeTier, index: number, isUsual: boolean): void {
  const { recipients, tiers } = terms;
  const before = tiers[index - 1];
  if (before === undefined ? tier.from !== 0 : tier.from <= before.from) {
    throw refuse('tiers', 'to begin at 0 and ascend', tier.from);
  }
  if (tier.basisPoints.length !== recipients.length) {
    throw refuse('tiers', `${recipients.length} rates each`, tier.basisPoints.length);
  }
  let total = 0;
  for (const [place, rate] of tier.basisPoints.entries()) {
    if (!Number.isInteger(rate) || rate < 0) throw refuse('rate', 'whole basis points', rate);
    total += rate;
    if (isUsual && recipients[place]?.party === 'operator') checkUsual(rate);
  }
  if (total > WHOLE_BASIS_POINTS) {
    throw refuse('shares', `at most ${WHOLE_BASIS_POINTS} basis points together`, total);
  }
}

function checkUsual(rate: number): void {
  const { min, max } = FEE_BOUNDS.operatorBasisPoints;
  if (rate < min || rate > max) throw refuse('operator', `${min} to ${max} basis points`, rate);
}
