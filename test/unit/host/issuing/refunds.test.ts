// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { ExceptionDesk } from '../../../../host/exceptions/desk.ts';
import { issuingExceptions } from '../../../../host/exceptions/sources/issuing.ts';
import { account } from '../../../../host/ledger/accounts.table.ts';
import { addAction } from '../../../../host/messages/actions.ts';
import { post } from '../../../../host/ledger/ledger.ts';
import { NetPostings } from '../../../../host/ledger/postings.ts';
import { amount } from '../../../../src/money/amount.ts';
import { serialNumberBytes } from '../../../../src/purse/serial-number.ts';
import { instant } from '../../../../src/time/instant.ts';
import { loadRequest, record } from '../host-world.ts';
import {
  buy,
  CLERK,
  disposeWorlds,
  expectConserved,
  issuingWorld,
  load,
  METRO,
  OLD,
  SHOP,
  STOCK,
  upload,
  type IssuingWorld,
} from './issuing-world.ts';

afterEach(disposeWorlds);

const NOW = instant(1_770_000_000_000);
const [NEW] = STOCK;

/** A card with 300 on it that has bought for 100 and for 40 at the shop. */
async function boughtWorld(): Promise<IssuingWorld> {
  const world = await issuingWorld();
  await load(world, { card: OLD, amount: 300, before: 0, counter: 0, sequence: 1 });
  const purchases = [
    buy({ amount: 100, before: 300, counter: 0, sequence: 2 }),
    buy({ amount: 40, before: 200, counter: 1, sequence: 3 }),
  ];
  await upload(world.test, purchases, 2);
  return world;
}

const refund = {
  reference: 'r1',
  serial: OLD.serial,
  counter: 0,
  amount: null,
  note: 'wrong size',
} as const;
const cash = { reference: 'c1', serial: OLD.serial, agent: 'KIOSK', amount: null } as const;

