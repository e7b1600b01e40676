// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ExceptionDesk, type DeskItem } from '../../../host/exceptions/desk.ts';
import type { Actor } from '../../../host/access/actor.ts';
import type { RoleName } from '../../../host/access/roles.table.ts';
import { instant } from '../../../src/time/instant.ts';
import { account } from '../../../host/ledger/accounts.table.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { noteTerminal } from '../../../host/messages/terminals.ts';
import { RULES } from '../../../src/clearing/rules.table.ts';
import { expectBooksRight } from './books-check.ts';
import { batch, record, type TestHost } from './host-world.ts';
import { buy, card, disposeAll, loaded, other, prepared, terminal } from './intake-fixtures.ts';

afterEach(disposeAll);

const actor = (name: string, role: RoleName, merchant: string | null = null): Actor => ({
  name,
  role,
  merchant,
});
/** When the day of the records is over. */
const AFTERWARDS = { now: () => instant(1_770_150_000_000) };
const ALICE = actor('alice', 'operator');
const BOB = actor('bob', 'approver');
const CAROL = actor('carol', 'approver');
const AUDITOR = actor('eve', 'auditor');

/** A card whose clone was used at the other merchant, and whose counters 1 and 2 are missing. */
async function troubled(): Promise<{ test: TestHost; desk: ExceptionDesk }> {
  const test = await prepared({ clock: AFTERWARDS });
  await test.upload(batch(terminal, [loaded, buy(0, 100), buy(3, 60)]));
  const clone = record({
    terminal: other,
    card,
    counter: 0,
    amount: 30,
    before: 100,
    sequence: 1,
    time: '130000',
  });
  await test.upload(batch(other, [clone]));
  return { test, desk: new ExceptionDesk(test.host) };
}

function found(desk: ExceptionDesk, rule: string): DeskItem {
  const item = desk.list(ALICE).find((each) => each.rule === rule);
  if (item === undefined) throw new Error(`no exception ${rule}`);
  return item;
}

describe('an exception', () => {
  it('says both values, whose it is, who is liable, until when, and what may be done', async () => {
    const { desk } = await troubled();
    expect(found(desk, 'cloneFork')).toMatchObject({
      subject: `card ${card.serial} counter 0`,
      moneyAtRisk: 30,
      liable: 'issuer',
      merchant: other.merchant,
      terminal: other.id,
      state: 'open',
      actions: ['payMerchant', 'refuseMerchant'],
      value: 30,
    });
    const { openedAt, deadline, evidence } = found(desk, 'cloneFork');
    // Ten working days from a Monday are fourteen days.
    expect((deadline ?? 0) - openedAt).toBe(14 * 86_400_000);
    expect(evidence).toHaveLength(1);
    expect(found(desk, 'counterGap')).toMatchObject({
      value: 30,
      actions: ['expire', 'refundHolder'],
    });
  });

  it('of another merchant is not there for a merchant', async () => {
    const { desk } = await troubled();
    const metro = actor('metro', 'merchant', other.merchant);
    expect(desk.list(metro).map(({ rule }) => rule)).toEqual(['cloneFork']);
    const gap = found(desk, 'counterGap');
    expect(() => desk.show(gap.id, metro)).toThrow(/expected an open one/);
    expect(() => desk.propose([gap.id], 'expire', '', metro)).toThrow(/"role" expected operator/);
  });
});

describe('a decision that moves money', () => {
  it('is carried out when a second person approves it, once', async () => {
    const { test, desk } = await troubled();
    const { store } = test.host;
    const before = stateHash(store);
    const { id } = found(desk, 'cloneFork');
    const [request] = desk.propose([id], 'payMerchant', 'terminal followed the rules', ALICE);
    expect(desk.propose([id], 'payMerchant', 'again', ALICE)).toEqual([request]);
    expect(stateHash(store)).toBe(before);
    expect(found(desk, 'cloneFork').state).toBe('proposed');
    await desk.approve(request?.id ?? '', 'agreed', BOB);
    await desk.approve(request?.id ?? '', 'agreed', BOB);
    expect(store.balance(account('2075'))).toBe(0);
    expect(store.balance(account('2040', other.merchant))).toBe(-30);
    expectBooksRight(store);
    const told = desk.show(id, AUDITOR);
    expect(told.current).toBeNull();
    expect(told.first).toMatchObject({ rule: 'cloneFork', moneyAtRisk: 30 });
    expect(told.history.map(({ kind, actor: who }) => `${kind} ${who}`)).toEqual([
      'proposed alice',
      'approved bob',
    ]);
  });

  it.each([
    ['whoever proposed it', BOB, BOB, /expected somebody other than bob/],
    ['an operator', ALICE, actor('dan', 'operator'), /"role" expected approver, got operator/],
    ['an auditor', ALICE, AUDITOR, /"role" expected approver, got auditor/],
  ])('is not approved by %s', async (_who, proposer, approver, message) => {
    const { test, desk } = await troubled();
    const { id } = found(desk, 'cloneFork');
    const [request] = desk.propose([id], 'refuseMerchant', '', proposer);
    const before = stateHash(test.host.store);
    await expect(desk.approve(request?.id ?? '', '', approver)).rejects.toThrow(message);
    expect(stateHash(test.host.store)).toBe(before);
  });

  it('is not carried out any more once it was refused or withdrawn', async () => {
    const { desk } = await troubled();
    const { id } = found(desk, 'cloneFork');
    const [first] = desk.propose([id], 'payMerchant', '', ALICE);
    expect(desk.refuse(first?.id ?? '', 'no', BOB).state).toBe('refused');
    await expect(desk.approve(first?.id ?? '', '', CAROL)).rejects.toThrow(/it was refused by bob/);
    const [second] = desk.propose([id], 'payMerchant', '', ALICE);
    expect(second?.id).not.toBe(first?.id);
    expect(desk.refuse(second?.id ?? '', 'changed my mind', ALICE).state).toBe('withdrawn');
  });

  it('is proposed for many at once, all or none', async () => {
    const { desk } = await troubled();
    const ids = desk.list(ALICE).map(({ id }) => id);
    expect(() => desk.propose(ids, 'expire', '', ALICE)).toThrow(/"action" on E\w+ expected/);
    expect(desk.list(ALICE).every(({ state }) => state === 'open')).toBe(true);
    const gaps = desk.list(ALICE).filter(({ rule }) => rule === 'counterGap');
    const requests = desk.propose(
      gaps.map(({ id }) => id),
      'expire',
      'season is over',
      ALICE,
    );
    for (const { id } of requests) await desk.approve(id, '', BOB);
    expect(desk.list(ALICE).some(({ rule }) => rule === 'counterGap')).toBe(false);
  });
});

