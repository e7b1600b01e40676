// SPDX-License-Identifier: MIT
/**
 * Whatever honest and dishonest cards do, and people decide, the books of the host audit clean, also when the audit goes along
 * step by step, with history read ahead. The one alarm that dishonest cards may set off is I12, and only when they spent more than
 * was loaded.
 */
import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { xorshift } from '../../bench/clearing-world.ts';
import type { AuditReport } from '../../host/audit/model.ts';
import { replayWith } from '../../host/audit/replay/replay.ts';
import { readAhead, runAudit } from '../../host/audit/run-audit.ts';
import { decidable } from '../../host/chain/decidable.ts';
import { evidenceOf } from '../../host/chain/evidence.ts';
import { judgeCard } from '../../host/chain/fold.ts';
import { closeWindow } from '../../host/settlement/close.ts';
import { ANY } from '../../host/settlement/fee-terms.ts';
import { setMerchant } from '../../host/settlement/merchants.ts';
import { setFees } from '../../host/settlement/schedules.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { RECORD, RECORD_KIND } from '../../src/clearing/record.ts';
import { toHex } from '../../src/bytes/hex.ts';
import {
  ALL_KEYS,
  enrol,
  loadRequest,
  openTestHost,
  type TestHost,
} from '../unit/host/host-world.ts';
import { ACCOUNT, ANN, TERMS } from '../unit/host/settlement/settlement-fixtures.ts';
import { deliveries } from './deliveries.ts';
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

const RUNS = runs(25);

const REPLAY = { keys: ALL_KEYS, currency: 'INR', utcOffsetMinutes: 330, workers: 0 } as const;

const placeOf = ({ directory }: TestHost, name: string) => ({
  directory,
  memoryFile: join(directory, name),
});
const audit = (test: TestHost, name: string, isFull: boolean): Promise<AuditReport> =>
  runAudit({ ...placeOf(test, name), isFull });

/** What a report says, but for how much its run had to look at. */
const said = ({ invariants }: AuditReport): readonly object[] =>
  invariants.map(({ invariant, findings, holds }) => ({ invariant, holds, findings }));

/** By key version and suite: what valid records spent beyond the loads of the world; 0 where nothing. */
function overspent(test: TestHost): number {
  const spent = new Map<string, number>();
  const seen = new Set<string>();
  const add = (key: string, value: number): void =>
    void spent.set(key, (spent.get(key) ?? 0) + value);
  for (const card of [...test.host.store.cards()]) {
    const key = `${card.suite} ${card.keyVersion}`;
    for (let id = card.lastRecord; id !== 0;) {
      const { bytes, previous } = test.host.store.record(id)!;
      const { kind, tac, amount, ...record } = RECORD.decode(bytes);
      const values = [record.counterBefore, record.balanceBefore, record.balanceAfter];
      const name = [toHex(card.serial), kind, toHex(tac), amount, ...values].join(' ');
      if (kind === RECORD_KIND.purchase && !seen.has(name)) add(key, amount);
      seen.add(name);
      id = previous;
    }
    for (const load of test.host.store.loads(card.serial))
      if (load.state !== 'notDone') add(key, 0 - load.amount);
  }
  return [...spent.values()].filter((value) => value > 0).reduce((sum, value) => sum + value, 0);
}

/** A person decides one of the open matters of one card. */
function decideSomething({ host }: TestHost, random: () => number): void {
  const { store } = host;
  const merchantOf = (id: string): string => store.terminal(id)?.merchant ?? '';
  const matters = [...store.cards()].flatMap((card) => {
    const evidence = evidenceOf(store, card, merchantOf);
    return decidable(evidence, judgeCard(evidence)).map((row) => ({ card, ...row }));
  });
  const matter = matters[random() % Math.max(1, matters.length)];
  const action = matter?.actions[random() % matter.actions.length];
  if (matter === undefined || action === undefined) return;
  const serial = formatSerialNumber(matter.card.serial);
  host.decide({ serial, target: matter.target, action, request: `R${random()}` });
}