describe('a refund of a purchase', () => {
  it('is owed by its merchant to the holder, and lowers the gross of the window', async () => {
    const world = await boughtWorld();
    expect(world.issuing.refundPurchase(refund, CLERK)).toMatchObject({
      amount: 100,
      merchant: 'SHOP',
    });
    expect(world.balance('2040', 'SHOP')).toBe(-40);
    expect(world.balance('2095')).toBe(-100);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 100, refunded: 100 });
    expect(world.host.store.windowTotals(1)).toMatchObject([
      { merchant: 'SHOP', count: 1, gross: 40 },
    ]);
    expectConserved(world);
  });

  it('with the same reference is the same refund, and with another content none', async () => {
    const world = await boughtWorld();
    const first = world.issuing.refundPurchase(refund, CLERK);
    expect(world.issuing.refundPurchase(refund, CLERK)).toEqual(first);
    expect(world.balance('2095')).toBe(-100);
    for (const other of [{ counter: 1 }, { amount: amount(99) }, { serial: NEW.serial }]) {
      expect(() => world.issuing.refundPurchase({ ...refund, ...other }, CLERK)).toThrow(
        /"reference" expected one of this refund, r1 is of another/,
      );
    }
  });

  it.each([
    ['more than the purchase', { amount: amount(101) }, /expected 1 to 100 of .* got 101/],
    ['nothing', { amount: amount(0) }, /expected 1 to 100 .* got 0/],
    ['a counter without a purchase', { counter: 7 }, /expected an accepted purchase of .*, got 7/],
  ])('of %s is refused, moves nothing and is remembered', async (_what, changes, message) => {
    const world = await boughtWorld();
    const before = world.host.store.lastEntry();
    const act = (): unknown => world.issuing.refundPurchase({ ...refund, ...changes }, CLERK);
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: 'REFUND_REFUSED' }) as Error);
    expect(world.host.store.lastEntry()).toEqual(before);
    expect(world.issuing.support(OLD.serial)).toMatchObject({
      refunds: [],
      events: [
        { event: 'refundRefused', note: expect.stringMatching(message) as string },
        { event: 'refundRefused' },
      ],
    });
  });

  it('may come in parts, which together are not more than the purchase', async () => {
    const world = await boughtWorld();
    world.issuing.refundPurchase({ ...refund, amount: amount(60) }, CLERK);
    const rest = { ...refund, reference: 'r2' };
    expect(() => world.issuing.refundPurchase({ ...rest, amount: amount(41) }, CLERK)).toThrow(
      /expected 1 to 40 of the purchase of 100 \(60 refunded before\), got 41/,
    );
    expect(world.issuing.refundPurchase(rest, CLERK).amount).toBe(40);
    expect(() => world.issuing.refundPurchase({ ...refund, reference: 'r3' }, CLERK)).toThrow(
      /expected 1 to 0/,
    );
    expectConserved(world);
  });

  it('of a held purchase is refused: nobody was paid for it', async () => {
    const world = await boughtWorld();
    const wrong = buy({ amount: 30, before: 160, after: 100, counter: 2, sequence: 4 });
    await upload(world.test, [wrong], 3);
    expect(world.balance('2075')).toBe(-30);
    expect(() => world.issuing.refundPurchase({ ...refund, counter: 2 }, CLERK)).toThrow(
      /an accepted purchase of .*, got 2/,
    );
  });

  it('of more than the merchant is still owed becomes a receivable against it', async () => {
    const world = await boughtWorld();
    const { store } = world.host;
    const paidOut = new NetPostings().transfer(
      account('2040', 'SHOP'),
      account('2045', 'P1'),
      amount(120),
    );
    post(store, { source: 'payout:P1', kind: 'payout', postings: paidOut.net() }, NOW);
    world.issuing.refundPurchase(refund, CLERK);
    expect(world.balance('2040', 'SHOP')).toBe(0);
    expect(world.balance('1050', 'SHOP')).toBe(80);
    expectConserved(world);
  });

  it('that lost its purchase is an exception of its merchant', async () => {
    const world = await boughtWorld();
    world.issuing.refundPurchase({ ...refund, counter: 1 }, CLERK);
    expect([...issuingExceptions(world.host.store)]).toEqual([]);
    // An earlier purchase of that counter comes late: the refunded one is the second of a fork.
    const earlier = record({
      card: OLD,
      terminal: METRO,
      amount: 30,
      before: 200,
      counter: 1,
      sequence: 1,
      time: '110000',
    });
    await upload(world.test, [earlier], 1, METRO);
    expect([...issuingExceptions(world.host.store)]).toMatchObject([
      {
        rule: 'refundRefused',
        subject: `card ${OLD.serial} counter 1`,
        merchant: 'SHOP',
        liable: 'merchant',
        moneyAtRisk: 40,
      },
    ]);
    expectConserved(world);
  });
});

