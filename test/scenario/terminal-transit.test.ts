// SPDX-License-Identifier: MIT
/** Gates on a line of three stations (A-B 10.00, B-C 20.00, A-C 30.00): every outcome that is defined. */
import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../card-applet-sim/card/virtual-card.ts';
import { toHex } from '../../src/bytes/hex.ts';
import type { CardOptions } from '../../card-applet-sim/personalise/personalise-card.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { gatePlace, TRANSIT_CONFIG } from '../unit/terminal/transit-world.ts';
import {
  balanceOf,
  hotlist,
  newCard,
  openInProcess,
  openTerminal,
  rupees,
  SUITE_NAMES,
  TestClock,
} from '../unit/terminal/world.ts';

interface World {
  readonly card: VirtualCard;
  readonly clock: TestClock;
  readonly gates: Terminal;
  enter(station: string): Promise<TapOutcome>;
  leave(station: string): Promise<TapOutcome>;
}

interface Setup {
  readonly transit?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly card?: Partial<CardOptions>;
  readonly suite?: 'aes' | 'tdes';
}

async function world(setup: Setup = {}): Promise<World> {
  const clock = new TestClock();
  const config = { transit: { ...TRANSIT_CONFIG, ...setup.transit }, limits: setup.limits };
  const gates = await openTerminal({ clock, config });
  const card = newCard(setup.suite ?? 'aes', setup.card);
  return {
    card,
    clock,
    gates,
    enter: (station) => gates.gateEntry(openInProcess(card), gatePlace(station)),
    leave: (station) => gates.gateExit(openInProcess(card), gatePlace(station)),
  };
}

const holding = (purseBalance: number): Partial<CardOptions> => ({ initial: { purseBalance } });
const charged = (operation: string, amount: number): object => ({ operation, amount });

describe.each(SUITE_NAMES)('a trip with a card of suite %s', (suite) => {
  it('costs nothing at the entry and the fare at the exit', async () => {
    const { card, clock, gates, enter, leave } = await world({ suite });
    expect(await enter('A')).toMatchObject({
      kind: 'approved',
      tap: { operation: 'gateEntry', amount: 0, transactionType: 9, place: 'A>', suite },
    });
    clock.advanceMinutes(20);
    expect(await leave('C')).toMatchObject({
      kind: 'approved',
      tap: { operation: 'gateExit', amount: 3_000, place: 'A>C', balanceAfter: 7_000 },
    });
    expect(balanceOf(card)).toBe(7_000);
    const reading = await gates.readCard(openInProcess(card));
    expect(reading).toMatchObject({
      balance: 7_000,
      log: [
        { transactionType: 9, amount: 3_000, counterAfter: 2 },
        { transactionType: 9, amount: 0, counterAfter: 1 },
      ],
      trips: [
        { tripType: 4, amount: 3_000, balance: 7_000, maximumFare: 0 },
        { tripType: 3, amount: 0, balance: 10_000, maximumFare: 3_000, maximumMinutes: 120 },
      ],
    });
    if (reading.kind !== 'read') throw new Error('the card was read just above');
    const [exit, entry] = reading.trips;
    expect(toHex(entry?.station ?? new Uint8Array(0))).toBe('41000000000000');
    expect(toHex(exit?.station ?? new Uint8Array(0))).toBe('43000000000000');
    expect(toHex(entry?.terminal ?? new Uint8Array(0))).toBe('0000001122334455');
    expect(toHex(entry?.institution ?? new Uint8Array(0))).toBe('0100000000000001');
  });
});

