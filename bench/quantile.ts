// SPDX-License-Identifier: MIT

/** The value below which a share of sorted ones lies, to a tenth. */
export function quantile(sorted: readonly number[], share: number): number {
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[index] ?? 0) * 10) / 10;
}

/** Median and range of some figures; in what order they come does not matter. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  const median = middle.reduce((left, right) => left + right, 0) / Math.max(1, middle.length);
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