describe('what is owed to a holder', () => {
  it('is paid in cash by an agent, once, and never more than it is', async () => {
    const world = await boughtWorld();
    world.issuing.refundPurchase(refund, CLERK);
    expect(() => world.issuing.payCash({ ...cash, amount: amount(101) }, CLERK)).toThrow(
      /"amount" expected 1 to 100, what is owed, got 101/,
    );
    const first = world.issuing.payCash({ ...cash, amount: amount(30) }, CLERK);
    expect(world.issuing.payCash({ ...cash, amount: amount(30) }, CLERK)).toEqual(first);
    expect(world.balance('2095')).toBe(-70);
    expect(world.issuing.payCash({ ...cash, reference: 'c2' }, CLERK).amount).toBe(70);
    expect(() => world.issuing.payCash({ ...cash, reference: 'c3' }, CLERK)).toThrow(
      expect.objectContaining({ code: 'REFUND_REFUSED' }) as Error,
    );
    expect(() => world.issuing.payCash({ ...cash, agent: 'OTHER' }, CLERK)).toThrow(/of another/);
    // The agent has taken no cash before: it is owed what it paid.
    expect(world.balance('1030', 'KIOSK')).toBe(0);
    expect(world.balance('2052', 'KIOSK')).toBe(-100);
    expectConserved(world);
  });

  it('pays for a load of another card, and nobody owes cash for it', async () => {
    const world = await boughtWorld();
    const till = world.balance('1030', SHOP.id);
    world.issuing.refundPurchase(refund, CLERK);
    world.issuing.issue({ serial: NEW.serial, agent: 'KIOSK', holder: null }, CLERK);
    const transfer = { serial: OLD.serial, to: NEW.serial, load: null };
    expect(() => world.issuing.payLoad(transfer, CLERK)).toThrow(/load the card at a till first/);
    const load100 = { card: NEW, terminal: SHOP, amount: 100, before: 0, counter: 0 };
    const { loadId } = await world.host.authoriseLoad(loadRequest(load100));
    expect(world.issuing.payLoad(transfer, CLERK)).toMatchObject({ amount: 100, load: loadId });
    expect(world.balance('2095')).toBe(0);
    expect(world.balance('2015')).toBe(-100);
    expect(world.balance('1030', SHOP.id)).toBe(till);
    // Once only, whether it is named or not.
    expect(world.issuing.payLoad({ ...transfer, load: loadId }, CLERK).load).toBe(loadId);
    expect(() => world.issuing.payLoad(transfer, CLERK)).toThrow(/that is to be paid, got none/);
    const proof = record({ ...load100, kind: 'load', sequence: 4 });
    await upload(world.test, [proof], 3);
    expect(world.issuing.support(NEW.serial).money.balance).toBe(100);
    expectConserved(world);
  });

  it('of a load that did not happen is owed on the card that was to be loaded', async () => {
    const world = await boughtWorld();
    world.issuing.refundPurchase(refund, CLERK);
    const request = { card: OLD, terminal: SHOP, amount: 100, before: 160, counter: 1 };
    await world.host.authoriseLoad(loadRequest(request));
    world.issuing.payLoad({ serial: OLD.serial, to: OLD.serial, load: null }, CLERK);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 0, inFlight: 100 });
    // Another load takes its online counter: the first was never done.
    await world.host.authoriseLoad(loadRequest({ ...request, amount: 50 }));
    const proof = record({ ...request, amount: 50, kind: 'load', sequence: 4 });
    await upload(world.test, [proof], 3);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 100, byEvidence: 100 });
    expectConserved(world);
  });

  it('is promised to an action once, and paid by the load that carries it out', async () => {
    const world = await boughtWorld();
    const { store } = world.host;
    world.issuing.refundPurchase({ ...refund, amount: amount(50) }, CLERK);
    const order = {
      kind: 'refund',
      serial: OLD.serial,
      text: '',
      actor: 'clerk',
      at: NOW,
    } as const;
    // What others are owed is not for this card.
    expect(() => addAction(store, { ...order, serial: NEW.serial, amount: amount(50) })).toThrow(
      /at most 0, what is owed to the holder/,
    );
    const action = addAction(store, { ...order, amount: amount(50) });
    expect(() => addAction(store, { ...order, amount: amount(1) })).toThrow(/at most 0/);
    const asked = { card: OLD, terminal: SHOP, amount: 50, before: 160, counter: 1 };
    const request = { ...loadRequest(asked), actionId: action.id };
    const { loadId } = await world.host.authoriseLoad(request);
    expect(store.holderPayments(serialNumberBytes(OLD.serial))).toMatchObject([
      { method: 'load', load: loadId, amount: 50, actor: 'clerk' },
    ]);
    expect(world.balance('2095')).toBe(0);
    expectConserved(world);
  });

  it('is lowered by what was paid too much before', async () => {
    const world = await boughtWorld();
    world.issuing.retire({ serial: OLD.serial, reason: 'moved', returnedTo: 'KIOSK' }, CLERK);
    world.passDays(10);
    world.issuing.refundBalance(OLD.serial, CLERK);
    world.issuing.payCash(cash, CLERK);
    await upload(world.test, [buy({ amount: 60, before: 160, counter: 2, sequence: 4 })], 3);
    expect(world.balance('1060')).toBe(60);
    world.issuing.refundPurchase({ ...refund, amount: amount(50) }, CLERK);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 0, overpaid: 10 });
    expectConserved(world);
    world.issuing.refundPurchase({ ...refund, reference: 'r2', amount: amount(50) }, CLERK);
    expect(world.issuing.support(OLD.serial).money).toMatchObject({ owed: 40, overpaid: 0 });
    expect(world.balance('1060')).toBe(0);
    expectConserved(world);
  });
});

