// SPDX-License-Identifier: MIT
/** What every store of the host does, whatever it is built on: run it with an opener of an empty store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import { CHAIN_MODE, type Finding } from '../../host/chain/model.ts';
import type { BatchRow, HostStore, NewLoad, QuarantineRow } from '../../host/store/store.ts';
import { issuingContract } from './issuing-store.ts';
import { messageContract } from './message-store.ts';
import { merchantContract } from './merchant-store.ts';
import { booksContract } from './books-store.ts';
import { bankContract } from './bank-store.ts';
import { accessContract } from './access-store.ts';
import { clockContract } from './clock-store.ts';
import { settlementContract } from './settlement-store.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const ONE = bytes(1, 0);
const TWO = bytes(2, 0);

const load: NewLoad = {
  id: 'L1',
  serial: ONE,
  number: 1,
  counter: 0,
  amount: amount(50),
  before: amount(0),
  at: '20260203120000',
  agent: 'T1',
  state: 'inFlight',
  request: '{"a":1}',
  answer: '{}',
};

const finding: Finding = {
  key: 'k',
  rule: 'counterGap',
  counter: 3,
  expected: 'counter 2',
  found: 'counter 3',
  atRisk: amount(7),
  recordId: 5,
};

const batchRow: BatchRow = {
  terminal: 'T1',
  number: 1,
  digest: 'D1',
  firstSequence: 1,
  lastSequence: 9,
  recordCount: 9,
  receivedAt: AT,
  rawFile: 'raw/x',
  ack: '{}',
  gross: amount(70),
};

const held: QuarantineRow = {
  digest: bytes(9),
  serial: TWO,
  rule: 'tacInvalid',
  receivedAt: AT,
  bytes: bytes(1, 2, 3),
};

/** `open` gives a new, empty store. */
export function hostStoreContract(name: string, open: () => HostStore): void {
  describe(`the host's store on ${name}`, () => {
    let store: HostStore;
    beforeEach(() => {
      store = open();
      store.insertCard({ serial: ONE, suite: 'aes', keyVersion: 1 }, AT);
      store.insertCard({ serial: TWO, suite: 'tdes', keyVersion: 2 }, AT);
    });
    afterEach(() => {
      store.close();
    });
    transactions(() => store);
    cards(() => store);
    evidence(() => store);
    terminals(() => store);
    booksContract(() => store);
    settlementContract(() => store);
    issuingContract(() => store);
    messageContract(() => store);
    bankContract(() => store);
    merchantContract(() => store);
    accessContract(() => store);
    clockContract(() => store);
  });
}

function transactions(store: () => HostStore): void {
  it('keeps what a transaction did, and returns what it returned', () => {
    expect(store().transaction(() => (store().setMeta('a', '1'), 42))).toBe(42);
    expect(store().meta('a')).toBe('1');
  });

  it('undoes all of a transaction that throws, and passes the error on', () => {
    store().setMeta('a', '1');
    const work = (): void => {
      store().setMeta('a', '2');
      store().appendRecord(0, bytes(1));
      throw new RangeError('no');
    };
    expect(() => store().transaction(work)).toThrow(RangeError);
    expect([store().meta('a'), store().meta('b'), store().recordCount()]).toEqual([
      '1',
      undefined,
      0,
    ]);
  });

  it('undoes an inner transaction alone when the outer one goes on', () => {
    store().transaction(() => {
      store().setMeta('outer', '1');
      expect(() =>
        store().transaction(() => {
          store().setMeta('inner', '1');
          throw new Error('inner');
        }),
      ).toThrow('inner');
    });
    expect([store().meta('outer'), store().meta('inner')]).toEqual(['1', undefined]);
  });
}

