// SPDX-License-Identifier: MIT
import { xorshift } from './clearing-world.ts';

/** The items in an order that follows from the seed (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = xorshift(seed);
  // The first numbers of small seeds are much alike.
  for (let warm = 0; warm < 8; warm++) random();
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random() % left.length, 1));
  return order;
}
