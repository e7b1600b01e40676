// SPDX-License-Identifier: MIT
import { invariant } from '../../src/errors/invariant.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Draws one of several things, each as often as its weight says; a whole number, 1 if it is less. */
export function weightedDraw<T>(
  things: readonly T[],
  weightOf: (thing: T) => number,
  random: SeededRandom,
): () => T {
  let total = 0;
  const bounds = things.map((thing) => (total += Math.max(1, weightOf(thing))));
  return () => {
    const at = random.int(0, total - 1);
    const thing = things[bounds.findIndex((bound) => at < bound)];
    invariant(thing !== undefined, 'a draw below the sum of the weights is of one of them');
    return thing;
  };
}
