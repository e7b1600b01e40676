// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { issuingExceptions } from '../../../../host/exceptions/sources/issuing.ts';
import { serialNumberBytes } from '../../../../src/purse/serial-number.ts';
import { loadRequest, testCard } from '../host-world.ts';
import {
  buy,
  CLERK,
  disposeWorlds,
  expectConserved,
  issuingWorld,
  load,
  LOT,
  OLD,
  SHOP,
  STOCK,
  upload,
} from './issuing-world.ts';

afterEach(disposeWorlds);

const [FIRST, SECOND] = STOCK;
const issue = { serial: FIRST.serial, agent: 'KIOSK', holder: null } as const;
const fault = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('the registry', () => {
  it('has a card of the default lot in use at once, and one of another lot in stock', async () => {
    const { host } = await issuingWorld();
    const state = (serial: string): unknown => host.store.cardDetails(serialNumberBytes(serial));
    expect(state(OLD.serial)).toMatchObject({ lot: 'default', state: 'active' });
    expect(state(FIRST.serial)).toMatchObject({ lot: LOT.id, state: 'ordered' });
    // The chain judges by the last day.
    expect(host.store.card(serialNumberBytes(FIRST.serial))?.validUntil).toBe(LOT.validUntil);
  });

  it('refuses a card that is not what its lot says, and one of no known lot', async () => {
    const { host } = await issuingWorld();
    const card = testCard(20, 'tdes');
    await expect(host.registerCard({ ...card, lot: LOT.id })).rejects.toThrow(
      /"lot" expected a card of aes, key version 1, .* got 8600.*20: tdes/,
    );
    await expect(host.registerCard({ ...card, lot: 'none' })).rejects.toMatchObject({
      code: 'LOT_NOT_FOUND',
    });
    expect(host.store.card(serialNumberBytes(card.serial))).toBeUndefined();
  });
});

describe('a card of the stock', () => {
  it('is handed over once, for its deposit and its fee', async () => {
    const world = await issuingWorld();
    expect(world.issuing.issue(issue, CLERK)).toMatchObject({ state: 'active', deposit: 2000 });
    expect(() => world.issuing.issue(issue, CLERK)).toThrow(/may issue, got .*, which is active/);
    expect(world.balance('1030', 'KIOSK')).toBe(2500);
    expect(world.balance('2080')).toBe(-2000);
    expect(world.balance('4030')).toBe(-500);
    expectConserved(world);
  });

  it('is not handed over to nobody, and then nothing has changed', async () => {
    const world = await issuingWorld();
    expect(() => world.issuing.issue({ ...issue, holder: 'nobody' }, CLERK)).toThrow(
      fault('HOLDER_NOT_FOUND'),
    );
    expect(world.issuing.support(FIRST.serial)).toMatchObject({ state: 'ordered', events: [] });
    expect(world.balance('2080')).toBe(0);
  });

  it('lapses in the stock, and is written off without a place on the hotlist', async () => {
    const world = await issuingWorld();
    world.passDays(3 * 365);
    expect(() => world.issuing.issue(issue, CLERK)).toThrow(/which is expired/);
    world.issuing.retire({ serial: FIRST.serial, reason: 'lapsed', returnedTo: null }, CLERK);
    expect(world.issuing.support(FIRST.serial).state).toBe('retired');
    expect(world.host.hotlist().serials).toEqual([]);
  });
});

describe('a blocked card', () => {
  it('is on the hotlist until it is unblocked, and gets no load meanwhile', async () => {
    const { host, issuing } = await issuingWorld();
    const request = loadRequest({ card: OLD, terminal: SHOP, amount: 100, before: 0, counter: 0 });
    issuing.block(OLD.serial, 'lost', CLERK);
    expect(host.hotlist().serials).toEqual([OLD.serial]);
    await expect(host.authoriseLoad(request)).rejects.toMatchObject({ code: 'LOAD_REFUSED' });
    expect(() => issuing.block(OLD.serial, 'again', CLERK)).toThrow(fault('CARD_STATE_REFUSED'));

    issuing.unblock(OLD.serial, 'found', CLERK);
    expect(host.hotlist().serials).toEqual([]);
    await host.authoriseLoad(request);
    expect(() => issuing.unblock(OLD.serial, 'again', CLERK)).toThrow(/which is active/);
    expect(issuing.support(OLD.serial)).toMatchObject({
      state: 'active',
      events: [
        { number: 1, event: 'block', actor: 'clerk', note: 'lost' },
        { number: 2, event: 'unblock', note: 'found' },
      ],
    });
  });
});

