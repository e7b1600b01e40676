// SPDX-License-Identifier: MIT
/** The clock of the demo: its day takes seconds, but nobody is at two terminals at the same time. */
import type { Clock } from '../../src/ports/clock.ts';
import { plusMs, type Instant } from '../../src/time/instant.ts';

const HOUR_MS = 3_600_000;
/** The day begins so long before now, and no scene passes it. */
const DAY_HOURS = 8;
const SCENE_MS = HOUR_MS / 3;

/** Runs with the real one, and is put forward between scenes. */
export class DayClock implements Clock {
  readonly #real: Clock;
  #behindMs = DAY_HOURS * HOUR_MS;

  constructor(real: Clock) {
    this.#real = real;
  }

  now(): Instant {
    return plusMs(this.#real.now(), -this.#behindMs);
  }

  /** Twenty minutes pass. */
  nextScene(): void {
    this.#behindMs = Math.max(0, this.#behindMs - SCENE_MS);
  }
}
