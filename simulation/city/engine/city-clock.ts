// SPDX-License-Identifier: MIT
import type { Clock } from '../../../src/ports/clock.ts';
import { instant, plusMs, type Instant } from '../../../src/time/instant.ts';

/** The true time of the city: that of the event under way. */
export class CityClock implements Clock {
  #now: Instant;

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  moveTo(at: number): void {
    this.#now = instant(at);
  }
}

/** A terminal's clock: off by a little, and by more when it jumps. */
export class TerminalClock implements Clock {
  offsetMs: number;
  readonly #true: Clock;

  constructor(city: Clock, offsetMs: number) {
    this.#true = city;
    this.offsetMs = offsetMs;
  }

  now(): Instant {
    return plusMs(this.#true.now(), this.offsetMs);
  }
}
