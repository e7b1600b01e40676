// SPDX-License-Identifier: MIT
/**
 * A month of twenty cards and six terminals in two hundred batches: honest taps, late, lost, torn, forged
 * and replayed records, clones, restored images, listed cards, unfunded and unproven loads. Whatever the
 * order in which its records arrive, however they are cut into batches and how often they come, and whatever
 * the host is told early or late besides: the state is the same, and after the window is closed every
 * settlement and every byte of every file is, too.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../bench/clearing-world.ts';
import { writeWindowFiles } from '../../host/files/window-files.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import { trialBalance } from '../../host/report/statements.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { ANY } from '../../host/settlement/fee-terms.ts';
import { setMerchant } from '../../host/settlement/merchants.ts';
import { setFees } from '../../host/settlement/schedules.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import {
  ALL_KEYS,
  enrol,
  issuerKeys,
  loadRequest,
  openTestHost,
  testCard,
  testTerminal,
  type TestHost,
} from '../unit/host/host-world.ts';
import { ACCOUNT, ANN, TERMS } from '../unit/host/settlement/settlement-fixtures.ts';
import { deliveries } from './deliveries.ts';
import { LATE_CARD, makeWorld, months, NEW_KEY_CARD, type World } from './host-world-generator.ts';
import { runs, SEED } from './seeded-runs.ts';

/** Months, unless a number of runs is asked for. */
const RUNS = runs(3);

const MERCHANTS = ['SHOP', 'METRO', 'KIOSK'] as const;
const TERMINALS = [1, 2, 3, 4, 5, 6].map((number) =>
  testTerminal(number, MERCHANTS[number % MERCHANTS.length]),
);
const ISSUED = Array.from({ length: 18 }, (_, index) =>
  testCard(10 + index, index % 2 === 0 ? 'aes' : 'tdes'),
);
const MONTH = {
  cards: [...ISSUED, LATE_CARD, NEW_KEY_CARD],
  ordered: ISSUED,
  terminals: TERMINALS,
  fast: TERMINALS[2],
  // Everything is received on 2 February, thirty days later.
  firstDay: '20260104',
  minutesEach: 50,
};
const ACTIONS = 850;
/** So that there are some two hundred batches. */
const SIZES = { inOrder: 7, otherwise: 7 };
/** What no month is without. */
const EVERY_MONTH: readonly RuleName[] = [
  'arithmeticWrong',
  'cloneFork',
  'counterGap',
  'hotlistedAtTerminal',
  'loadUnfunded',
  'tacInvalid',
  'terminalCounterReused',
  'terminalCounterShared',
  'uncertainTap',
];
const DEBTOR = { number: 'DE89370400440532013000', holder: 'Operator', bic: 'COBADEFFXXX' };

/** How a month reaches the host: all that it is told besides records, early or late. */
interface Manner {
  readonly seed: number;
  readonly isLate: boolean;
}

/** What must not depend on the manner. */
interface Outcome {
  readonly stateHash: string;
  readonly rules: readonly RuleName[];
  readonly trialBalance: unknown;
  readonly settlements: unknown;
  readonly payouts: unknown;
  readonly files: Readonly<Record<string, string>>;
}

function agree({ host }: TestHost): void {
  for (const [index, merchant] of MERCHANTS.entries()) {
    const terms = { account: ACCOUNT, reserveBasisPoints: 500 * index, reserveDays: 30 };
    setMerchant(host.settlement, merchant, terms, ANN);
  }
  const schedule = { merchant: ANY, type: ANY, terms: TERMS, effectiveOn: null, isUsual: true };
  setFees(host.settlement, schedule as Parameters<typeof setFees>[1], ANN);
}

/** Takes the whole month in; returns how many batches it was. */
async function receive(first: TestHost, world: World, { seed, isLate }: Manner): Promise<TestHost> {
  const { host } = first;
  enrol(host, ...TERMINALS);
  agree(first);
  for (const card of [...ISSUED, NEW_KEY_CARD]) await host.registerCard(card);
  if (!isLate) await host.registerCard(LATE_CARD);
  const orders = world.orders.values();
  let made = 0;
  const authorise = async (upTo: number): Promise<void> => {
    for (; made < upTo; made++) await host.authoriseLoad(loadRequest(orders.next().value!));
  };
  const list = (): void => {
    for (const { serial } of world.listed) host.hotlistCard(serial, 'test');
  };
  if (!isLate) {
    await authorise(world.orders.length);
    list();
  }
  const random = xorshift(seed + 7);
  const batches = deliveries(world, seed, SIZES);
  expect(batches.length).toBeGreaterThan(150);
  for (const { bytes, ordersBefore } of batches) {
    if (isLate) await authorise(ordersBefore);
    await first.upload(bytes);
    if (random() % 10 === 0) await first.upload(bytes);
    if (random() % 40 === 0) expectBooksRight(host.store);
  }
  if (!isLate) return first;
  await authorise(world.orders.length);
  await host.registerCard(LATE_CARD);
  list();
  return first.reopen({ keys: ALL_KEYS });
}

async function settle({ host }: TestHost): Promise<Outcome> {
  const { store, settlement, currency } = host;
  expectBooksRight(store);
  const hash = stateHash(store);
  const held = [...store.allFindings(), ...store.quarantine()].map(({ rule }) => rule);
  // An account that has come back to nothing may never have been touched in another order.
  const balances = trialBalance(store).lines.filter(({ credit, debit }) => credit !== debit);
  await closeWindow(settlement, { businessDate: '2026-02-02' }, ANN);
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-confluence-'));
  try {
    writeWindowFiles({ store, currency, debtor: DEBTOR }, 1, directory);
    return {
      stateHash: hash,
      rules: [...new Set(held)].sort(),
      trialBalance: balances,
      settlements: store.merchantSettlements(1),
      payouts: store.payouts(),
      files: contents(directory),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function contents(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(directory.length), readFileSync(name, 'latin1')]),
  );
}

async function outcome(world: World, manner: Manner): Promise<Outcome> {
  const keys = manner.isLate ? issuerKeys(1) : ALL_KEYS;
  const first = await openTestHost({ durability: 'none', sliceRecords: 3, keys });
  const test = await receive(first, world, manner);
  try {
    return await settle(test);
  } finally {
    await test.dispose();
  }
}

describe('a month of two hundred batches', () => {
  it(
    `ends in the same state, settlements and files in any order, cut and repetition (SEED=${SEED})`,
    async () => {
      const seeds = fc.tuple(fc.nat(), fc.nat());
      await fc.assert(
        fc.asyncProperty(months(MONTH, ACTIONS), seeds, async (actions, [one, other]) => {
          const world = makeWorld(actions, MONTH);
          // In the order of the taps, then in any two others; `deliveries` tells how by the rest of 3.
          const inOrder = await outcome(world, { seed: 3 * (one % 1000), isLate: false });
          expect(Object.keys(inOrder.files).length).toBeGreaterThan(10);
          expect(inOrder.rules).toEqual(expect.arrayContaining([...EVERY_MONTH]));
          expect(await outcome(world, { seed: 3 * (one % 1000) + 2, isLate: true })).toEqual(
            inOrder,
          );
          expect(await outcome(world, { seed: other, isLate: one % 2 === 0 })).toEqual(inOrder);
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      );
    },
    120_000 + RUNS * 60_000,
  );
});
