// SPDX-License-Identifier: MIT
/**
 * Any order, repetition and re-cutting of the same records ends in the same state, and money is
 * conserved after every batch. The worlds have honest cards, clones, torn taps and forged records.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../bench/clearing-world.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import { batch, openTestHost, enrol, loadRequest, type TestHost } from '../unit/host/host-world.ts';
import { CARDS, makeWorld, TERMINALS, worldActions, type Item, type World } from './host-world-generator.ts';

const SEED = Number(process.env['SEED'] ?? 20260203);
const RUNS = Number(process.env['RUNS'] ?? 40);

async function prepared(world: World): Promise<TestHost> {
  const opened = await openTestHost({});
  enrol(opened.host, ...TERMINALS);
  for (const card of CARDS) await opened.host.registerCard(card);
  for (const load of world.orders) {
    await opened.host.authoriseLoad(loadRequest(load)).catch(() => undefined);
  }
  for (const card of world.listed) opened.host.hotlistCard(card.serial, 'test');
  return opened;
}

/** Cuts the records into batches of one terminal each, some of them twice, as this seed decides. */
function batches(world: World, seed: number): Uint8Array[] {
  const random = xorshift(seed + 1);
  const left = world.records
    .flatMap((item) => (random() % 8 === 0 ? [item, item] : [item]))
    .map((item) => ({ item, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
  const result: Uint8Array[] = [];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const { terminal } = first;
    const size = 1 + (random() % 6);
    const taken: Item[] = [];
    for (const item of left) {
      const isTaken = taken.some(({ sequence }) => sequence === item.sequence);
      if (item.terminal === terminal && !isTaken && taken.length < size) taken.push(item);
    }
    for (const item of taken) left.splice(left.indexOf(item), 1);
    const number = result.length + 1;
    result.push(
      batch(
        terminal,
        taken.map((item) => item.bytes),
        { batchNumber: number },
      ),
    );
  }
  return result;
}

async function clear(world: World, seed: number, isChecked: boolean): Promise<string> {
  const opened = await prepared(world);
  try {
    for (const bytes of batches(world, seed)) {
      await opened.upload(bytes);
      if (isChecked) expectBooksRight(opened.host.store);
    }
    expectBooksRight(opened.host.store);
    return stateHash(opened.host.store);
  } finally {
    await opened.dispose();
  }
}

describe('clearing any order of the same records', () => {
  it(`ends in the same state with the books right after every batch (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(worldActions, fc.nat(), fc.nat(), async (actions, one, other) => {
        const world = makeWorld(actions);
        if (world.records.length === 0) return;
        expect(await clear(world, one, true)).toBe(await clear(world, other, false));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
