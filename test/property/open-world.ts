// SPDX-License-Identifier: MIT
import { enrol, loadRequest, openTestHost, type TestHost } from '../unit/host/host-world.ts';
import { CARDS, LATE_CARD, NEW_KEY_CARD, TERMINALS, type World } from './host-world-generator.ts';

/** A host that knows every terminal, card and load order of a world, and has none of its records. */
export async function openWorld(world: World): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', sliceRecords: 2 });
  enrol(test.host, ...TERMINALS);
  for (const card of [...CARDS, NEW_KEY_CARD, LATE_CARD]) await test.host.registerCard(card);
  for (const order of world.orders) await test.host.authoriseLoad(loadRequest(order));
  return test;
}
