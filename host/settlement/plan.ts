// SPDX-License-Identifier: MIT
/**
 * What one window settles with one merchant: a pure function of what belongs to the window and of the terms
 * in force. Nothing that came in later is looked at, so a close that is resumed ends as one that was not.
 */
import { invariant } from '../../src/errors/invariant.ts';
import {
  addSigned,
  atLeastZero,
  difference,
  least,
  negate,
  subtract,
  sum,
  sumSigned,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import { fractionOf, wholeUnits } from '../../src/money/share.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { plusDays } from '../../src/time/civil.ts';
import type { WindowTotal } from '../store/settlement-store.ts';
import { feeShares, splitFee, type RecordFees } from './fees.ts';
import type { FeeSchedule } from './fee-terms.ts';
import type { Merchant, MerchantSettlement, Reserve, SettlementLine } from './model.ts';
import { payoutId } from './payouts.ts';

/** A total with the schedule in force, and what was added up by record where it says so. */
export interface ChargedTotal {
  readonly total: Pick<WindowTotal, 'count' | 'gross' | 'type'>;
  readonly schedule: FeeSchedule | undefined;
  readonly byRecord: ReturnType<RecordFees['total']> | undefined;
}

/** Everything that a merchant's settlement follows from. */
export interface SettlementInput {
  readonly window: number;
  readonly businessDate: string;
  readonly merchant: Merchant;
  readonly currency: CurrencyCode;
  readonly before: Pick<MerchantSettlement, 'closing' | 'owed'> | undefined;
  readonly charged: readonly ChargedTotal[];
  readonly adjustments: SignedAmount;
  /** Held in earlier windows. */
  readonly reserves: readonly Reserve[];
  /** Why the payout waits for a batch; null when it does not. */
  readonly batchHold: string | null;
}

export interface SettlementPlan {
  readonly settlement: MerchantSettlement;
  /** Reserves that are due. */
  readonly released: readonly Reserve[];
  /** What this window holds back; null when nothing. */
  readonly reserve: Reserve | null;
}

/** One line: on nothing, or on less, there is no fee. */
function settlementLine({ total, schedule, byRecord }: ChargedTotal): SettlementLine {
  const { type, count, gross } = total;
  if (schedule === undefined) {
    return { type, count, gross, feeVersion: null, fee: ZERO, shares: [], net: gross };
  }
  invariant(
    byRecord === undefined || byRecord.gross === gross,
    `I10: records of type ${type} expected to add up to ${gross}, got ${byRecord?.gross ?? 0}`,
  );
  const split = byRecord ?? splitFee(schedule.terms, atLeastZero(gross));
  return {
    type,
    count,
    gross,
    feeVersion: schedule.version,
    fee: split.fee,
    shares: feeShares(schedule.terms, split),
    net: difference(gross, split.fee),
  };
}

const NOTHING_BEFORE = { closing: ZERO, owed: ZERO } as const;

/** Why nothing is paid out of `available`; null when it is. */
function holdReason(
  { merchant, currency, batchHold }: SettlementInput,
  available: Amount,
): string | null {
  if (available === ZERO) return null;
  if (merchant.holdReason !== null) return `held: ${merchant.holdReason}`;
  if (merchant.status === 'suspended') return 'the merchant is suspended';
  if (batchHold !== null) return batchHold;
  if (merchant.account === null) return 'no bank account is known';
  // A merchant that is closed gets what is left, however little.
  if (available < merchant.minimumPayout && merchant.status !== 'closed') {
    return `below the minimum payout of ${currency} ${formatAmount(merchant.minimumPayout, currency)}`;
  }
  return null;
}

/** The settlement of a merchant, or undefined when there is nothing to say. */
export function planSettlement(input: SettlementInput): SettlementPlan | undefined {
  const { window, businessDate, merchant, charged, adjustments } = input;
  const { closing: opening, owed: owedBefore } = input.before ?? NOTHING_BEFORE;
  const released = input.reserves.filter(({ releaseOn }) => releaseOn <= businessDate);
  const lines = charged.map(settlementLine);
  const isQuiet = lines.length === 0 && released.length === 0 && adjustments === 0;
  if (isQuiet && opening === ZERO) return undefined;

  const net = sumSigned(lines.map((line) => line.net));
  const reserveReleased = sum(released.map((reserve) => reserve.amount));
  const moved = sumSigned([net, adjustments, reserveReleased]);
  const afterDebts = difference(addSigned(opening, moved), owedBefore);
  const wanted = wholeUnits(fractionOf(atLeastZero(net), merchant.reserveBasisPoints));
  const reserveHeld = least(wanted, atLeastZero(afterDebts));
  const payable = difference(afterDebts, reserveHeld);
  const available = atLeastZero(payable);
  const owed = atLeastZero(negate(payable));
  const reason = holdReason(input, available);
  const payout = reason === null ? available : ZERO;
  const settlement: MerchantSettlement = {
    window,
    merchant: merchant.id,
    businessDate,
    opening,
    lines,
    adjustments,
    reserveHeld,
    reserveReleased,
    clawback: difference(owedBefore, owed),
    owed,
    payout,
    payoutId: payout === ZERO ? null : payoutId(window, merchant.id),
    closing: subtract(available, payout),
    holdReason: reason,
  };
  const wrong = settlementFault(settlement) ?? 'none';
  invariant(
    wrong === 'none',
    `I10: settlement of ${merchant.id} in window ${window} expected to add up, got ${wrong}`,
  );
  return { settlement, released, reserve: reserveOf(settlement, merchant) };
}

function reserveOf(settlement: MerchantSettlement, merchant: Merchant): Reserve | null {
  const { window, businessDate, reserveHeld } = settlement;
  if (reserveHeld === ZERO) return null;
  const releaseOn = plusDays(businessDate, merchant.reserveDays);
  return { window, merchant: merchant.id, amount: reserveHeld, releaseOn, releasedIn: null };
}

/** What does not add up in a settlement (I10, I11); null when all does. */
export function settlementFault(settlement: MerchantSettlement): string | null {
  for (const { type, fee, gross, net, shares } of settlement.lines) {
    const split = sum(shares.map((share) => share.amount));
    if (split !== fee) return `type ${type}: the shares are ${split}, the fee is ${fee}`;
    const left = difference(gross, fee);
    if (left !== net) return `type ${type}: gross less fee is ${left}, the net is ${net}`;
  }
  const { adjustments, clawback, closing, opening, payout } = settlement;
  const coming = sumSigned([
    opening,
    ...settlement.lines.map(({ net }) => net),
    adjustments,
    settlement.reserveReleased,
  ]);
  const going = sumSigned([settlement.reserveHeld, clawback, payout, closing]);
  return coming === going ? null : `${coming} came in, ${going} is accounted for`;
}
