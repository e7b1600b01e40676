// SPDX-License-Identifier: MIT
/** How the cost of a record grows with the records that are in the books before. */
import type { VariantFigures } from './clearing.ts';

export interface Growth {
  /** Time of a record at ten times the preload, to its time before; 1 is no growth. By least squares. */
  readonly timePerTenfold: number;
  /** The same between the smallest and the largest preload alone: time of a record at both. */
  readonly firstMicroseconds: number;
  readonly lastMicroseconds: number;
}

/** The slope of the time of a record over the size, both as logarithms. Undefined of one size, or a failed run. */
export function growthOf(variants: readonly VariantFigures[]): Growth | undefined {
  const points = variants
    .filter(({ preload, recordsPerSecond }) => preload > 0 && recordsPerSecond.median > 0)
    .map(({ preload, recordsPerSecond }) => ({
      size: preload,
      microseconds: 1e6 / recordsPerSecond.median,
    }))
    .sort((left, right) => left.size - right.size);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first.size === last.size) return undefined;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const sizes = points.map(({ size }) => Math.log10(size));
  const times = points.map(({ microseconds }) => Math.log10(microseconds));
  const [meanSize, meanTime] = [mean(sizes), mean(times)];
  const square = mean(sizes.map((size) => (size - meanSize) ** 2));
  const joint = mean(sizes.map((size, at) => (size - meanSize) * ((times[at] ?? 0) - meanTime)));
  const tenth = (value: number): number => Math.round(value * 100) / 100;
  return {
    timePerTenfold: Math.round(10 ** (joint / square) * 1000) / 1000,
    firstMicroseconds: tenth(first.microseconds),
    lastMicroseconds: tenth(last.microseconds),
  };
}
