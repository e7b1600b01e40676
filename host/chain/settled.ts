// SPDX-License-Identifier: MIT
/**
 * Judging a card without its past. A settled point is a moment at which nothing was missing from a card, nothing
 * was found about it, and its chain ended with a purchase. What came later is judged from there on, so that the cost
 * of a record does not grow with the history of its card; the result is that of `judgeCard` on everything, or
 * undefined, and then everything is judged.
 *
 * Why it is the same (walk.ts): up to the point every step continues the chain. A later record could only change
 * one of those steps if
 * - it claims a counter, or a terminal's number, that is behind the point: such records are judged with everything;
 * - it is the first load since, and starts from more than the card then had, or is of nothing: the same;
 * - the first purchase behind the point starts from more than there was, and no load explains it: that is found
 *   (`balanceBreakAbove`), and whatever finds more than missing counters is judged with everything.
 * Loads behind the last purchase may have to stand before the next one; that is why a point ends with a purchase.
 */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import { chainRecord } from './decode-record.ts';
import type { MerchantOf } from './evidence.ts';
import type { EvidenceChange } from './evidence-change.ts';
import { judgeCard } from './fold.ts';
import {
  CHAIN_MODE,
  type CardEvidence,
  type CardJudgement,
  type ChainMode,
  type ChainRecord,
  type ChainStart,
  type Finding,
  type LoadOrder,
  type SettledPoint,
} from './model.ts';

/** Findings about records that did not come yet. */
const MISSING: ReadonlySet<RuleName> = new Set(['burntCounter', 'counterGap']);

/** Whether a card is settled as it stands. @param isCalm whether nothing is missing and nothing was found. */
export function isSettled(
  { mode, nextOffline }: { readonly mode: ChainMode; readonly nextOffline: number },
  isCalm: () => boolean,
): boolean {
  // A card that never paid has the mode of one whose chain ends with a purchase.
  return mode === CHAIN_MODE.endsWithPurchase && nextOffline > 0 && isCalm();
}

/** Whether a change may be judged from a point on. A record must use a new number of its terminal. */
export function mayBeJudgedFrom(
  point: SettledPoint,
  change: EvidenceChange,
  merchantOf: MerchantOf,
): boolean {
  if (change.kind === 'load') return isBehind(point, change.load);
  if (change.kind !== 'record' || !change.isFresh) return false;
  return isBehind(point, chainRecord(0, change.bytes, merchantOf));
}

/** Whether a record or an order comes after a point. */
function isBehind(point: ChainStart, event: ChainRecord | LoadOrder): boolean {
  const isPurchase = 'kind' in event && event.kind === 'purchase';
  return event.counter >= (isPurchase ? point.nextOffline : point.nextOnline);
}

/** Whether the first load after a point cannot have happened before it. */
function continuesFrom(point: ChainStart, { orders, records }: CardEvidence): boolean {
  const loads = [...orders, ...records.filter(({ kind }) => kind === 'load')];
  const first = Math.min(...loads.map(({ counter }) => counter));
  return loads
    .filter(({ counter }) => counter === first)
    .every(({ amount, before }) => before <= point.balance && amount > 0);
}

/** Judges a card by what came after a point, or by everything; undefined where the point is not enough. */
export function judgeFrom(
  point: ChainStart | null,
  evidence: CardEvidence,
): CardJudgement | undefined {
  if (point === null) return judgeCard(evidence);
  const { decisions, given, listings, orders, records, sharedNumbers, uncertain } = evidence;
  const besides = decisions.length + listings.length + sharedNumbers.length + uncertain.length;
  if (besides > 0 || isGiven(given)) return undefined;
  if (![...records, ...orders].every((event) => isBehind(point, event))) return undefined;
  if (!continuesFrom(point, evidence)) return undefined;
  const judged = judgeCard(evidence, point);
  return hasOnlyMissing(judged.findings) ? judged : undefined;
}

/** Whether nothing was found but that records are missing. */
export function hasOnlyMissing(findings: readonly Pick<Finding, 'rule'>[]): boolean {
  return findings.every(({ rule }) => MISSING.has(rule));
}

function isGiven(given: { readonly refunded: Amount; readonly paid: Amount } | undefined): boolean {
  return given !== undefined && given.refunded + given.paid > 0;
}
