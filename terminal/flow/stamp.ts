// SPDX-License-Identifier: MIT
import { fromHex } from '../../src/bytes/hex.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';

/** The moment of a tap, as the card, the journal and the limits need it. */
export interface Stamp {
  readonly at: Instant;
  /** YYYYMMDD and HHMMSS, local to the terminal. */
  readonly date: string;
  readonly time: string;
  /** The same in BCD. */
  readonly dateBytes: Uint8Array;
  readonly timeBytes: Uint8Array;
}

/** Stamps taps; the civil time of a second is worked out once. */
export class Stamper {
  readonly #clock: Clock;
  readonly #utcOffsetMinutes: number;
  #second = -1;
  #last: Omit<Stamp, 'at'> | undefined;

  constructor(clock: Clock, utcOffsetMinutes: number) {
    this.#clock = clock;
    this.#utcOffsetMinutes = utcOffsetMinutes;
  }

  stamp(): Stamp {
    const at = this.#clock.now();
    const second = Math.floor(at / 1000);
    if (this.#last === undefined || second !== this.#second) {
      const { date, time } = civilTime(at, this.#utcOffsetMinutes);
      this.#last = { date, time, dateBytes: fromHex(date), timeBytes: fromHex(time) };
      this.#second = second;
    }
    const { date, time, dateBytes, timeBytes } = this.#last;
    return { at, date, time, dateBytes, timeBytes };
  }
}