function cards(store: () => HostStore): void {
  it('registers cards with an empty chain, once', () => {
    expect(store().card(ONE)).toMatchObject({
      suite: 'aes',
      keyVersion: 1,
      nextOffline: 0,
      nextOnline: 0,
      balance: 0,
      lastRecord: 0,
      mode: 0,
      listedVersion: null,
    });
    expect(store().card(bytes(3))).toBeUndefined();
    expect([...store().cards()].map(({ serial }) => [...serial])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    const again = { serial: ONE, suite: 'aes', keyVersion: 1 } as const;
    expect(() => store().insertCard(again, AT)).toThrow();
  });

  it('appends nothing to a card after the last day of its validity', () => {
    const serial = bytes(3, 0);
    store().insertCard({ serial, suite: 'aes', keyVersion: 1, validUntil: '20260930' }, AT);
    expect(store().card(serial)).toMatchObject({ validUntil: '20260930' });
    const next = {
      serial,
      suite: 'aes',
      keyVersion: 1,
      before: amount(0),
      after: amount(0),
    } as const;
    expect(store().appendNext({ ...next, counter: 0, date: 0x20260930 }, bytes(1))).toBe(true);
    expect(store().appendNext({ ...next, counter: 1, date: 0x20261001 }, bytes(2))).toBe(false);
  });

  it('appends the purchase that comes next on its card, and no other', () => {
    const load = store().appendRecord(0, bytes(1));
    const head = { nextOffline: 0, nextOnline: 1, balance: amount(100), lastRecord: load };
    store().updateCardHead(ONE, { ...head, mode: CHAIN_MODE.endsWithLoad });
    const next = {
      suite: 'aes',
      keyVersion: 1,
      counter: 0,
      before: amount(100),
      date: 0x20260203,
    } as const;
    const purchase = { ...next, serial: ONE, after: amount(90) };
    for (const wrong of [
      { serial: bytes(3) },
      { suite: 'tdes' as const },
      { keyVersion: 2 },
      { counter: 1 },
      { before: amount(99) },
    ]) {
      expect(store().appendNext({ ...purchase, ...wrong }, bytes(2))).toBe(false);
    }
    store().updateCardHead(ONE, { ...head, mode: CHAIN_MODE.contested });
    expect(store().appendNext(purchase, bytes(2))).toBe(false);
    expect(store().recordCount()).toBe(1);

    store().updateCardHead(ONE, { ...head, mode: CHAIN_MODE.endsWithLoad });
    expect(store().appendNext(purchase, bytes(2))).toBe(true);
    const { lastRecord, ...moved } = store().card(ONE) ?? { lastRecord: 0 };
    expect(moved).toMatchObject({
      nextOffline: 1,
      nextOnline: 1,
      balance: 90,
      mode: CHAIN_MODE.endsWithPurchase,
    });
    const record = store().record(lastRecord);
    expect(record?.previous).toBe(load);
    expect([...(record?.bytes ?? [])]).toEqual([2]);
    expect(store().appendNext(purchase, bytes(2))).toBe(false);
  });

  it('keeps the newest settled point of a card', () => {
    expect(store().settledPoint(ONE)).toBeUndefined();
    const point = { record: 9, balance: amount(80), nextOffline: 3, nextOnline: 2 };
    store().settleCard(ONE, { ...point, record: 5 });
    store().settleCard(ONE, point);
    expect(store().settledPoint(ONE)).toEqual(point);
    expect(store().settledPoint(TWO)).toBeUndefined();
  });

  it('moves the head of a card as a whole', () => {
    const head = {
      nextOffline: 2,
      nextOnline: 3,
      balance: amount(80),
      lastRecord: 5,
      mode: 1,
    } as const;
    store().updateCardHead(ONE, head);
    expect(store().card(ONE)).toMatchObject(head);
    expect(store().card(TWO)).toMatchObject({ nextOffline: 0, balance: 0 });
  });

  it('lists a card with the version, and judges it anew from then on', () => {
    store().setListedVersion(ONE, 7);
    expect(store().card(ONE)).toMatchObject({ listedVersion: 7, mode: 1 });
  });

  it('appends records with ids that grow, and links them', () => {
    const first = store().appendRecord(0, bytes(1));
    const second = store().appendRecord(first, bytes(2));
    expect(second).toBeGreaterThan(first);
    expect(store().record(second)).toMatchObject({ id: second, previous: first });
    expect([...(store().record(second)?.bytes ?? [])]).toEqual([2]);
    expect(store().record(second + 1)).toBeUndefined();
    expect(store().recordCount()).toBe(2);
  });
}

function evidence(store: () => HostStore): void {
  it('replaces the gaps of one card, in the order of their counters', () => {
    const high = amount(90);
    const gaps = [
      { from: 5, to: null, value: amount(0), high, isClear: false, state: 'open' as const },
      { from: 1, to: 3, value: amount(20), high, isClear: true, state: 'expired' as const },
    ];
    store().replaceGaps(ONE, gaps);
    expect(store().gaps(ONE)).toEqual([gaps[1], gaps[0]]);
    store().deleteGap(ONE, 5);
    store().insertGap(ONE, { ...gaps[1]!, from: 9 });
    expect(
      store()
        .gaps(ONE)
        .map(({ from }) => from),
    ).toEqual([1, 9]);
    store().replaceGaps(ONE, []);
    expect(store().gaps(ONE)).toEqual([]);
  });

  it('keeps loads in the order of their numbers, and their state', () => {
    store().insertLoad({ ...load, id: 'L2', number: 2, counter: 1 });
    store().insertLoad(load);
    const [first, second] = store().loads(ONE);
    const { request, answer, ...row } = load;
    expect({ ...first, serial: ONE }).toEqual(row);
    expect(request).not.toBe(answer);
    expect(store().loadAnswer(ONE, load)).toBe(answer);
    expect(store().loadAnswer(ONE, { ...load, number: 3 })).toBeUndefined();
    expect(second?.id).toBe('L2');
    expect(
      store()
        .loads(ONE, 1)
        .map(({ id }) => id),
    ).toEqual(['L2']);
    expect([store().loadCount(ONE), store().loadCount(TWO)]).toEqual([2, 0]);
    store().setLoadState(ONE, load, 'proven');
    expect(
      store()
        .loadsInFlight()
        .map(({ id }) => id),
    ).toEqual(['L2']);
    expect(store().loads(TWO)).toEqual([]);
    expect(() => store().insertLoad(load)).toThrow();
  });

  it('keeps uncertain taps once, in an order that does not depend on arrival', () => {
    expect(store().insertUncertain(bytes(8), ONE, bytes(1))).toBe(true);
    expect(store().insertUncertain(bytes(7), ONE, bytes(2))).toBe(true);
    expect(store().insertUncertain(bytes(8), ONE, bytes(1))).toBe(false);
    expect(
      store()
        .uncertain(ONE)
        .map((tap) => [...tap.bytes]),
    ).toEqual([[2], [1]]);
  });

  it('keeps numbers that two cards share once, by terminal and counter', () => {
    const number = { terminalId: 'T1', terminalCounter: 7, otherCard: 'B' };
    const others = [
      { ...number, otherCard: 'A' },
      { ...number, terminalCounter: 6 },
    ];
    expect(store().sharedNumbers(ONE)).toEqual([]);
    for (const each of [number, ...others]) {
      expect(store().insertSharedNumber(ONE, each)).toBe(true);
    }
    expect(store().insertSharedNumber(ONE, number)).toBe(false);
    expect(store().sharedNumbers(ONE)).toEqual([others[1], others[0], number]);
    expect(store().sharedNumbers(TWO)).toEqual([]);
    expect(store().hasSharedNumber('T1')).toBe(true);
    expect(store().hasSharedNumber('T2')).toBe(false);
  });

  it('keeps held records once, until they are released, once', () => {
    expect(store().insertQuarantine(held)).toBe(true);
    expect(store().insertQuarantine(held)).toBe(false);
    expect(store().quarantine()).toMatchObject([{ rule: 'tacInvalid', receivedAt: AT }]);
    expect(store().deleteQuarantine(held.digest)).toBe(true);
    expect(store().deleteQuarantine(held.digest)).toBe(false);
    expect(store().quarantine()).toEqual([]);
  });

  it('keeps findings by card and key', () => {
    store().insertFinding(ONE, finding, AT);
    store().insertFinding(TWO, { ...finding, recordId: null }, LATER);
    expect(store().findings(ONE)).toMatchObject([{ ...finding, openedAt: AT }]);
    expect(store().allFindings()).toHaveLength(2);
    expect(() => store().insertFinding(ONE, finding, AT)).toThrow();
    store().deleteFinding(ONE, 'k');
    expect(store().findings(ONE)).toEqual([]);
    expect(store().findings(TWO)).toHaveLength(1);
  });

  it('keeps the last decision on each target of a card', () => {
    const decision = {
      target: 'overspend',
      action: 'writeOff',
      request: 'R1',
      decidedAt: AT,
    } as const;
    store().putDecision(ONE, decision);
    store().putDecision(ONE, { ...decision, target: 'gap:1:3', action: 'expire' });
    store().putDecision(ONE, { ...decision, target: 'gap:1:3', action: 'refundHolder' });
    expect(store().decisions(ONE)).toEqual([
      { ...decision, target: 'gap:1:3', action: 'refundHolder' },
      decision,
    ]);
    expect(store().decisions(TWO)).toEqual([]);
  });

  it('adds up what the control accounts must show', () => {
    expect(store().controlSums()).toEqual({ cardBalances: 0, gaps: 0, loadsInFlight: 0 });
    const head = { nextOffline: 1, nextOnline: 0, lastRecord: 1, mode: 0 } as const;
    store().updateCardHead(ONE, { ...head, balance: amount(90) });
    store().updateCardHead(TWO, { ...head, balance: amount(5) });
    const gap = { from: 1, to: 3, value: amount(20), high: amount(90), isClear: false } as const;
    store().replaceGaps(ONE, [
      { ...gap, state: 'open' },
      { ...gap, from: 5, state: 'expired' },
      { ...gap, from: 9, state: 'refunded' },
    ]);
    store().insertLoad(load);
    store().insertLoad({ ...load, id: 'L2', number: 2, state: 'proven' });
    expect(store().controlSums()).toEqual({ cardBalances: 95, gaps: 20, loadsInFlight: 50 });
  });
}

function terminals(store: () => HostStore): void {
  const terminal = {
    id: 'T1',
    merchant: 'M',
    publicKey: bytes(1, 2),
    headSequence: 0,
    headCounter: 0,
  };

  it('keeps terminals, their heads and what they have not sent', () => {
    store().insertTerminal({ ...terminal, id: 'T2' }, AT);
    store().insertTerminal(terminal, AT);
    store().updateTerminalHead('T1', 9, 0xffffffff);
    expect(store().terminal('T1')).toMatchObject({ headSequence: 9, headCounter: 0xffffffff });
    expect(store().terminal('T2')).toMatchObject({ headSequence: 0, merchant: 'M' });
    expect(
      store()
        .terminals()
        .map(({ id }) => id),
    ).toEqual(['T1', 'T2']);
    const gaps = [
      { from: 1, to: 2, since: AT },
      { from: 5, to: 5, since: LATER },
    ];
    store().replaceTerminalGaps('T1', gaps);
    expect([store().terminalGaps('T1'), store().terminalGaps('T2')]).toEqual([gaps, []]);
    expect(() => store().insertTerminal(terminal, AT)).toThrow();
  });

  it('keeps batches by digest, one each', () => {
    store().insertBatch(batchRow);
    expect(store().batchByDigest('D1')).toEqual(batchRow);
    expect(store().batchByDigest('D2')).toBeUndefined();
    expect(store().batches()).toEqual([batchRow]);
    expect(() => store().insertBatch(batchRow)).toThrow();
  });
}
