// SPDX-License-Identifier: MIT
/**
 * The walk along one card's chain: purchases by offline counter, loads by online counter, merged by the
 * balances. At each step the value that appeared or vanished between two neighbours is accounted for:
 *
 * - equal balances: the record continues the chain;
 * - lower than expected: value left the card without a record: a gap (2061, unpresented purchases);
 * - higher than expected: an authorised load that is not proven yet explains it exactly, or else the
 *   card attests more than it was loaded with (1060, overspend).
 */
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { add, subtract, ZERO, type Amount } from '../../src/money/amount.ts';
import { account } from '../ledger/accounts.table.ts';
import { chooseClaim, type ChainLink } from './forks.ts';
import type { ChainRecord, ChainStart, CounterGap, Finding, LoadOrder, Movement } from './model.ts';
import type { LoadEvent, LoadHistory } from './order-events.ts';

/** One step of the merged chain. */
interface Step {
  readonly before: Amount;
  readonly after: Amount;
  readonly at: string;
  /** Orders steps of equal time; loads come first. */
  readonly isLoad: boolean;
  readonly counter: number;
  readonly recordId: number | null;
}

type WalkedGap = Omit<CounterGap, 'isClear' | 'state'>;

interface OpenGap {
  readonly gap: WalkedGap;
  readonly purchasesBefore: number;
  /** Whether value appeared at its end: a record in it may be where it appeared. */
  readonly hasRise: boolean;
}

/** The walk in progress; `finish` closes what is open at the end of the chain. */
export class ChainWalk {
  balance: Amount = ZERO;
  nextOffline = 0;
  nextOnline = 0;
  readonly movements: Movement[] = [];
  readonly gaps: CounterGap[] = [];
  readonly findings: Finding[] = [];
  readonly links: ChainLink[] = [];
  readonly held: ChainRecord[] = [];
  /** Purchases with a counter that was missing, and not the balances of their neighbours. */
  readonly misfits: ChainRecord[] = [];
  /** Whether the last purchase started from more than the chain had: the next one tells who is right. */
  endsWithRise = false;
  /**
   * Whether every load after the last purchase continued the chain. Only those are compared with the
   * next purchase, so one that continues from the balance then changes nothing that was decided before.
   */
  isTailContinuous = true;
  provenOpenOrder: LoadOrder | null = null;
  /** Purchases that stood before the walk began, as far as it matters: none, or some. */
  readonly #purchasesBefore: 0 | 1;
  /** How many purchases stood before the last load. */
  #purchasesBeforeLoads = 0;
  #openGaps: OpenGap[] = [];
  readonly #history: LoadHistory;
  #openOrder: LoadOrder | null;
  /** Value that vanished since the last purchase; the next one tells whether counters are missing. */
  #missing: Amount = ZERO;

  constructor(history: LoadHistory, start: ChainStart | null) {
    this.#history = history;
    this.#openOrder = history.open;
    this.#purchasesBefore = start === null ? 0 : 1;
    if (start === null) return;
    this.balance = start.balance;
    this.nextOffline = start.nextOffline;
    this.nextOnline = start.nextOnline;
  }

  /** Walks through the sound purchases, grouped by counter in ascending order. */
  run(claims: readonly (readonly ChainRecord[])[]): void {
    const { completed } = this.#history;
    let nextClaim = 0;
    let nextLoad = 0;
    while (nextClaim < claims.length || nextLoad < completed.length) {
      const group = claims[nextClaim];
      const purchase = group === undefined ? undefined : chooseClaim(group, this.balance);
      const load = completed[nextLoad];
      if (load !== undefined && (purchase === undefined || this.#loadComesFirst(load, purchase))) {
        this.#stepLoad(load);
        nextLoad++;
      } else if (purchase !== undefined) {
        if (this.#isMisfit(purchase, claims[nextClaim + 1], completed.slice(nextLoad))) {
          this.misfits.push(purchase);
        } else this.#stepPurchase(purchase);
        this.held.push(...(group ?? []).filter((claim) => claim !== purchase));
        nextClaim++;
      }
    }
  }

  /**
   * Whether a purchase agrees with neither neighbour, while these agree with each other without it: it
   * starts from more than there was, or ends with less than the next one starts from. A load that is still
   * to come may explain a rise; then nobody is to blame.
   */
  #isMisfit(
    purchase: ChainRecord,
    nextGroup: readonly ChainRecord[] | undefined,
    loads: readonly LoadEvent[],
  ): boolean {
    const { balance } = this;
    const next = nextGroup === undefined ? undefined : chooseClaim(nextGroup, balance);
    if (next === undefined || next.before > balance || next.before === purchase.after) return false;
    const isAbove = purchase.before > balance;
    if (!isAbove && purchase.after >= next.before) return false;
    const low = isAbove ? balance : purchase.after;
    const order = this.#openOrder;
    return (
      loads.every((load) => loadStep(load).before > low) && (order === null || order.before > low)
    );
  }

