// SPDX-License-Identifier: MIT
/** Every fraud that was committed, and when somebody first saw a sign of it. */
import type { Instant } from '../../../src/time/instant.ts';
import type { DetectionLine } from '../result.ts';
import { DAY_MS } from '../world/durations.ts';
import { FRAUDS, type FraudName } from './frauds.table.ts';

interface Case {
  readonly fraud: FraudName;
  /** What a sign of it names: a serial, a record, a terminal. */
  readonly subject: string;
  readonly actedAt: Instant;
  foundAt: Instant | undefined;
}

export class CaseBook {
  readonly #cases = new Map<string, Case>();
  readonly #attempts = new Map<string, Instant>();
  readonly #falseAlarms = new Map<FraudName, Set<string>>();

  /** A fraud is committed; the same again is the same case. */
  commit(fraud: FraudName, subject: string, actedAt: Instant): void {
    const key = `${fraud} ${subject}`;
    if (!this.#cases.has(key))
      this.#cases.set(key, { fraud, subject, actedAt, foundAt: undefined });
  }

  /** Somebody tries a fraud, and may never know whether it went through: a sign of it makes it a case. */
  attempt(fraud: FraudName, subject: string, at: Instant): void {
    this.#attempts.set(`${fraud} ${subject}`, at);
  }

  /** Whether one of these kinds was committed on a subject. */
  has(frauds: readonly FraudName[], subject: string): boolean {
    return frauds.some((fraud) => this.#cases.has(`${fraud} ${subject}`));
  }

  /**
   * Somebody sees a sign that frauds of these kinds show. It belongs to every case of them with this
   * subject; where there is none, it is a false alarm of the first kind.
   */
  see(frauds: readonly [FraudName, ...FraudName[]], subject: string, at: Instant): void {
    let isTrue = false;
    for (const fraud of frauds) {
      const attemptedAt = this.#attempts.get(`${fraud} ${subject}`);
      if (attemptedAt !== undefined) this.commit(fraud, subject, attemptedAt);
      const found = this.#cases.get(`${fraud} ${subject}`);
      if (found === undefined) continue;
      isTrue = true;
      found.foundAt ??= at;
    }
    if (isTrue) return;
    const alarms = this.#falseAlarms.get(frauds[0]) ?? new Set();
    this.#falseAlarms.set(frauds[0], alarms.add(subject));
  }

  lines(): readonly DetectionLine[] {
    return (Object.keys(FRAUDS) as readonly FraudName[]).map((fraud) => this.#line(fraud));
  }

  #line(fraud: FraudName): DetectionLine {
    const cases = [...this.#cases.values()].filter((one) => one.fraud === fraud);
    const days = cases
      .flatMap(({ actedAt, foundAt }) =>
        foundAt === undefined ? [] : [(foundAt - actedAt) / DAY_MS],
      )
      .sort((left, right) => left - right);
    const found = days.length;
    const falseAlarms = this.#falseAlarms.get(fraud)?.size ?? 0;
    const share = (part: number, whole: number): number | null =>
      whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
    const tenths = (value: number | undefined): number | null =>
      value === undefined ? null : Math.round(value * 10) / 10;
    return {
      fraud,
      injected: cases.length,
      found,
      falseAlarms,
      precision: share(found, found + falseAlarms),
      recall: share(found, cases.length),
      daysMedian: tenths(days[Math.floor(days.length / 2)]),
      daysMost: tenths(days.at(-1)),
    };
  }
}