describe('an acknowledgement', () => {
  it('holds until the matter changes', async () => {
    const { test, desk } = await troubled();
    const gap = found(desk, 'counterGap');
    desk.acknowledge([gap.id], 'terminal 3 is at the workshop', ALICE);
    expect(found(desk, 'counterGap').state).toBe('acknowledged');
    await test.upload(batch(terminal, [buy(2, 70)], { batchNumber: 5 }));
    const changed = desk.list(ALICE).filter(({ rule }) => rule === 'counterGap');
    expect(changed.map(({ state }) => state)).toEqual(['open']);
    desk.note([changed[0]?.id ?? ''], 'one record came', ALICE);
    expect(desk.show(changed[0]?.id ?? '', ALICE).history.at(-1)).toMatchObject({ kind: 'noted' });
  });
});

describe('a card at two terminals', () => {
  it.each([
    ['120004', ['impossibleTravel']],
    ['120005', []],
  ])('at 12:00:00 and %s', async (time, expected) => {
    const test = await prepared({ clock: AFTERWARDS });
    const desk = new ExceptionDesk(test.host);
    await test.upload(batch(terminal, [loaded, buy(0, 100, { time: '120000' })]));
    const next = record({
      terminal: other,
      card,
      counter: 1,
      amount: 10,
      before: 90,
      sequence: 1,
      time,
    });
    await test.upload(batch(other, [next]));
    expect(desk.list(ALICE).map(({ rule }) => rule)).toEqual(expected);
    expect(desk.list(ALICE)).toHaveLength(expected.length);
  });
});

describe('many wrong TACs of one terminal', () => {
  it('are one exception of the terminal and accuse no card', async () => {
    const test = await prepared({ clock: AFTERWARDS });
    const desk = new ExceptionDesk(test.host);
    const forged = (count: number): Uint8Array[] =>
      Array.from({ length: count }, (_, index) => buy(index, 100, { forged: true }));
    await test.upload(batch(terminal, [loaded, ...forged(4)]));
    expect(desk.list(ALICE).map(({ rule }) => rule)).toEqual(Array(4).fill('tacInvalid'));
    await test.upload(batch(terminal, forged(6).slice(4), { batchNumber: 2 }));
    expect(desk.list(ALICE)).toMatchObject([
      { rule: 'terminalKeysSuspect', terminal: terminal.id, moneyAtRisk: 60, liable: 'acquirer' },
    ]);
  });
});

describe('what no record says', () => {
  it('is an exception as well: a load without its record, a terminal that is lost', async () => {
    const test = await prepared({ clock: AFTERWARDS });
    const desk = new ExceptionDesk(test.host);
    expect(desk.list(ALICE)).toMatchObject([
      { rule: 'loadInFlight', moneyAtRisk: 100, liable: 'none', terminal: terminal.id },
    ]);
    await test.upload(batch(terminal, [loaded]));
    noteTerminal(test.host.store, {
      terminal: other.id,
      standing: 'lost',
      reason: 'stolen from the kiosk',
      actor: 'alice',
      at: test.host.clock.now(),
    });
    const [lost] = desk.list(ALICE);
    expect(lost).toMatchObject({ rule: 'terminalLost', merchant: other.merchant, actions: [] });
    expect(lost?.found).toMatch(/stolen from the kiosk.*an unknown number of unsent records/);
  });

  it('comes from nowhere else: every rule that opens an exception is reached by a test', () => {
    // Read from the tests themselves, so that a rule without one fails here.
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('vectors'))
      .map((file) => readFileSync(join('test', file), 'utf8'));
    const silent = Object.keys(RULES).filter(
      (rule) => !tests.some((text) => new RegExp(`\\b${rule}\\b`).test(text)),
    );
    expect(silent).toEqual([]);
  });
});
