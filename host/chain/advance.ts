// SPDX-License-Identifier: MIT
/**
 * Small steps that need not judge a card anew. They cover the common day: terminals hand in their
 * batches in any order, so the records of a card come with holes that later batches fill. Each step gives
 * what `judgeCard` would give; where that is not certain it gives undefined, and the card is judged.
 *
 * The walk (walk.ts) only ever compares a purchase with loads that are not yet walked. So:
 * - a purchase ahead of a chain that ends with a purchase is compared with nothing: it leaves a gap
 *   behind it and ends the chain;
 * - a purchase in a gap behind which no load follows and no value appears (`isClear`) is compared with
 *   nothing either: it splits the gap in two, and a part without counters must have no value;
 * - on a chain without gaps every step continues, so a load that continues it and completes its only
 *   open order, or a first order for the next online counter, changes no earlier decision.
 */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import {
  negate,
  signedAmount,
  subtract,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { account } from '../ledger/accounts.table.ts';
import type { EntryKind } from '../ledger/model.ts';
import {
  CHAIN_MODE,
  type ChainMode,
  type ChainRecord,
  type CounterGap,
  type Finding,
  type LoadOrder,
  type Movement,
} from './model.ts';
import { gapFinding, gapFindingKey } from './walk.ts';

/** The head of a card's chain. */
export interface AdvanceHead {
  readonly nextOffline: number;
  readonly nextOnline: number;
  readonly balance: Amount;
  readonly mode: ChainMode;
}

/** What a step changes. */
export interface Advance {
  readonly rule: RuleName;
  readonly entry: EntryKind;
  readonly head: AdvanceHead;
  readonly movements: readonly Omit<Movement, 'key'>[];
  readonly removedGap: CounterGap | null;
  readonly addedGaps: readonly CounterGap[];
  readonly removedFinding: string | null;
  readonly addedFindings: readonly Finding[];
  /** The order that is proven. */
  readonly provenLoad: LoadOrder | null;
  /** By how much the loads in flight change. */
  readonly inFlight: SignedAmount;
}

type Change = Pick<Advance, 'entry' | 'head' | 'movements' | 'rule'> & Partial<Advance>;

/** Member by member: late records come by the hundred thousand, and of spread objects each has a shape of its own. */
function advance(change: Change): Advance {
  return {
    rule: change.rule,
    entry: change.entry,
    head: change.head,
    movements: change.movements,
    removedGap: change.removedGap ?? null,
    addedGaps: change.addedGaps ?? [],
    removedFinding: change.removedFinding ?? null,
    addedFindings: change.addedFindings ?? [],
    provenLoad: change.provenLoad ?? null,
    inFlight: change.inFlight ?? signedAmount(0),
  };
}

function isSoundPurchase(record: ChainRecord): boolean {
  return record.before >= record.after && record.before - record.after === record.amount;
}

/** A purchase ahead of the chain. */
export function leapAhead(head: AdvanceHead, record: ChainRecord): Advance | undefined {
  const isAhead = record.counter > head.nextOffline && record.before <= head.balance;
  if (head.mode !== CHAIN_MODE.endsWithPurchase || !isAhead || !isSoundPurchase(record)) {
    return undefined;
  }
  const value = subtract(head.balance, record.before);
  const gap = {
    from: head.nextOffline,
    to: record.counter,
    value,
    high: head.balance,
    // A first gap has no purchase before it that would keep loads out.
    isClear: head.nextOffline > 0,
    state: 'open' as const,
  };
  return advance({
    rule: value === 0 ? 'burntCounter' : 'counterGap',
    entry: 'exception',
    head: {
      nextOffline: record.counter + 1,
      nextOnline: head.nextOnline,
      balance: record.after,
      mode: head.mode,
    },
    movements: [
      { debit: account('2010'), credit: account('2061'), amount: value, claim: null },
      {
        debit: account('2010'),
        credit: account('2040', record.merchantId),
        amount: record.amount,
        claim: record,
      },
    ],
    addedGaps: [gap],
    addedFindings: [gapFinding(gap.from, gap.to, value, record.id)],
  });
}

/** A late purchase that fits a clear gap; `behind` is the record of the purchase behind each gap. */
export function fillGap(
  head: AdvanceHead,
  record: ChainRecord,
  gaps: readonly CounterGap[],
  behind: (findingKey: string) => number | null,
): Advance | undefined {
  if (head.mode === CHAIN_MODE.contested || !isSoundPurchase(record)) return undefined;
  const gap = gaps.find(
    ({ from, to }) => to !== null && from <= record.counter && record.counter < to,
  );
  if (gap?.isClear !== true || gap.to === null || gap.state !== 'open') return undefined;
  const low = subtract(gap.high, gap.value);
  if (record.before > gap.high || record.after < low) return undefined;
  const first = part(gap.from, record.counter, gap.high, record.before);
  const second = part(record.counter + 1, gap.to, record.after, low);
  if (first === undefined || second === undefined) return undefined;
  const end = gap.to;
  const key = gapFindingKey(end);
  return advance({
    rule: gapRule(first),
    entry: 'lateRecord',
    head,
    // Out of the value that was missing: 2061, not the float.
    movements: [
      {
        debit: account('2061'),
        credit: account('2040', record.merchantId),
        amount: record.amount,
        claim: record,
      },
    ],
    removedGap: gap,
    addedGaps: [...first, ...second],
    removedFinding: key,
    addedFindings: [
      ...first.map(({ from, value }) => gapFinding(from, record.counter, value, record.id)),
      ...second.map(({ from, value }) => gapFinding(from, end, value, behind(key))),
    ],
  });
}

/** The rule of a record behind a gap, if there is one. */
function gapRule(before: readonly CounterGap[]): RuleName {
  const [gap] = before;
  if (gap === undefined) return 'lateRecord';
  return gap.value === 0 ? 'burntCounter' : 'counterGap';
}

/** A part of a split gap: none where no counter is left, undefined where value is left without one. */
function part(
  from: number,
  to: number,
  high: Amount,
  low: Amount,
): readonly CounterGap[] | undefined {
  const value = subtract(high, low);
  if (from < to) return [{ from, to, value, high, isClear: true, state: 'open' }];
  return value === 0 ? [] : undefined;
}

/** A load that ends a chain and completes its only open order. The card has no gap and no finding. */
export function appendLoad(
  head: AdvanceHead,
  record: ChainRecord,
  orders: readonly LoadOrder[],
): Advance | undefined {
  const open = orders.filter((order) => order.counter >= head.nextOnline);
  const [order] = open;
  const fits =
    head.mode !== CHAIN_MODE.contested &&
    record.counter === head.nextOnline &&
    record.before === head.balance &&
    record.amount > 0 &&
    record.after - record.before === record.amount;
  if (!fits || order === undefined || open.length > 1) return undefined;
  const isOrdered =
    order.counter === record.counter &&
    order.amount === record.amount &&
    order.before === record.before;
  if (!isOrdered) return undefined;
  return advance({
    rule: 'accepted',
    entry: 'loadProven',
    head: {
      nextOffline: head.nextOffline,
      nextOnline: head.nextOnline + 1,
      balance: record.after,
      mode: CHAIN_MODE.endsWithLoad,
    },
    movements: [
      { debit: account('2015'), credit: account('2010'), amount: record.amount, claim: null },
    ],
    provenLoad: order,
    inFlight: negate(record.amount),
  });
}

/** The first order for the next online counter: it waits. The card has no gap and no finding. */
export function waitForLoad(
  head: AdvanceHead,
  order: LoadOrder,
  orders: readonly LoadOrder[],
): Advance | undefined {
  const isFirst =
    head.mode !== CHAIN_MODE.contested &&
    order.counter === head.nextOnline &&
    orders.every((other) => other.counter < order.counter);
  if (!isFirst) return undefined;
  return advance({
    rule: 'accepted',
    entry: 'loadAuthorised',
    head,
    movements: [
      {
        debit: account('1030', order.agent),
        credit: account('2015'),
        amount: order.amount,
        claim: null,
      },
    ],
    inFlight: order.amount,
  });
}