/** A merchant refunds a purchase of some card, and an agent pays out what is owed to a holder. */
function giveBackSomething({ host }: TestHost, random: () => number): void {
  const cards = [...host.store.cards()];
  const card = cards[random() % cards.length];
  if (card === undefined) return;
  const serial = formatSerialNumber(card.serial);
  const counter = random() % (card.nextOffline + 1);
  const part = random() % 2 === 0 ? null : amount(1 + (random() % 5));
  const reference = `R${random()}`;
  try {
    host.issuing.refundPurchase({ reference, serial, counter, amount: part, note: 'test' }, ANN);
    if (random() % 2 === 0)
      host.issuing.payCash({ reference, serial, agent: 'till', amount: null }, ANN);
  } catch (error) {
    // Not every purchase may be refunded, and not everybody is owed something.
    if (!(error instanceof Fault) || error.code !== 'REFUND_REFUSED') throw error;
  }
}

/** Fees for everybody, and a bank account with a reserve for one merchant. */
function settleWithFees({ host }: TestHost): void {
  const schedule = {
    merchant: ANY,
    type: ANY,
    terms: TERMS,
    effectiveOn: null,
    isUsual: false,
  } as const;
  setFees(host.settlement, schedule, ANN);
  const terms = { account: ACCOUNT, reserveBasisPoints: 1000, reserveDays: 1 };
  setMerchant(host.settlement, 'SHOP', terms, ANN);
}

/** Clears a world and audits it again and again on the way. */
async function clearAndAudit(world: World, seed: number): Promise<void> {
  const test = await openTestHost({ durability: 'none', sliceRecords: 2 });
  try {
    enrol(test.host, ...TERMINALS);
    for (const card of [...CARDS, NEW_KEY_CARD]) await test.host.registerCard(card);
    const random = xorshift(seed + 3);
    settleWithFees(test);
    let orders = 0;
    for (const [index, { bytes, ordersBefore }] of deliveries(world, seed).entries()) {
      for (; orders < ordersBefore; orders++)
        await test.host.authoriseLoad(loadRequest(world.orders[orders]!));
      await test.upload(bytes);
      if (index % 3 === seed % 3) await audit(test, 'steps.db', false);
      if (index % 4 === (seed + 2) % 4) await readAhead(placeOf(test, 'steps.db'));
      if (index % 4 === seed % 4) decideSomething(test, random);
      if (index % 4 === (seed + 1) % 4) giveBackSomething(test, random);
      if (index % 5 === seed % 5) await closeWindow(test.host.settlement, {}, ANN);
    }
    for (; orders < world.orders.length; orders++)
      await test.host.authoriseLoad(loadRequest(world.orders[orders]!));
    await test.host.registerCard(LATE_CARD);
    for (const card of world.listed) test.host.hotlistCard(card.serial, 'test');

    const steps = await audit(test, 'steps.db', false);
    const full = await runAudit({
      directory: test.directory,
      memoryFile: join(test.directory, 'full.db'),
      isFull: true,
      replay: replayWith({ ...REPLAY, scratch: join(test.directory, 'replay') }),
    });
    expect(said(steps)).toEqual(said(full));
    const findings = full.invariants.flatMap((row) => row.findings);
    expect(findings.filter(({ invariant }) => invariant !== 'I12')).toEqual([]);
    const alarms = findings.reduce((sum, { amount }) => sum + amount, 0);
    expect(alarms).toBe(overspent(test));
  } finally {
    await test.dispose();
  }
}

describe.each([
  ['dirty worlds', dirtyWorlds],
  ['common days', commonDays],
])('the audit of %s', (_name, worlds) => {
  it(
    `finds nothing but what they overspent, step by step as at once (SEED=${SEED})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, fc.nat(), async (actions, seed) => {
          await clearAndAudit(makeWorld(actions), seed);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
    60_000 + RUNS * 5000,
  );
});
