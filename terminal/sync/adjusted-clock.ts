// SPDX-License-Identifier: MIT
import type { Clock } from '../../src/ports/clock.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';

/** The clock of the machine, put right by what the host said of the time. */
export class AdjustedClock implements Clock {
  readonly #machine: Clock;
  /** Milliseconds that are added to the machine's time. */
  offsetMs: number;

  constructor(machine: Clock, offsetMs: number) {
    this.#machine = machine;
    this.offsetMs = offsetMs;
  }

  now(): Instant {
    return this.offsetMs === 0 ? this.#machine.now() : plusMs(this.#machine.now(), this.offsetMs);
  }
}