  /**
   * Between loads a balance only falls. Where just one of the two orders is possible without value from
   * nowhere, it is that one; else what continues the chain goes first, then the order in which something
   * continues, and only then time decides.
   */
  #loadComesFirst(load: LoadEvent, purchase: ChainRecord): boolean {
    const step = loadStep(load);
    const mayRiseAgain = load !== this.#history.completed.at(-1) || this.#openOrder !== null;
    const mayLoadFirst =
      step.before <= this.balance && (purchase.before <= step.after || mayRiseAgain);
    const mayPurchaseFirst = purchase.before <= this.balance && step.before <= purchase.after;
    if (mayLoadFirst !== mayPurchaseFirst) return mayLoadFirst;
    const isLoadNext = step.before === this.balance;
    // A load of nothing may come before anything.
    if (isLoadNext && step.after === step.before) return true;
    if (purchase.before === this.balance && purchase.counter === this.nextOffline) return false;
    return isLoadNext || this.#loadFitsFirst(step, purchase);
  }

  /** Of a load and a purchase that are both possible, and of which neither simply continues the chain. */
  #loadFitsFirst(step: Step, purchase: ChainRecord): boolean {
    // Counters may be missing before the purchase, and still be worth nothing.
    const fitsPurchaseFirst = purchase.after === step.before || purchase.before === this.balance;
    const fitsLoadFirst = step.after === purchase.before;
    if (fitsLoadFirst !== fitsPurchaseFirst) return fitsLoadFirst;
    return step.at <= purchase.at;
  }

  #stepLoad(event: LoadEvent): void {
    const step = loadStep(event);
    const isContinuous = step.before === this.balance;
    if (!isContinuous) this.isTailContinuous = false;
    this.#purchasesBeforeLoads = this.#purchaseCount;
    this.#bridge(step);
    this.nextOnline = event.counter + 1;
    this.balance = step.after;
    const value = subtract(step.after, step.before);
    if (event.order !== null) {
      this.#move(`load:${event.order.id}`, ['2015', '2010'], value);
      return;
    }
    this.#move(`loadUnfunded:${event.counter}`, ['1060', '2010'], value);
    this.#find('loadUnfunded', step, ['no authorised load', `a load of ${value}`], value);
  }

  #stepPurchase(record: ChainRecord): void {
    const { before, after, at, counter, id: recordId } = record;
    const step: Step = { before, after, at, isLoad: false, counter, recordId };
    const isContinuous = record.before === this.balance;
    const found = this.findings.length;
    this.#bridge(step);
    this.endsWithRise = this.findings.slice(found).some(({ rule }) => rule === 'balanceBreakAbove');
    this.#closeGap(record.counter, step);
    this.links.push({ record, isContinuous });
    this.isTailContinuous = true;
    this.nextOffline = record.counter + 1;
    this.balance = record.after;
    this.movements.push({
      key: `purchase:${record.counter}:${record.tac}`,
      debit: account('2010'),
      credit: account('2040', record.merchantId),
      amount: record.amount,
      claim: record,
    });
  }

  /** Accounts for the difference between the chain's balance and what `step` starts from. */
  #bridge(step: Step): void {
    if (step.before > this.balance && !step.isLoad) this.#proveOpenOrder(step);
    if (step.before < this.balance) {
      const value = subtract(this.balance, step.before);
      this.#missing = add(this.#missing, value);
      this.#move(`gap:${stepName(step)}`, ['2010', '2061'], value);
    } else if (step.before > this.balance) {
      const value = subtract(step.before, this.balance);
      this.#move(`overspend:${stepName(step)}`, ['1060', '2010'], value);
      this.#find(
        'balanceBreakAbove',
        step,
        [`balance ${this.balance}`, `balance ${step.before}`],
        value,
      );
    }
    this.balance = step.before;
  }

  /** A balance can only rise by a load: the open order explains it when it fits from both sides. */
  #proveOpenOrder(step: Step): void {
    const order = this.#openOrder;
    if (order === null || order.counter < this.nextOnline) return;
    const after = add(order.before, order.amount);
    if (order.before > this.balance || after < step.before) return;
    this.#openOrder = null;
    this.provenOpenOrder = order;
    this.#stepLoad({ counter: order.counter, record: null, order });
  }

  /** At the next purchase it is known whether counters are missing. */
  #closeGap(counter: number, step: Step): void {
    const value = this.#missing;
    this.#missing = ZERO;
    if (counter > this.nextOffline) {
      this.#addGap({ from: this.nextOffline, to: counter, value, high: add(step.before, value) });
      this.findings.push(gapFinding(this.nextOffline, counter, value, step.recordId));
    } else if (value > 0) {
      this.#addGap({ from: counter, to: counter, value, high: add(step.before, value) });
      this.#find(
        'balanceBreakBelow',
        step,
        [`balance ${add(step.before, value)}`, `balance ${step.before}`],
        value,
      );
    }
  }

  #addGap(gap: WalkedGap): void {
    this.#openGaps.push({ gap, purchasesBefore: this.#purchaseCount, hasRise: this.endsWithRise });
  }

  get #purchaseCount(): number {
    return this.#purchasesBefore + this.links.length;
  }

  /** Whether the chain ends with a load. */
  get endsWithLoad(): boolean {
    return this.nextOnline > 0 && this.#purchasesBeforeLoads === this.#purchaseCount;
  }

  /** Closes the gaps; value that is missing at the end of the chain has no counters yet. */
  finish(): void {
    for (const { gap, hasRise, purchasesBefore } of this.#openGaps) {
      const isClear =
        !hasRise && purchasesBefore > 0 && this.#purchasesBeforeLoads < purchasesBefore;
      const { from, to, value, high } = gap;
      this.gaps.push({ from, to, value, high, isClear, state: 'open' });
    }
    if (this.#missing === ZERO) return;
    const high = add(this.balance, this.#missing);
    this.gaps.push({
      from: this.nextOffline,
      to: null,
      value: this.#missing,
      high,
      isClear: false,
      state: 'open',
    });
    this.findings.push({
      key: gapFindingKey(null),
      rule: 'counterGap',
      counter: this.nextOffline,
      expected: `balance ${add(this.balance, this.#missing)}`,
      found: `balance ${this.balance} after the last load`,
      atRisk: this.#missing,
      recordId: null,
    });
  }

  #move(
    key: string,
    [debit, credit]: readonly ['1060' | '2010' | '2015', '2010' | '2061'],
    value: Amount,
  ): void {
    this.movements.push({
      key,
      debit: account(debit),
      credit: account(credit),
      amount: value,
      claim: null,
    });
  }

  #find(
    rule: RuleName,
    step: Step,
    [expected, found]: readonly [string, string],
    atRisk: Amount,
  ): void {
    const key = `${rule}:${stepName(step)}`;
    this.findings.push({
      key,
      rule,
      counter: step.counter,
      expected,
      found,
      atRisk,
      recordId: step.recordId,
    });
  }
}

