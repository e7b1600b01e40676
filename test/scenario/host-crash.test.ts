// SPDX-License-Identifier: MIT
/**
 * The host dies at a call of its store while it takes a batch of several slices; it is opened again and
 * the terminal, which got no answer, uploads again. The state is that of a host that never died.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateHash } from '../../host/report/state-hash.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import {
  batch,
  enrol,
  loadRequest,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type TestHost,
} from '../unit/host/host-world.ts';
import { Died, mortal, type Death } from '../../simulation/city/world/mortal-store.ts';

const terminal = testTerminal(1, 'SHOP');
const cards = [testCard(1, 'aes'), testCard(2, 'tdes')] as const;
const stranger = testCard(9, 'aes');

/** Every kind of work that a slice does: loads, plain and late purchases, forks, taps, bad TACs. */
function dirtyBatch(): Uint8Array {
  const [one, two] = cards;
  const fields = { terminal, amount: 10 };
  const records = [
    { ...fields, card: one, kind: 'load' as const, amount: 100, before: 0, counter: 0 },
    { ...fields, card: one, before: 100, counter: 0 },
    { ...fields, card: one, before: 80, counter: 2 },
    { ...fields, card: two, before: 0, counter: 0, amount: 0 },
    { ...fields, card: one, before: 90, counter: 1 },
    { ...fields, card: one, before: 90, counter: 1, amount: 20 },
    { ...fields, card: two, before: 50, counter: 1 },
    { ...fields, card: two, before: 40, counter: 2, kind: 'uncertain' as const },
    { ...fields, card: two, before: 40, counter: 2, forged: true },
    { ...fields, card: stranger, before: 40, counter: 2 },
    { ...fields, card: one, before: 70, counter: 3 },
  ];
  return batch(
    terminal,
    records.map((values, index) => record({ ...values, sequence: index + 1 })),
  );
}

async function prepared(death: Death): Promise<{
  readonly test: TestHost;
  readonly state: ReturnType<typeof mortal>['state'];
}> {
  const { wrap, state } = mortal(death);
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-crash-'));
  const options = { durability: 'none', sliceRecords: 3, wrapStore: wrap } as const;
  const test = await openTestHost(options, directory);
  enrol(test.host, terminal);
  for (const card of cards) await test.host.registerCard(card);
  for (const card of cards) {
    const load = { card, terminal, amount: 100, before: 0, counter: 0 };
    await test.host.authoriseLoad(loadRequest(load));
  }
  state.isArmed = true;
  return { test, state };
}

describe('a host that dies while it takes a batch', () => {
  it('ends as one that lived, wherever it dies', async () => {
    const whole = await prepared({ call: 0, when: 'before' });
    await whole.test.upload(dirtyBatch());
    const { calls } = whole.state;
    whole.state.isArmed = false;
    const expected = stateHash(whole.test.host.store);
    await whole.test.dispose();
    expect(calls).toBeGreaterThan(100);

    const deaths: Death[] = [];
    for (let call = 1; call <= calls; call += 4) {
      deaths.push({ call, when: call % 8 === 1 ? 'before' : 'after' });
    }
    for (const death of deaths) {
      const { test, state } = await prepared(death);
      await expect(test.upload(dirtyBatch())).rejects.toThrow(Died);
      expect(state.isDead).toBe(true);
      await test.host.close();
      const again = await openTestHost({ durability: 'none', sliceRecords: 3 }, test.directory);
      const ack = await again.upload(dirtyBatch());
      expect(ack.records.map(({ from, to }) => to - from + 1).reduce((a, b) => a + b)).toBe(11);
      expect({ death, hash: stateHash(again.host.store) }).toEqual({ death, hash: expected });
      expectBooksRight(again.host.store);
      await again.dispose();
    }
  });

  it('shows after the crash whole slices or nothing', async () => {
    const { test, state } = await prepared({ call: 60, when: 'after' });
    await expect(test.upload(dirtyBatch())).rejects.toThrow(Died);
    state.isArmed = false;
    expectBooksRight(test.host.store);
    const { store } = test.host;
    const taken =
      store.recordCount() + store.quarantine().length + store.uncertain(cardBytes()).length;
    expect(taken % 3).toBe(0);
    await test.dispose();
  });
});

const cardBytes = (): Uint8Array =>
  Uint8Array.from(cards[1].serial.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
