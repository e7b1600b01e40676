// SPDX-License-Identifier: MIT
/** Holders, lots, cards and refunds: the part of the store's contract that issuing stands on. */
import { expect, it } from 'vitest';
import type { CardDetails } from '../../host/issuing/model.ts';
import type { HostStore } from '../../host/store/store.ts';
import { RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Serial numbers as in records: of 10 bytes. */
const serial = (last: number): Uint8Array => {
  const digits = new Uint8Array(10);
  digits[9] = last;
  return digits;
};
const ONE = serial(1);
const TWO = serial(2);
const TERMINAL = '0000000000CC';

const details: CardDetails = {
  serial: ONE,
  lot: 'A',
  holder: null,
  state: 'ordered',
  validity: { from: '20260101', until: '20281231' },
  deposit: amount(0),
  replacedBy: null,
  endedAt: null,
};

function encoded(of: Uint8Array, sequence: number): Uint8Array {
  const record = new Uint8Array(RECORD_SIZE);
  record.set(of, RECORD_OFFSET.applicationSerialNumber);
  record[RECORD_OFFSET.terminalId + 5] = 0xcc;
  record[RECORD_OFFSET.terminalSequence + 3] = sequence;
  return record;
}

export function issuingContract(store: () => HostStore): void {
  it('keeps holders and lots by their ids', () => {
    const ada = { id: 'ada', name: 'Ada', contact: 'x', openedAt: AT, closedAt: null };
    store().insertHolder(ada);
    expect(() => store().insertHolder(ada)).toThrow();
    store().insertHolder({ ...ada, id: 'Bob' });
    store().updateHolder({ ...ada, closedAt: LATER });
    expect(store().holder('ada')).toEqual({ ...ada, closedAt: LATER });
    expect(store().holder('nobody')).toBeUndefined();
    expect(store().holders()).toHaveLength(2);
    const lot = {
      id: 'A',
      suite: 'aes',
      keyVersion: 2,
      validFrom: '20260101',
      validUntil: '20281231',
      deposit: amount(5),
      fee: amount(1),
      addedAt: AT,
    } as const;
    store().insertLot(lot);
    expect(() => store().insertLot(lot)).toThrow();
    expect([store().lot('A'), store().lot('B'), store().lots()]).toEqual([lot, undefined, [lot]]);
  });

  it('keeps what is known of a card, and finds the cards of a holder', () => {
    store().insertCardDetails(details);
    expect(() => store().insertCardDetails(details)).toThrow();
    store().insertCardDetails({ ...details, serial: TWO, validity: null });
    const changed: CardDetails = {
      ...details,
      holder: 'ada',
      state: 'replaced',
      deposit: amount(7),
      replacedBy: TWO,
      endedAt: LATER,
    };
    store().updateCardDetails(changed);
    expect(store().cardDetails(ONE)).toEqual(changed);
    expect(store().cardDetails(TWO)?.validity).toBeNull();
    expect(store().cardDetails(serial(9))).toBeUndefined();
    expect(store().cardsOfHolder('ada')).toEqual([changed]);
    expect(store().depositSum()).toBe(7);
  });

  it('keeps the history of a card in its order', () => {
    const event = {
      serial: ONE,
      number: 1,
      event: 'issue',
      state: 'active',
      at: AT,
      actor: 'a',
      note: '',
    } as const;
    store().insertCardEvent({ ...event, number: 2 });
    store().insertCardEvent(event);
    expect(() => store().insertCardEvent(event)).toThrow();
    expect(store().cardEvents(ONE)).toEqual([event, { ...event, number: 2 }]);
    expect(store().cardEvents(TWO)).toEqual([]);
  });

  it('takes a reference once, and a load', () => {
    const row = { reference: 'p1', serial: ONE, amount: amount(3), agent: 'K', at: AT, actor: 'a' };
    store().insertHolderPayment({ ...row, method: 'cash', load: null });
    store().insertHolderPayment({ ...row, reference: 'p2', method: 'load', load: 'L1' });
    expect(() => store().insertHolderPayment({ ...row, method: 'cash', load: null })).toThrow();
    expect(() =>
      store().insertHolderPayment({ ...row, reference: 'p3', method: 'load', load: 'L1' }),
    ).toThrow();
    expect(store().holderPayment('p2')).toMatchObject({ load: 'L1', serial: ONE });
    expect(store().holderPayments(ONE)).toHaveLength(2);
    expect([store().holderPayment('p3'), store().holderPayments(TWO)]).toEqual([undefined, []]);
    expect(store().refundedCards()).toEqual([ONE]);
  });

  it('gives what was booked to statistics: plain records, items, refunds and proven loads', () => {
    const terminal = { publicKey: bytes(1), headSequence: 0, headCounter: 0 };
    store().insertTerminal({ ...terminal, id: TERMINAL, merchant: 'M' }, AT);
    for (const of of [ONE, TWO]) {
      store().insertCard({ serial: of, suite: 'aes', keyVersion: 1 }, AT);
      store().insertCardDetails({ ...details, serial: of });
      const next = { serial: of, suite: 'aes', keyVersion: 1, counter: 0, date: 0 } as const;
      const paid = { before: amount(0), after: amount(0) };
      expect(store().appendNext({ ...next, ...paid }, encoded(of, of[9] ?? 0))).toBe(true);
    }
    const judged = store().appendRecord(0, encoded(ONE, 7));
    const item = {
      window: 1,
      merchant: 'M',
      type: 6,
      record: judged,
      cause: 'lateRecord',
    } as const;
    store().insertMerchantItem({ ...item, amount: signedAmount(-4) });
    const cleared = [...store().clearedPurchases()]
      .filter(({ bytes: record }) => record[RECORD_OFFSET.terminalId + 5] === 0xcc)
      .map(({ bytes: record, merchant, lot, amount: of }) => [
        record[RECORD_OFFSET.terminalSequence + 3],
        merchant,
        lot,
        of,
      ]);
    expect(cleared).toEqual([
      [1, 'M', 'A', null],
      [2, 'M', 'A', null],
      [7, 'M', 'A', -4],
    ]);
    const refund = {
      reference: 'r1',
      serial: ONE,
      counter: 0,
      record: judged,
      merchant: 'M',
      type: 6,
      amount: amount(4),
      at: AT,
      actor: 'a',
      note: '',
    };
    store().insertRefund(refund);
    expect(() => store().insertRefund(refund)).toThrow();
    expect([store().refund('r1'), store().refunds(ONE)]).toEqual([refund, [refund]]);
    expect([...store().clearedRefunds()]).toEqual([
      { refund, bytes: expect.anything() as Uint8Array, lot: 'A' },
    ]);
    const load = {
      id: 'issuing-1',
      serial: TWO,
      number: 1,
      counter: 0,
      amount: amount(50),
      before: amount(0),
      at: '20260203080000',
      agent: TERMINAL,
      state: 'inFlight',
      request: '',
      answer: '',
    } as const;
    store().insertLoad(load);
    const loads = (): unknown => [...store().provenLoads()].filter(({ lot }) => lot === 'A');
    expect(loads()).toEqual([]);
    store().setLoadState(TWO, load, 'proven');
    expect(loads()).toEqual([{ at: load.at, amount: 50, merchant: 'M', lot: 'A' }]);
  });

  it('counts cards by lot and state, and finds those with a high counter', () => {
    for (const of of [ONE, TWO]) {
      store().insertCard({ serial: of, suite: 'aes', keyVersion: 1 }, AT);
    }
    store().insertCardDetails(details);
    const counts = store().cardCounts();
    expect(counts).toContainEqual({
      lot: 'A',
      suite: 'aes',
      keyVersion: 1,
      state: 'ordered',
      validUntil: '20281231',
      count: 1,
      balance: 0,
    });
    expect(counts.find(({ lot }) => lot === 'default')).toMatchObject({ state: 'active' });
    const head = { nextOnline: 0, balance: amount(0), lastRecord: 0, mode: 1 } as const;
    store().updateCardHead(TWO, { ...head, nextOffline: 65_000 });
    expect(store().cardsNearCounter(65_001)).toEqual([]);
    expect(store().cardsNearCounter(65_000)).toMatchObject([{ nextOffline: 65_000 }]);
  });
}
