// SPDX-License-Identifier: MIT
/** What every journal keeps to. The suite takes the implementation that it tries. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Defect } from '../../../src/errors/invariant.ts';
import { amount } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import type { Journal } from '../../../terminal/journal/journal.ts';
import type { NewTap, Tap } from '../../../terminal/journal/tap.ts';
import { hotlist } from './world.ts';

const TAC = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const PROVEN = { tac: TAC, isRecovered: false, isMac2Verified: true };
const CUT = {
  closedAt: instant(1_770_000_000_000),
  hotlistVersion: 3,
  configVersion: 2,
  recordsMax: 100,
};

/** A tap of card number `card`. */
export function newTap(card: number, options: Partial<NewTap> = {}): NewTap {
  return {
    operation: 'sale',
    serial: String(card).padStart(20, '0'),
    suite: 'aes',
    keyVersion: 1,
    transactionType: 6,
    counterBefore: 5,
    amount: amount(500),
    balanceBefore: amount(10_000),
    balanceAfter: amount(9_500),
    terminalCounter: 17,
    date: '20260203',
    time: '081530',
    place: 'till 1',
    hotlistVersion: 3,
    trip: undefined,
    loadId: undefined,
    ...options,
  };
}

export function journalContract(name: string, open: () => Journal): void {
  describe(`a journal ${name}`, () => {
    let journal: Journal;
    beforeEach(() => {
      journal = open();
    });
    afterEach(() => {
      journal.close();
    });

    const approved = (card: number, options: Partial<NewTap> = {}): Tap =>
      journal.approve(journal.begin(newTap(card, options)).id, PROVEN);

    const sequences = (batch: number): number[] =>
      [...journal.records(batch)].map(({ sequence }) => sequence);

    it('gives a tap back as it was begun', () => {
      const trip = new Uint8Array(48).fill(3);
      const tap = newTap(1, { trip, loadId: 'load-7', operation: 'gateExit', transactionType: 9 });
      const begun = journal.begin(tap);
      expect(begun).toEqual({
        ...tap,
        id: begun.id,
        state: 'pending',
        tac: undefined,
        isRecovered: false,
        isMac2Verified: false,
        sequence: undefined,
        uncertainSequence: undefined,
      });
      expect(journal.standing(tap.serial, tap.date).pending).toEqual(begun);
    });

    it('keeps the pending tap of a card while other cards come and go', () => {
      const begun = journal.begin(newTap(1));
      approved(2);
      journal.decline(journal.begin(newTap(3)).id);
      expect(journal.standing(begun.serial, begun.date).pending).toEqual(begun);
      expect(journal.standing(newTap(2).serial, '20260203').pending).toBeUndefined();
    });

    it('refuses a second pending tap of one card', () => {
      journal.begin(newTap(1));
      expect(() => journal.begin(newTap(1))).toThrow(Defect);
      expect(journal.summary().taps.pending).toBe(1);
    });

    it('numbers what it approves without a hole, and nothing else', () => {
      expect(approved(1).sequence).toBe(1);
      expect(journal.decline(journal.begin(newTap(2)).id).sequence).toBeUndefined();
      expect(approved(1).sequence).toBe(2);
      journal.begin(newTap(4));
      expect(approved(3, { operation: 'load', transactionType: 2 }).sequence).toBe(3);
      expect(journal.summary()).toMatchObject({ nextSequence: 4, unsentRecords: 3 });
    });

    it('keeps the evidence of an approved tap', () => {
      const { id } = journal.begin(newTap(1));
      const tap = journal.approve(id, { tac: TAC, isRecovered: true, isMac2Verified: false });
      expect(tap).toMatchObject({ state: 'approved', isRecovered: true, isMac2Verified: false });
      expect(tap.tac).toEqual(TAC);
      expect(journal.taps(1)).toEqual([tap]);
    });

    it.each(['approve', 'decline', 'setAside'] as const)('refuses to %s a settled tap', (verb) => {
      const { id } = approved(1);
      const settle = {
        approve: () => journal.approve(id, PROVEN),
        decline: () => journal.decline(id),
        setAside: () => journal.setAside(id, 'uncertain'),
      };
      expect(settle[verb]).toThrow(Defect);
      expect(journal.taps(1)[0]?.state).toBe('approved');
    });

    it('counts the debits of a card and a day, pending ones too, and no loads', () => {
      approved(1, { amount: amount(300) });
      journal.begin(newTap(1, { amount: amount(200) }));
      approved(2, { amount: amount(77) });
      approved(3, { operation: 'load', transactionType: 2 });
      approved(4, { operation: 'gateEntry', amount: amount(0) });
      const standing = (card: number): unknown => journal.standing(newTap(card).serial, '20260203');
      expect(standing(1)).toMatchObject({ dayCount: 2, dayAmount: 500 });
      expect(standing(3)).toMatchObject({ dayCount: 0, dayAmount: 0 });
      expect(standing(4)).toMatchObject({ dayCount: 0, dayAmount: 0 });
      expect(journal.standing(newTap(1).serial, '20260204')).toMatchObject({ dayCount: 0 });
    });

    it('takes a declined debit out of the day', () => {
      approved(1, { amount: amount(300) });
      const { id } = journal.begin(newTap(1, { amount: amount(200) }));
      journal.decline(id);
      expect(journal.standing(newTap(1).serial, '20260203')).toMatchObject({
        dayCount: 1,
        dayAmount: 300,
      });
    });

    it('begins a new day at zero', () => {
      approved(1);
      approved(1, { date: '20260204', amount: amount(40) });
      expect(journal.standing(newTap(1).serial, '20260204')).toMatchObject({
        dayCount: 1,
        dayAmount: 40,
      });
    });

    it('remembers a suspicious card, and keeps the TAC that it gave', () => {
      const { id, serial } = journal.begin(newTap(1));
      expect(journal.setAside(id, 'suspicious', TAC)).toMatchObject({
        state: 'suspicious',
        tac: TAC,
      });
      const standing = journal.standing(serial, '20260203');
      expect(standing).toMatchObject({ isSuspicious: true, pending: undefined });
      expect(journal.standing(newTap(2).serial, '20260203').isSuspicious).toBe(false);
    });

    it('cuts no batch when there is nothing to send', () => {
      journal.decline(journal.begin(newTap(1)).id);
      expect(journal.cutBatch(CUT)).toBeUndefined();
    });

    it('cuts a batch of all unsent records in sequence', () => {
      approved(1);
      approved(2);
      const batch = journal.cutBatch(CUT);
      expect(batch).toEqual({
        number: 1,
        recordCount: 2,
        firstSequence: 1,
        lastSequence: 2,
        closedAt: CUT.closedAt,
        hotlistVersion: 3,
        configVersion: 2,
        digest: undefined,
        state: 'closed',
      });
      expect(sequences(1)).toEqual([1, 2]);
      expect(journal.cutBatch(CUT)).toBeUndefined();
      approved(3);
      expect(journal.cutBatch(CUT)).toMatchObject({ number: 2, firstSequence: 3, lastSequence: 3 });
      expect(journal.batches().map(({ number }) => number)).toEqual([1, 2]);
    });

    it('leaves what is above the limit of a batch for the next one', () => {
      for (let card = 1; card <= 5; card++) approved(card);
      expect(journal.cutBatch({ ...CUT, recordsMax: 3 })).toMatchObject({ recordCount: 3 });
      expect(journal.cutBatch({ ...CUT, recordsMax: 3 })).toMatchObject({ firstSequence: 4 });
      expect(sequences(2)).toEqual([4, 5]);
    });

    it('sends taps of unknown outcome once, of every kind', () => {
      approved(1);
      journal.begin(newTap(2));
      journal.setAside(journal.begin(newTap(3)).id, 'uncertain');
      journal.setAside(journal.begin(newTap(4)).id, 'suspicious', TAC);
      journal.decline(journal.begin(newTap(5)).id);
      expect(journal.cutBatch(CUT)).toMatchObject({ recordCount: 4, lastSequence: 4 });
      expect([...journal.records(1)].map(({ kind }) => kind)).toEqual([1, 3, 3, 3]);
      expect([...journal.records(1)].map(({ tap }) => tap.serial.slice(-1))).toEqual([
        '1',
        '2',
        '3',
        '4',
      ]);
      expect(journal.cutBatch(CUT)).toBeUndefined();
    });

    it('sends a tap again, with its TAC, when it is proven after it went up', () => {
      const { id } = journal.begin(newTap(1));
      journal.cutBatch(CUT);
      expect(journal.approve(id, PROVEN)).toMatchObject({ sequence: 2, uncertainSequence: 1 });
      expect(journal.cutBatch(CUT)).toMatchObject({ firstSequence: 2, recordCount: 1 });
      expect([...journal.records(1)].map(({ kind }) => kind)).toEqual([3]);
      expect([...journal.records(2)].map(({ kind, tap }) => [kind, tap.id])).toEqual([[1, id]]);
    });

    it('erases what the host holds, and only that', () => {
      for (let card = 1; card <= 4; card++) approved(card);
      journal.cutBatch(CUT);
      approved(5);
      const held = [
        { from: 1, to: 2 },
        { from: 4, to: 4 },
      ];
      expect(journal.settleBatch(1, held)).toEqual({ erased: 3, returned: 1 });
      expect(journal.taps(10).map(({ sequence }) => sequence)).toEqual([5, 3]);
      expect(journal.batch(1)?.state).toBe('acked');
      expect(journal.summary()).toMatchObject({ erasedUpTo: 2, unsentRecords: 2, nextSequence: 6 });
      expect(journal.cutBatch(CUT)).toMatchObject({ number: 2, firstSequence: 3, lastSequence: 5 });
      expect(sequences(2)).toEqual([3, 5]);
    });

    it('erases nothing that the host did not name', () => {
      approved(1);
      journal.cutBatch(CUT);
      expect(journal.settleBatch(1, [{ from: 7, to: 9 }])).toEqual({ erased: 0, returned: 1 });
      expect(journal.summary()).toMatchObject({ erasedUpTo: 0, unsentRecords: 1 });
      expect(journal.taps(1)).toHaveLength(1);
    });

    it('keeps a pending tap that the host holds as uncertain', () => {
      const { id, serial } = journal.begin(newTap(1));
      journal.cutBatch(CUT);
      expect(journal.settleBatch(1, [{ from: 1, to: 1 }])).toEqual({ erased: 1, returned: 0 });
      expect(journal.standing(serial, '20260203').pending?.id).toBe(id);
      expect(journal.cutBatch(CUT)).toBeUndefined();
      expect(journal.approve(id, PROVEN).sequence).toBe(2);
      journal.cutBatch(CUT);
      journal.settleBatch(2, [{ from: 2, to: 2 }]);
      expect(journal.taps(10)).toEqual([]);
      expect(journal.summary().erasedUpTo).toBe(2);
    });

    it('keeps a proven tap as long as its uncertain record waits in a batch', () => {
      const { id } = journal.begin(newTap(1));
      journal.cutBatch(CUT);
      journal.approve(id, PROVEN);
      journal.cutBatch(CUT);
      journal.settleBatch(2, [{ from: 2, to: 2 }]);
      expect([...journal.records(1)].map(({ tap }) => tap.id)).toEqual([id]);
      journal.settleBatch(1, [{ from: 1, to: 1 }]);
      expect(journal.taps(10)).toEqual([]);
    });

    it('remembers a suspicious card when the host holds its record', () => {
      const { id, serial } = journal.begin(newTap(1));
      journal.setAside(id, 'suspicious', TAC);
      journal.cutBatch(CUT);
      journal.settleBatch(1, [{ from: 1, to: 1 }]);
      expect(journal.standing(serial, '20260203').isSuspicious).toBe(true);
    });

    it('forgets declined taps with the records around them, and not before', () => {
      journal.decline(journal.begin(newTap(1)).id);
      approved(2);
      journal.decline(journal.begin(newTap(3)).id);
      journal.cutBatch(CUT);
      expect(journal.taps(10)).toHaveLength(3);
      journal.settleBatch(1, [{ from: 1, to: 1 }]);
      expect(journal.taps(10).map(({ serial }) => serial.slice(-1))).toEqual(['3']);
    });

    it('refuses to settle a batch twice', () => {
      approved(1);
      journal.cutBatch(CUT);
      journal.settleBatch(1, [{ from: 1, to: 1 }]);
      expect(() => journal.settleBatch(1, [{ from: 1, to: 1 }])).toThrow(Defect);
    });

    it('keeps the digest of a batch', () => {
      approved(1);
      journal.cutBatch(CUT);
      journal.sealBatch(1, 'AB');
      expect(journal.batch(1)?.digest).toBe('AB');
      expect(journal.batch(2)).toBeUndefined();
    });

    it('has no hotlist until one comes, and replaces it whole', () => {
      expect(journal.hotlist()).toEqual({ version: 0, receivedAt: undefined, count: 0 });
      journal.replaceHotlist(hotlist(4, '1', '2'), instant(1000));
      journal.replaceHotlist(hotlist(5, '2', '3'), instant(2000));
      expect(journal.hotlist()).toEqual({ version: 5, receivedAt: 2000, count: 2 });
      const isListed = (card: number): boolean =>
        journal.standing(newTap(card).serial, '20260203').isHotlisted;
      expect([1, 2, 3].map(isListed)).toEqual([false, true, true]);
    });

    it('changes a hotlist by a difference', () => {
      journal.replaceHotlist(hotlist(4, '1', '2'), instant(1000));
      const [one, three] = [newTap(1).serial, newTap(3).serial];
      const delta = { kind: 'delta', from: 4, version: 6, issuedAtMs: 0, digest: '' } as const;
      journal.changeHotlist({ ...delta, added: [three], removed: [one] }, instant(2000));
      expect(journal.hotlist()).toEqual({ version: 6, receivedAt: 2000, count: 2 });
      expect(journal.hotlistSerials()).toEqual([newTap(2).serial, three]);
    });

    it('knows which records of a range are still here', () => {
      for (let card = 1; card <= 5; card++) approved(card);
      journal.cutBatch({ ...CUT, recordsMax: 3 });
      expect(journal.recordsIn({ from: 2, to: 9 })).toEqual([{ from: 2, to: 5 }]);
      journal.settleBatch(1, [{ from: 1, to: 2 }]);
      expect(journal.recordsIn({ from: 1, to: 4 })).toEqual([{ from: 3, to: 4 }]);
      expect(journal.recordsIn({ from: 6, to: 9 })).toEqual([]);
    });

    it('keeps settings', () => {
      expect(journal.setting('name')).toBeUndefined();
      journal.storeSetting('name', 'one');
      journal.storeSetting('name', 'two');
      expect(journal.setting('name')).toBe('two');
    });

    it('lists the newest taps first', () => {
      for (let card = 1; card <= 3; card++) approved(card);
      expect(journal.taps(2).map(({ sequence }) => sequence)).toEqual([3, 2]);
    });
  });
}
