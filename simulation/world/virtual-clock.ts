// SPDX-License-Identifier: MIT
import type { Clock } from '../../src/ports/clock.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';

/** Time that stands still until the world moves it. */
export class VirtualClock implements Clock {
  #now: Instant;

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  advance(durationMs: number): void {
    this.#now = plusMs(this.#now, durationMs);
  }
}
