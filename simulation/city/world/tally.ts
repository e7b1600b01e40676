// SPDX-License-Identifier: MIT
/** Counts what happens, for the result. Nothing in the city depends on it. */
import { add, type Amount, ZERO } from '../../../src/money/amount.ts';
import { tapsOf, type TapOutcome } from '../../../terminal/flow/outcome.ts';
import type { Tap } from '../../../terminal/journal/tap.ts';
import type { Latency, TapCounts } from '../result.ts';
import type { CardEvent } from '../truth/card-events.ts';

/** Times in buckets, each twice as long as the one before. */
class LatencyTally {
  readonly #least: number;
  readonly #counts: number[] = [];
  #most = 0;
  #count = 0;

  constructor(least: number) {
    this.#least = least;
  }

  add(value: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log2(value / this.#least)));
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#most = Math.max(this.#most, value);
    this.#count++;
  }

  latency(): Latency {
    const buckets = this.#counts.map((count, index) => ({
      upTo: this.#least * 2 ** index,
      count,
    }));
    return {
      count: this.#count,
      p50: this.#quantile(0.5),
      p99: this.#quantile(0.99),
      most: Math.round(this.#most * 10) / 10,
      buckets,
    };
  }

  /** The upper bound of the bucket that a share of all values lie in or below. */
  #quantile(share: number): number {
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= share * this.#count && seen > 0) return this.#least * 2 ** index;
    }
    return 0;
  }
}

/** What a place has taken. */
interface Takings {
  taps: number;
  amount: Amount;
}

export class Tally {
  taps = 0;
  approved = 0;
  declined = 0;
  uncertain = 0;
  recovered = 0;
  notPresented = 0;
  loads = 0;
  records = 0;
  batches = 0;
  /** Answers of the host, after each of which its books were looked at. */
  answers = 0;
  /** Since the day began. */
  today = { taps: 0, loaded: ZERO, spent: ZERO, records: 0, batches: 0 };
  readonly declinedBy: Record<string, number> = {};
  readonly takings = new Map<string, Takings>();
  readonly tapMicroseconds = new LatencyTally(10);
  readonly batchMilliseconds = new LatencyTally(0.1);

  /** Undefined when the terminal lost power. */
  countTap(outcome: TapOutcome | undefined): void {
    this.taps++;
    this.today.taps++;
    if (outcome === undefined || outcome.kind === 'notPresented') this.notPresented++;
    else if (outcome.kind === 'approved') this.approved++;
    else if (outcome.kind === 'uncertain') this.uncertain++;
    else {
      this.declined++;
      this.declinedBy[outcome.reason] = (this.declinedBy[outcome.reason] ?? 0) + 1;
    }
    if (outcome !== undefined) this.recovered += recoveredBy(outcome);
  }

  countEvents(stationId: string, events: readonly CardEvent[]): void {
    for (const { isLoad, amount } of events) {
      if (isLoad) {
        this.loads++;
        this.today.loaded = add(this.today.loaded, amount);
        continue;
      }
      this.today.spent = add(this.today.spent, amount);
      const takings = this.takings.get(stationId) ?? { taps: 0, amount: ZERO };
      takings.taps++;
      takings.amount = add(takings.amount, amount);
      this.takings.set(stationId, takings);
    }
  }

  countBatch(records: number, milliseconds: number): void {
    this.batches++;
    this.records += records;
    this.today.batches++;
    this.today.records += records;
    this.batchMilliseconds.add(milliseconds);
  }

  beginDay(): void {
    this.today = { taps: 0, loaded: ZERO, spent: ZERO, records: 0, batches: 0 };
  }

  counts(): TapCounts {
    const { taps, approved, declined, uncertain, recovered, notPresented, loads } = this;
    const { records, batches } = this;
    const declinedBy = Object.fromEntries(
      Object.entries(this.declinedBy).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
    return {
      ...{ taps, approved, declined, declinedBy, uncertain, recovered, notPresented, loads },
      ...{ records, batches },
    };
  }
}

/** Earlier taps of the card whose outcome this one has found out. */
function recoveredBy(outcome: TapOutcome): number {
  const isFound = ({ isRecovered, state }: Tap): boolean =>
    isRecovered || (state === 'declined' && outcome.kind !== 'uncertain');
  return tapsOf(outcome).filter(isFound).length;
}
