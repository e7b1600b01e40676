// SPDX-License-Identifier: MIT
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { invariant } from '../../src/errors/invariant.ts';
import type { RandomSource } from '../../src/ports/random.ts';

/** All the chance of a simulated world: the same seed gives the same world. */
export class SeededRandom implements RandomSource {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** True in `share` of all calls, 0 to 1. */
  chance(share: number): boolean {
    return this.int(0, 999_999) < share * 1_000_000;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    invariant(item !== undefined, '"items" expected at least one');
    return item;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(0, 255));
  }

  /** A stream of its own: what one part of the world draws does not shift what another draws. */
  fork(): SeededRandom {
    return new SeededRandom(this.int(-0x80000000, 0x7fffffff));
  }
}