describe('an entry', () => {
  it('after a missing exit charges the maximum fare of the trip, then enters', async () => {
    const { card, clock, enter } = await world();
    await enter('B');
    clock.advanceMinutes(300);
    expect(await enter('A')).toMatchObject({
      kind: 'approved',
      tap: charged('gateEntry', 0),
      settled: [{ ...charged('supplement', 2_000), state: 'approved', place: 'B>?' }],
    });
    expect(balanceOf(card)).toBe(8_000);
  });

  it.each([
    ['decline', { kind: 'declined', reason: 'missingExit' }, 10_000],
    ['ignore', { kind: 'approved', tap: charged('gateEntry', 0), settled: [] }, 10_000],
  ] as const)('after a missing exit, policy %s', async (missingExit, expected, balance) => {
    const { card, clock, enter } = await world({ transit: { missingExit } });
    await enter('B');
    clock.advanceMinutes(300);
    expect(await enter('A')).toMatchObject(expected);
    expect(balanceOf(card)).toBe(balance);
  });

  it('after a missing exit is declined whole when the balance covers the charge alone', async () => {
    const { card, clock, enter } = await world({ card: holding(2_999) });
    await enter('B');
    clock.advanceMinutes(300);
    expect(await enter('A')).toMatchObject({
      kind: 'declined',
      reason: 'insufficientBalance',
      balance: 2_999,
      needed: 3_000,
      settled: [],
    });
    expect(balanceOf(card)).toBe(2_999);
  });

  it('twice at once at one station is no missing exit', async () => {
    const { card, enter } = await world();
    await enter('A');
    expect(await enter('A')).toMatchObject({ kind: 'declined', reason: 'alreadyEntered' });
    expect(balanceOf(card)).toBe(10_000);
  });

  it('again after the grace time is a missing exit', async () => {
    const { clock, enter } = await world({ transit: { reentryGraceSeconds: 60 } });
    await enter('A');
    clock.advanceMinutes(2);
    expect(await enter('A')).toMatchObject({ settled: [charged('supplement', 3_000)] });
  });

  it.each([
    [1_000, { kind: 'approved' }],
    [999, { kind: 'declined', reason: 'insufficientBalance', balance: 999, needed: 1_000 }],
  ] as const)('with a balance of %i and a lowest fare of 1,000', async (balance, expected) => {
    const { card, enter } = await world({ card: holding(balance) });
    expect(await enter('A')).toMatchObject(expected);
    expect(balanceOf(card)).toBe(balance);
  });

  it('of a hotlisted card is declined', async () => {
    const { gates, enter } = await world();
    gates.updateHotlist(hotlist(1, '1'));
    expect(await enter('A')).toMatchObject({ kind: 'declined', reason: 'hotlisted' });
  });

  it('of an expired card is declined', async () => {
    const { enter } = await world({ card: { expiryDate: '20260101' } });
    expect(await enter('A')).toMatchObject({ kind: 'declined', reason: 'cardExpired' });
  });

  it('is limited by the highest fare that it may lead to', async () => {
    const { enter } = await world({ limits: { perTap: 2_999 } });
    expect(await enter('A')).toMatchObject({ kind: 'declined', reason: 'overTapLimit' });
    expect(await enter('B')).toMatchObject({ kind: 'approved' });
  });

  it('with a trip open at another operator is declined, or not', async () => {
    const { card, gates } = await world();
    const foreign = { ...TRANSIT_CONFIG, city: '0010' };
    const ids = { terminalId: '009900990099' };
    const closed = await openTerminal({ config: { ...ids, transit: foreign } });
    const policy = { ...foreign, otherOperator: 'ignore' };
    const open = await openTerminal({ config: { ...ids, transit: policy } });
    await gates.gateEntry(openInProcess(card), gatePlace('A'));
    expect(await closed.gateEntry(openInProcess(card), gatePlace('B'))).toMatchObject({
      kind: 'declined',
      reason: 'wrongAgency',
    });
    expect(await open.gateEntry(openInProcess(card), gatePlace('B'))).toMatchObject({
      kind: 'approved',
      settled: [],
    });
    expect(balanceOf(card)).toBe(10_000);
  });
});

