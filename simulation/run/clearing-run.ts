// SPDX-License-Identifier: MIT
/** A round of batches as they really arrive: out of order, some days late, some twice. */
import type { SignedAck } from '../../src/clearing/messages.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { World } from '../world/world.ts';

const DUPLICATE_RATE = 0.05;

/** Closes the batches of all terminals and uploads them; a late one stays for a later round. */
export async function clearAll(
  world: World,
  random: SeededRandom,
  sent: { records: number; duplicates: number },
  options: { readonly lateRate: number },
): Promise<void> {
  const waiting: { readonly terminal: Terminal; readonly number: number }[] = [];
  for (const terminal of world.terminals) {
    const closed = terminal.closeBatch();
    if (closed !== undefined) sent.records += closed.recordCount;
    for (const number of terminal.openBatches()) waiting.push({ terminal, number });
  }
  for (const { terminal, number } of shuffled(waiting, random)) {
    if (random.chance(options.lateRate)) continue;
    const isTwice = random.chance(DUPLICATE_RATE);
    await terminal.uploadBatch(number, {
      async uploadBatch(batch): Promise<SignedAck> {
        const ack = await world.host.uploadBatch(batch);
        if (!isTwice) return ack;
        sent.duplicates++;
        // The answer to the first was lost on its way: the terminal sends the batch again.
        return world.host.uploadBatch(batch);
      },
    });
  }
}

function shuffled<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    const held = order[last];
    const swapped = order[other];
    if (held === undefined || swapped === undefined) continue;
    order[last] = swapped;
    order[other] = held;
  }
  return order;
}