describe('a card near its last counter', () => {
  it('is an exception, with the counter that is near', async () => {
    const world = await boughtWorld();
    expect([...issuingExceptions(world.host.store)]).toEqual([]);
    await upload(world.test, [buy({ amount: 10, before: 160, counter: 65_000, sequence: 5 })], 3);
    expect([...issuingExceptions(world.host.store)]).toMatchObject([
      {
        rule: 'counterNearMax',
        subject: `card ${OLD.serial} offline counter`,
        found: '65001 of 65535',
        moneyAtRisk: 0,
      },
    ]);
  });
});

describe('a torn tap', () => {
  /** The card lost 30 at counter 2, and a gate does not know what became of its tap. */
  async function tornWorld(): Promise<IssuingWorld> {
    const world = await boughtWorld();
    const tap = record({
      card: OLD,
      terminal: METRO,
      kind: 'uncertain',
      amount: 30,
      before: 160,
      counter: 2,
      sequence: 1,
    });
    await upload(world.test, [tap], 1, METRO);
    return world;
  }

  it('is shown with the tap alone until the card comes back, then with the value that left', async () => {
    const world = await tornWorld();
    expect(world.issuing.support(OLD.serial).torn).toMatchObject({
      gaps: [],
      unexplained: [{ counter: 2, amount: 30, terminalId: METRO.id, terminalCounter: 1 }],
    });
    await upload(world.test, [buy({ amount: 10, before: 130, counter: 3, sequence: 5 })], 3);
    expect(world.issuing.support(OLD.serial)).toMatchObject({
      money: { inGaps: 30, owed: 0 },
      torn: {
        gaps: [{ from: 2, to: 2, value: 30, openedAt: NOW, taps: [{ terminalId: METRO.id }] }],
        unexplained: [],
      },
    });
  });

  it('is refunded before its clock by two people at the desk alone', async () => {
    const world = await tornWorld();
    await upload(world.test, [buy({ amount: 10, before: 130, counter: 3, sequence: 5 })], 3);
    const torn = { serial: OLD.serial, from: 2 };
    const [gap] = world.issuing.support(OLD.serial).torn.gaps;
    const exception = gap?.exception ?? '';
    expect(() => world.issuing.refundTorn(torn, CLERK)).toThrow(
      new RegExp(
        `open for 180 days, got 2: before, propose refundHolder on exception ${exception}`,
      ),
    );
    expect(() => world.issuing.refundTorn({ ...torn, from: 1 }, CLERK)).toThrow(
      /first counter of a gap with value, got 1/,
    );
    const desk = new ExceptionDesk(world.host);
    const [request] = desk.propose([exception], 'refundHolder', 'log of the gate', CLERK);
    await desk.approve(request?.id ?? '', 'seen', { ...CLERK, name: 'boss', role: 'approver' });
    expect(world.issuing.support(OLD.serial)).toMatchObject({
      money: { inGaps: 0, owed: 30 },
      torn: { gaps: [{ from: 2, state: 'refunded' }] },
    });
    expectConserved(world);
  });

  it('needs nobody else when its clock has run out', async () => {
    const world = await tornWorld();
    await upload(world.test, [buy({ amount: 10, before: 130, counter: 3, sequence: 5 })], 3);
    world.passDays(180);
    world.issuing.refundTorn({ serial: OLD.serial, from: 2 }, CLERK);
    expect(world.issuing.support(OLD.serial).money.owed).toBe(30);
    expect(world.issuing.payCash(cash, CLERK).amount).toBe(30);
    expectConserved(world);
  });

  it('that was settled by its record is no open matter', async () => {
    const world = await tornWorld();
    const recovered = record({
      card: OLD,
      terminal: METRO,
      amount: 30,
      before: 160,
      counter: 2,
      sequence: 2,
      terminalCounter: 1,
    });
    await upload(world.test, [recovered], 2, METRO);
    expect(world.issuing.support(OLD.serial).torn).toEqual({ gaps: [], unexplained: [] });
    const card = world.host.store.card(serialNumberBytes(OLD.serial));
    expect(card?.balance).toBe(130);
  });
});
