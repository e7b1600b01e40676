// SPDX-License-Identifier: MIT
/** Ranks drawn by Zipf's law with exponent 1: rank r is drawn 1/r as often as rank 1. */

const DRAWS = 2 ** 32;

/** A generator of ranks 0 to `ranks - 1`; `random` gives whole numbers below 2^32. */
export function zipf(ranks: number, random: () => number): () => number {
  const upTo = new Float64Array(ranks);
  let total = 0;
  for (let rank = 0; rank < ranks; rank++) upTo[rank] = total += 1 / (rank + 1);
  return () => {
    const wanted = (random() / DRAWS) * total;
    let [low, high] = [0, ranks - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] ?? total) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