describe('a retired card', () => {
  it('that came back gives its deposit back, out of what the agent owes or else to it', async () => {
    const world = await issuingWorld();
    world.issuing.issue(issue, CLERK);
    world.issuing.retire({ serial: FIRST.serial, reason: 'moved', returnedTo: 'OTHER' }, CLERK);
    expect(world.host.hotlist().serials).toEqual([]);
    expect(world.balance('1030', 'OTHER')).toBe(0);
    expect(world.balance('2052', 'OTHER')).toBe(-2000);
    expect(world.balance('1030', 'KIOSK')).toBe(2500);
    expect(world.issuing.support(FIRST.serial).money.deposit).toBe(0);
    expectConserved(world);
  });

  it('that did not is listed, and its deposit waits to be given back or kept', async () => {
    const world = await issuingWorld();
    world.issuing.issue(issue, CLERK);
    const settle = { serial: FIRST.serial, returnedTo: null };
    expect(() => world.issuing.settleDeposit(settle, CLERK)).toThrow(/which is active/);
    world.issuing.retire({ serial: FIRST.serial, reason: 'lost', returnedTo: null }, CLERK);
    expect(world.host.hotlist().serials).toEqual([FIRST.serial]);
    expect(world.balance('2080')).toBe(-2000);
    world.issuing.settleDeposit(settle, CLERK);
    expect(world.balance('4030')).toBe(-2500);
    expect(() => world.issuing.settleDeposit(settle, CLERK)).toThrow(/with a deposit, got none/);
    expectConserved(world);
  });

  it('has its balance refunded when late records had their time, not before', async () => {
    const world = await issuingWorld();
    await load(world, { card: OLD, amount: 300, before: 0, counter: 0, sequence: 1 });
    expect(() => world.issuing.refundBalance(OLD.serial, CLERK)).toThrow(/which is active/);
    world.issuing.retire({ serial: OLD.serial, reason: 'moved', returnedTo: 'KIOSK' }, CLERK);
    world.passDays(9);
    expect(() => world.issuing.refundBalance(OLD.serial, CLERK)).toThrow(
      /out of use for 10 days, 1 more/,
    );
    // The late record of a purchase is taken as ever.
    await upload(world.test, [buy({ amount: 40, before: 300, counter: 0, sequence: 2 })], 2);
    world.passDays(1);
    world.issuing.refundBalance(OLD.serial, CLERK);
    expect(world.issuing.support(OLD.serial)).toMatchObject({
      money: { balance: 0, owed: 260 },
      balanceDueAt: null,
    });
    expect(() => world.issuing.refundBalance(OLD.serial, CLERK)).toThrow(fault('REFUND_REFUSED'));
    expectConserved(world);
  });

  it('that spends after its refund is owed less, or was paid too much', async () => {
    const world = await issuingWorld();
    await load(world, { card: OLD, amount: 300, before: 0, counter: 0, sequence: 1 });
    world.issuing.retire({ serial: OLD.serial, reason: 'moved', returnedTo: 'KIOSK' }, CLERK);
    world.passDays(10);
    world.issuing.refundBalance(OLD.serial, CLERK);
    await upload(world.test, [buy({ amount: 40, before: 300, counter: 0, sequence: 2 })], 2);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 260, overpaid: 0 });
    const cash = { reference: 'c1', serial: OLD.serial, agent: 'KIOSK', amount: null };
    expect(world.issuing.payCash(cash, CLERK).amount).toBe(260);
    expectConserved(world);

    await upload(world.test, [buy({ amount: 50, before: 260, counter: 1, sequence: 3 })], 3);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 0, overpaid: 50 });
    expect(world.balance('2040', 'SHOP')).toBe(-90);
    expect(world.balance('1060')).toBe(50);
    expect([...issuingExceptions(world.host.store)]).toMatchObject([
      { rule: 'overspendLimit', liable: 'issuer', moneyAtRisk: 50, found: 'payments of 260' },
    ]);
    expectConserved(world);
  });

  it('without money on it has nothing to refund', async () => {
    const world = await issuingWorld();
    world.issuing.retire({ serial: OLD.serial, reason: 'moved', returnedTo: null }, CLERK);
    world.passDays(10);
    expect(() => world.issuing.refundBalance(OLD.serial, CLERK)).toThrow(fault('REFUND_REFUSED'));
  });
});

