// SPDX-License-Identifier: MIT
/** Token buckets by key: each holds `burst` tokens and gains `perSecond` of them. */
import type { Clock } from '../../src/ports/clock.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { RateRow } from './rate-limits.table.ts';

/** Above it the bucket that was idle longest is forgotten: its owner then has a full one. */
const BUCKETS_MAX = 10_000;

interface Bucket {
  readonly tokens: number;
  readonly at: Instant;
}

export class TokenBuckets {
  readonly #rate: Pick<RateRow, 'burst' | 'perSecond'>;
  readonly #clock: Clock;
  /** The one that was used last is the last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Pick<RateRow, 'burst' | 'perSecond'>, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes a token and returns 0, or else the whole seconds until there is one. */
  take(key: string): number {
    const { burst, perSecond } = this.#rate;
    const at = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at };
    // A clock that was set back gives nothing.
    const gained = (Math.max(0, at - bucket.at) / 1000) * perSecond;
    const tokens = Math.min(burst, bucket.tokens + gained);
    const isEmpty = tokens < 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isEmpty ? tokens : tokens - 1, at });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > BUCKETS_MAX && oldest !== undefined) this.#buckets.delete(oldest);
    return isEmpty ? Math.max(1, Math.ceil((1 - tokens) / perSecond)) : 0;
  }
}