describe('an exit', () => {
  it('over time costs the maximum fare of the entry', async () => {
    const { clock, enter, leave } = await world();
    await enter('A');
    clock.advanceMinutes(121);
    expect(await leave('B')).toMatchObject({ tap: charged('gateExit', 3_000) });
  });

  it('at the last minute costs the fare', async () => {
    const { clock, enter, leave } = await world();
    await enter('A');
    clock.advanceMinutes(120);
    expect(await leave('B')).toMatchObject({ tap: charged('gateExit', 1_000) });
  });

  it.each([
    ['surcharge', 1_250],
    ['ignore', 1_000],
  ] as const)('over time, policy %s', async (overTime, amount) => {
    const { clock, enter, leave } = await world({ transit: { overTime, overTimeSurcharge: 250 } });
    await enter('A');
    clock.advanceMinutes(121);
    expect(await leave('B')).toMatchObject({ tap: charged('gateExit', amount) });
  });

  it('without an entry costs the highest fare to here', async () => {
    const { leave } = await world();
    expect(await leave('B')).toMatchObject({
      kind: 'approved',
      tap: { ...charged('gateExit', 2_000), place: '?>B' },
    });
  });

  it('without an entry is declined where the policy says so', async () => {
    const { card, leave } = await world({ transit: { noEntry: 'decline' } });
    expect(await leave('B')).toMatchObject({ kind: 'declined', reason: 'noEntry' });
    expect(balanceOf(card)).toBe(10_000);
  });

  it('twice has no entry the second time', async () => {
    const { enter, leave } = await world({ transit: { noEntry: 'decline' } });
    await enter('A');
    await leave('B');
    expect(await leave('B')).toMatchObject({ kind: 'declined', reason: 'noEntry' });
  });

  it('without the money for it leaves the gate closed and the trip open', async () => {
    const { card, enter, leave } = await world({ card: holding(2_500) });
    await enter('A');
    expect(await leave('C')).toMatchObject({
      kind: 'declined',
      reason: 'insufficientBalance',
      balance: 2_500,
      needed: 3_000,
    });
    expect(await leave('B')).toMatchObject({ kind: 'approved', tap: charged('gateExit', 1_000) });
    expect(balanceOf(card)).toBe(1_500);
  });

  it('of a trip of another operator is declined', async () => {
    const { card, enter } = await world();
    await enter('A');
    const transit = { ...TRANSIT_CONFIG, institution: '0200000000000002' };
    const other = await openTerminal({ config: { terminalId: '009900990099', transit } });
    expect(await other.gateExit(openInProcess(card), gatePlace('B'))).toMatchObject({
      kind: 'declined',
      reason: 'wrongAgency',
    });
  });

  it('at the station of entry costs the lowest fare where the feed has none', async () => {
    const { enter, leave } = await world();
    await enter('A');
    expect(await leave('A')).toMatchObject({
      tap: { ...charged('gateExit', 1_000), place: 'A>A' },
    });
  });

  it('is not refused by limits', async () => {
    const { leave } = await world({ limits: { perTap: 1 } });
    expect(await leave('C')).toMatchObject({ kind: 'approved', tap: charged('gateExit', 3_000) });
  });

  it('needs the operator in the configuration', async () => {
    const terminal = await openTerminal();
    const exit = terminal.gateExit(openInProcess(newCard('aes')), gatePlace('A'));
    await expect(exit).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('a torn tap', () => {
  it('at the entry, with the supplement charged: the next tap enters and charges no second one', async () => {
    const { card, clock, gates, enter } = await world();
    await enter('B');
    clock.advanceMinutes(300);
    card.memory.placeTear({ phase: 'after', write: 2 });
    expect(await enter('A')).toMatchObject({
      kind: 'uncertain',
      tap: charged('supplement', 2_000),
    });
    expect(await enter('A')).toMatchObject({
      kind: 'approved',
      tap: charged('gateEntry', 0),
      settled: [{ ...charged('supplement', 2_000), state: 'approved', isRecovered: true }],
    });
    expect(balanceOf(card)).toBe(8_000);
    expect(gates.journal.summary().taps).toMatchObject({ approved: 3, pending: 0 });
  });

  it('of a sale is settled at the gate, and the gate does its own work', async () => {
    const { card, gates, enter } = await world();
    card.memory.placeTear({ phase: 'after', write: 2 });
    await gates.purchase(openInProcess(card), rupees(500));
    expect(await enter('A')).toMatchObject({
      kind: 'approved',
      tap: charged('gateEntry', 0),
      settled: [{ ...charged('sale', 500), isRecovered: true }],
    });
    expect(balanceOf(card)).toBe(9_500);
  });

  it('at the exit, of a card that rode elsewhere since, does not close the next exit', async () => {
    const { card, enter, leave } = await world();
    await enter('A');
    card.memory.placeTear({ phase: 'after', write: 2 });
    expect((await leave('B')).kind).toBe('uncertain');
    const config = { terminalId: '009900990099', transit: TRANSIT_CONFIG };
    const elsewhere = await openTerminal({ config });
    await elsewhere.gateEntry(openInProcess(card), gatePlace('C'));
    expect(await leave('B')).toMatchObject({
      kind: 'approved',
      tap: { ...charged('gateExit', 2_000), place: 'C>B' },
      settled: [{ ...charged('gateExit', 1_000), state: 'uncertain' }],
    });
    expect(balanceOf(card)).toBe(7_000);
  });
});
