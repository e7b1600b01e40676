// SPDX-License-Identifier: MIT
/** The files of a window depend on its records alone: not on their order, not on the batches they came in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../bench/clearing-world.ts';
import { csvText } from '../../host/files/csv.ts';
import { creditedRecords, detailRows } from '../../host/files/settlement-detail.ts';
import { writeWindowFiles } from '../../host/files/window-files.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { setMerchant } from '../../host/settlement/merchants.ts';
import { setFees } from '../../host/settlement/schedules.ts';
import { ANY } from '../../host/settlement/fee-terms.ts';
import { batch, type TestHost } from '../unit/host/host-world.ts';
import { ACCOUNT, ANN, TERMS } from '../unit/host/settlement/settlement-fixtures.ts';
import { dirtyWorlds, makeWorld, type World } from './host-world-generator.ts';
import { openWorld } from './open-world.ts';
import { runs, SEED } from './seeded-runs.ts';

const RUNS = runs(30);
const DEBTOR = { number: 'DE89370400440532013000', holder: 'Operator', bic: '' };

async function opened(world: World): Promise<TestHost> {
  const test = await openWorld(world);
  const { host } = test;
  for (const merchant of ['SHOP', 'METRO']) {
    setMerchant(host.settlement, merchant, { account: ACCOUNT }, ANN);
  }
  const schedule = { merchant: ANY, type: ANY, terms: TERMS, effectiveOn: null } as const;
  setFees(host.settlement, { ...schedule, isUsual: true }, ANN);
  return test;
}

/** Names and digests of the files of a window. */
function filesOf({ host }: TestHost, window: number): readonly object[] {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-property-'));
  try {
    const parts = { store: host.store, currency: 'INR', debtor: DEBTOR } as const;
    return writeWindowFiles(parts, window, directory).map(({ digest, name }) => ({ name, digest }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The details of all merchants as text, to see where two differ. */
function detailsOf({ host: { store } }: TestHost): readonly string[] {
  const [first] = store.windows();
  const stretch = { window: 1, after: 0, last: first?.lastRecord ?? 0 };
  return store.merchantSettlements(1).map((settlement) => {
    const mine = [...creditedRecords(store, stretch)].filter(
      ({ merchant }) => merchant === settlement.merchant,
    );
    const rows = detailRows(mine, { settlement, adjustments: [], currency: 'INR' });
    return [...csvText('detail', rows, 'INR')].join('');
  });
}

describe('the files of a window', () => {
  it(
    `are the same whatever came first and in whichever batch (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(dirtyWorlds, fc.nat(), async (actions, seed) => {
          const world = makeWorld(actions);
          const random = xorshift(seed + 1);
          const shuffled = world.records
            .map((item) => ({ item, key: random() }))
            .sort((one, other) => one.key - other.key)
            .map(({ item }) => item);
          // Some of it comes twice.
          const twice = [...shuffled, ...shuffled.filter(() => random() % 3 === 0)];
          const outcomes = [];
          for (const records of [world.records, twice]) {
            const test = await opened(world);
            for (const [index, { terminal, bytes }] of records.entries()) {
              await test.upload(batch(terminal, [bytes], { batchNumber: index + 1 }));
            }
            await closeWindow(test.host.settlement, {}, ANN);
            outcomes.push([detailsOf(test), filesOf(test, 1)]);
            await test.dispose();
          }
          expect(outcomes[1]).toEqual(outcomes[0]);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1000,
  );

  it(
    `list every cent that was settled, however windows cut the records (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(dirtyWorlds, fc.nat(), async (actions, seed) => {
          const world = makeWorld(actions);
          const random = xorshift(seed + 1);
          const test = await opened(world);
          for (const [index, { terminal, bytes }] of world.records.entries()) {
            await test.upload(batch(terminal, [bytes], { batchNumber: index + 1 }));
            if (random() % 4 === 0) await closeWindow(test.host.settlement, {}, ANN);
          }
          await closeWindow(test.host.settlement, {}, ANN);
          // Each file is refused when it does not add up to its settlement.
          for (const { id, state } of test.host.store.windows()) {
            if (state === 'settled') expect(filesOf(test, id).length).toBeGreaterThan(4);
          }
          await test.dispose();
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 1000,
  );
});