describe('a replaced card', () => {
  const replacement = {
    serial: FIRST.serial,
    by: SECOND.serial,
    agent: 'KIOSK',
    reason: 'worn',
  } as const;

  it('hands its deposit and its holder on when it came back', async () => {
    const world = await issuingWorld();
    world.issuing.openHolder({ id: 'ada', name: 'Ada', contact: '' });
    world.issuing.issue({ ...issue, holder: 'ada' }, CLERK);
    world.issuing.replace({ ...replacement, returnedTo: 'KIOSK' }, CLERK);
    // Two fees, one deposit: the second card's is paid with the first one's.
    expect(world.balance('1030', 'KIOSK')).toBe(2000 + 2 * 500);
    expect(world.balance('2080')).toBe(-2000);
    expect(world.issuing.support(FIRST.serial)).toMatchObject({
      state: 'replaced',
      replacedBy: SECOND.serial,
    });
    expect(world.issuing.support(SECOND.serial)).toMatchObject({
      state: 'active',
      holder: { id: 'ada' },
    });
    expect(world.host.hotlist().serials).toEqual([]);
    expectConserved(world);
  });

  it('is listed when it is lost', async () => {
    const world = await issuingWorld();
    world.issuing.issue(issue, CLERK);
    world.issuing.replace({ ...replacement, returnedTo: null }, CLERK);
    expect(world.host.hotlist().serials).toEqual([FIRST.serial]);
    expect(world.balance('2080')).toBe(-4000);
    expectConserved(world);
  });

  it('stays as it was when its successor is not in stock', async () => {
    const world = await issuingWorld();
    world.issuing.issue(issue, CLERK);
    const wrong = { ...replacement, by: OLD.serial, returnedTo: null };
    expect(() => world.issuing.replace(wrong, CLERK)).toThrow(/may issue, got .*, which is active/);
    expect(world.issuing.support(FIRST.serial).state).toBe('active');
    expect(world.host.hotlist().serials).toEqual([]);
  });
});

describe('the account of a holder', () => {
  const ada = { id: 'ada', name: 'Ada Lovelace', contact: 'ada@example.com' } as const;

  it('is opened once, by a name that an account can have', async () => {
    const { issuing } = await issuingWorld();
    expect(issuing.openHolder(ada)).toMatchObject({ id: 'ada', closedAt: null });
    expect(() => issuing.openHolder(ada)).toThrow(fault('HOLDER_EXISTS'));
    expect(() => issuing.openHolder({ ...ada, id: 'a b' })).toThrow(fault('USAGE'));
    expect(() => issuing.openHolder({ ...ada, id: 'b', name: ' ' })).toThrow(/expected a name/);
    expect(() => issuing.openHolder({ ...ada, id: 'b', name: 'a\nb' })).toThrow(/on one line/);
  });

  it('closes only when no card is in use and no money is left', async () => {
    const world = await issuingWorld();
    const { issuing } = world;
    issuing.openHolder(ada);
    issuing.issue({ ...issue, holder: 'ada' }, CLERK);
    expect(() => issuing.closeHolder('ada')).toThrow(/no card in use, got 8600.*11 \(active\)/);
    issuing.retire({ serial: FIRST.serial, reason: 'moved', returnedTo: null }, CLERK);
    expect(issuing.holder('ada')).toMatchObject({ money: 2000, cards: [{ state: 'retired' }] });
    expect(() => issuing.closeHolder('ada')).toThrow(/no money left, got 2000 minor units/);
    issuing.settleDeposit({ serial: FIRST.serial, returnedTo: 'KIOSK' }, CLERK);
    expect(issuing.closeHolder('ada').closedAt).not.toBeNull();
    expect(() => issuing.closeHolder('ada')).toThrow(/got ada, which is closed/);
    expect(() => issuing.issue({ ...issue, serial: SECOND.serial, holder: 'ada' }, CLERK)).toThrow(
      fault('HOLDER_NOT_FOUND'),
    );
  });
});

describe('a lot', () => {
  it('is added once, with days in their order', async () => {
    const { issuing } = await issuingWorld();
    expect(() => issuing.addLot(LOT)).toThrow(fault('LOT_EXISTS'));
    expect(() => issuing.addLot({ ...LOT, id: 'default' })).toThrow(fault('LOT_EXISTS'));
    expect(() => issuing.addLot({ ...LOT, id: 'b', validUntil: '20251231' })).toThrow(
      /"valid-until" expected a day not before 20260101/,
    );
    expect(() => issuing.addLot({ ...LOT, id: 'b', validFrom: '20260230' })).toThrow(
      fault('USAGE'),
    );
  });

  it('shows by key version how many cards are where, and what is on them', async () => {
    const world = await issuingWorld();
    await load(world, { card: OLD, amount: 300, before: 0, counter: 0, sequence: 1 });
    world.issuing.issue(issue, CLERK);
    expect(world.issuing.keyVersions()).toEqual([
      {
        suite: 'aes',
        keyVersion: 1,
        lot: '2026A',
        states: { active: 1, ordered: 2 },
        cards: 3,
        balance: 0,
      },
      {
        suite: 'aes',
        keyVersion: 1,
        lot: 'default',
        states: { active: 1 },
        cards: 1,
        balance: 300,
      },
    ]);
    world.passDays(3 * 365);
    expect(world.issuing.keyVersions()[0]?.states).toEqual({ expired: 3 });
  });
});
