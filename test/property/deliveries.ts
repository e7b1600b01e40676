// SPDX-License-Identifier: MIT
/** The ways in which the records of a world may reach the host. */
import { xorshift } from '../../bench/clearing-world.ts';
import { batch } from '../unit/host/host-world.ts';
import type { Item, World } from './host-world-generator.ts';

/** A batch, and how many load orders must be made before it. */
export interface Delivery {
  readonly bytes: Uint8Array;
  readonly ordersBefore: number;
}

/** Cuts the records into batches of one terminal each, some of them twice, as this seed decides. */
export function deliveries(
  world: World,
  seed: number,
  sizeMax = { inOrder: 2, otherwise: 6 },
): readonly Delivery[] {
  const random = xorshift(seed + 1);
  // In order, nearly in order, or in any order.
  const spread = [0, 3, 2 ** 32][seed % 3] ?? 0;
  const left = world.records
    .flatMap((item) => (random() % 8 === 0 ? [item, item] : [item]))
    .map((item, index) => ({ item, key: index + (random() % (spread + 1)) }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
  const result: Delivery[] = [];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const { terminal } = first;
    const size = 1 + (random() % (spread === 0 ? sizeMax.inOrder : sizeMax.otherwise));
    const taken: Item[] = [];
    for (const item of left) {
      const isTaken = taken.some(({ sequence }) => sequence === item.sequence);
      if (item.terminal === terminal && !isTaken && taken.length < size) taken.push(item);
    }
    for (const item of taken) left.splice(left.indexOf(item), 1);
    const records = taken.map((item) => item.bytes);
    result.push({
      bytes: batch(terminal, records, { batchNumber: result.length + 1 }),
      ordersBefore: Math.max(...taken.map((item) => item.ordersBefore)),
    });
  }
  return result;
}
