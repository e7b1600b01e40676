// SPDX-License-Identifier: MIT
/**
 * Any order, repetition and re-cutting of the same records ends in the same state, and money is
 * conserved after every batch. The worlds have honest cards, clones, torn taps and forged records.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateHash } from '../../host/report/state-hash.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import { ALL_KEYS, enrol, issuerKeys, loadRequest, openTestHost } from '../unit/host/host-world.ts';
import {
  CARDS,
  commonDays,
  dirtyWorlds,
  LATE_CARD,
  makeWorld,
  NEW_KEY_CARD,
  TERMINALS,
  type World,
} from './host-world-generator.ts';
import { runs, SEED } from './seeded-runs.ts';
import { deliveries } from './deliveries.ts';

const RUNS = runs(40);

/** How a world reaches the host: everything that the host is told besides records, early or late. */
interface Manner {
  readonly seed: number;
  readonly isLate: boolean;
}

/** Clears a world on a new host and returns its state. */
async function clear(world: World, { seed, isLate }: Manner): Promise<string> {
  let opened = await openTestHost({
    durability: 'none',
    sliceRecords: 2,
    keys: isLate ? issuerKeys(1) : ALL_KEYS,
  });
  try {
    enrol(opened.host, ...TERMINALS);
    for (const card of [...CARDS, NEW_KEY_CARD]) await opened.host.registerCard(card);
    if (!isLate) await opened.host.registerCard(LATE_CARD);
    let orders = 0;
    const authorise = async (upTo: number): Promise<void> => {
      for (; orders < upTo; orders++) {
        const order = world.orders[orders];
        if (order !== undefined) await opened.host.authoriseLoad(loadRequest(order));
      }
    };
    const list = (): void => {
      for (const card of world.listed) opened.host.hotlistCard(card.serial, 'test');
    };
    if (!isLate) {
      await authorise(world.orders.length);
      list();
    }
    for (const { bytes, ordersBefore } of deliveries(world, seed)) {
      if (isLate) await authorise(ordersBefore);
      await opened.upload(bytes);
      expectBooksRight(opened.host.store);
    }
    if (isLate) {
      await authorise(world.orders.length);
      await opened.host.registerCard(LATE_CARD);
      list();
      opened = await opened.reopen({ keys: ALL_KEYS });
    }
    expectBooksRight(opened.host.store);
    return stateHash(opened.host.store);
  } finally {
    await opened.dispose();
  }
}

describe.each([
  ['dirty worlds', dirtyWorlds],
  ['common days', commonDays],
])('clearing any order of the same records of %s', (_name, worlds) => {
  it(
    `ends in the same state with the books right after every batch (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, fc.nat(), fc.nat(), async (actions, one, other) => {
          const world = makeWorld(actions);
          const early = await clear(world, { seed: one, isLate: false });
          expect(await clear(world, { seed: other, isLate: true })).toBe(early);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1000,
  );
});