/** Counters `from` up to, not including, `to` are missing before the purchase with counter `to`. */
export function gapFinding(
  from: number,
  to: number,
  value: Amount,
  recordId: number | null,
): Finding {
  return {
    key: gapFindingKey(to),
    rule: value === ZERO ? 'burntCounter' : 'counterGap',
    counter: to,
    expected: `counter ${from}`,
    found: `counter ${to}`,
    atRisk: value,
    recordId,
  };
}

/** The gap that a finding is about; a loss without a missing counter is a gap of none. */
export function gapOf<G extends Pick<CounterGap, 'from' | 'to'>>(
  { rule, key, counter }: Pick<Finding, 'counter' | 'key' | 'rule'>,
  gaps: readonly G[],
): G | undefined {
  return rule === 'balanceBreakBelow'
    ? gaps.find(({ from, to }) => from === counter && to === counter)
    : gaps.find(({ to }) => gapFindingKey(to) === key);
}

/** The key of the finding of a gap that ends before the purchase with counter `to`. */
export function gapFindingKey(to: number | null): string {
  return `counterGap:purchase:${to ?? 'open'}`;
}

const stepName = (step: Step): string => `${step.isLoad ? 'load' : 'purchase'}:${step.counter}`;

function loadStep(event: LoadEvent): Step {
  const source = event.record ?? event.order;
  const before = source?.before ?? ZERO;
  return {
    before,
    after: add(before, source?.amount ?? ZERO),
    at: event.record?.at ?? event.order?.at ?? '',
    isLoad: true,
    counter: event.counter,
    recordId: event.record?.id ?? null,
  };
}
