// SPDX-License-Identifier: MIT
/** What the host keeps of its talk with terminals: that part of the store's contract. */
import { expect, it } from 'vitest';
import { amount } from '../../src/money/amount.ts';
import { NO_LIMITS } from '../../src/clearing/parameters.ts';
import { instant } from '../../src/time/instant.ts';
import type {
  ActionRow,
  HotlistChangeRow,
  TerminalAlert,
  TerminalContact,
} from '../../host/store/message-store.ts';
import type { HostStore } from '../../host/store/store.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

function change(
  version: number,
  serial: string,
  op: HotlistChangeRow['op'] = 'add',
): HotlistChangeRow {
  return { version, serial, op, reason: `r${version}`, actor: 'anna', at: AT };
}

const action = (number: number, state: ActionRow['state'] = 'open'): ActionRow => ({
  id: `A${number}`,
  number,
  kind: 'refund',
  serial: '1',
  amount: amount(5),
  text: '',
  state,
  load: null,
  terminal: null,
  detail: '',
  actor: 'anna',
  createdAt: AT,
  changedAt: AT,
});

const contact: TerminalContact = {
  terminal: 'T1',
  number: 1,
  at: AT,
  hotlistVersion: 2,
  hotlistDigest: 'D',
  parameters: 0,
  actions: 3,
  lastSequence: 9,
  unsentRecords: 1,
  clockOffset: null,
};

const alert: TerminalAlert = {
  id: 'x',
  rule: 'clockSkew',
  terminal: 'T1',
  batch: null,
  shade: 'clock',
  expected: 'a',
  found: 'b',
  amount: amount(7),
  range: { from: 1, to: 4 },
  at: AT,
  settledAt: null,
};

export function messageContract(store: () => HostStore): void {
  hotlistContract(store);
  talkContract(store);

  it('keeps an alert once, and when it was settled first', () => {
    const other = { ...alert, id: 'y', terminal: 'T2', batch: 'B', range: null };
    expect([alert, other, { ...alert, found: 'c' }].map((row) => store().insertAlert(row))).toEqual(
      [true, true, false],
    );
    store().settleAlert('x', LATER);
    store().settleAlert('x', instant(LATER + 1));
    const settled = { ...alert, settledAt: LATER };
    expect(store().alerts('T1')).toEqual([settled]);
    expect(store().alerts()).toEqual([settled, other]);
  });

  it('finds the records between which a SAM number was seen', () => {
    expect(store().lastRecordId()).toBe(0);
    const first = store().appendRecord(0, bytes(1));
    const last = store().appendRecord(first, bytes(2));
    expect(store().lastRecordId()).toBe(last);
    const run = { from: 4, to: 9, firstRecord: first, lastRecord: last };
    store().insertCounterRun('T1', run);
    store().insertCounterRun('T2', run);
    store().insertCounterRun('T1', { ...run, from: 20, to: 20 });
    const found = (from: number, to: number): number => store().counterRuns('T1', from, to).length;
    expect(store().counterRuns('T1', 9, 15)).toEqual([run]);
    expect([found(1, 3), found(1, 4), found(5, 6), found(10, 19), found(1, 99)]).toEqual([
      0, 1, 1, 0, 2,
    ]);
    const read = [...store().recordsBetween(last, 99)].map(({ id }) => id);
    expect(read).toEqual([last]);
  });

  it('finds the batches with the same number, or the same count and amount', () => {
    const row = {
      terminal: 'T1',
      number: 1,
      digest: 'D1',
      firstSequence: 1,
      lastSequence: 9,
      recordCount: 9,
      receivedAt: AT,
      rawFile: 'f',
      ack: '{}',
      gross: amount(70),
    };
    store().insertBatch(row);
    store().insertBatch({ ...row, digest: 'D2', number: 2 });
    store().insertBatch({ ...row, digest: 'D3', number: 3, gross: amount(71) });
    store().insertBatch({ ...row, digest: 'D4', terminal: 'T2' });
    const like = (number: number, gross: number): readonly string[] =>
      store()
        .batchesLike({ terminal: 'T1', number, recordCount: 9, gross: amount(gross) })
        .map(({ digest }) => digest);
    expect([like(3, 70), like(1, 5), like(8, 71)]).toEqual([['D1', 'D2', 'D3'], ['D1'], ['D3']]);
  });
}

function hotlistContract(store: () => HostStore): void {
  it('has the hotlist that its changes make, and every change', () => {
    const changes = [change(1, '2'), change(2, '1'), change(3, '2', 'remove'), change(4, '2')];
    for (const row of changes) store().changeHotlist(row);
    expect(store().hotlist()).toEqual([
      { serial: '1', version: 2, reason: 'r2' },
      { serial: '2', version: 4, reason: 'r4' },
    ]);
    expect(store().listing('2')).toEqual({ serial: '2', version: 4, reason: 'r4' });
    expect(store().listing('3')).toBeUndefined();
    expect(store().hotlistChanges(1)).toEqual(changes.slice(1));
    expect(
      store()
        .hotlistChangesOf('2')
        .map(({ op }) => op),
    ).toEqual(['add', 'remove', 'add']);
  });

  it('knows when each version of the hotlist was issued, and the newest', () => {
    expect(store().newestHotlist()).toBeUndefined();
    const rows = [1, 2].map((version) => ({ version, issuedAt: AT, digest: `D${version}` }));
    for (const row of rows) store().insertHotlistVersion(row);
    expect(store().newestHotlist()).toEqual(rows[1]);
    expect([store().hotlistVersion(1), store().hotlistVersion(3)]).toEqual([rows[0], undefined]);
  });
}

function talkContract(store: () => HostStore): void {
  it('keeps actions in the order of their numbers, and what became of them', () => {
    store().insertAction(action(2));
    store().insertAction(action(1));
    const change = { load: 'L', terminal: 'T1', detail: 'why', changedAt: LATER } as const;
    store().updateAction({ id: 'A1', state: 'authorised', ...change });
    expect(store().action('A1')).toEqual({ ...action(1, 'authorised'), ...change });
    expect(
      store()
        .actions()
        .map(({ number }) => number),
    ).toEqual([1, 2]);
    expect(store().actions('open')).toEqual([action(2)]);
    expect([store().actionCount(), store().action('A9')]).toEqual([2, undefined]);
  });

  it('has the newest parameters of a terminal before those of all', () => {
    expect(store().parametersFor('T1')).toBeUndefined();
    const row = { terminal: '', limits: NO_LIMITS, actor: 'anna', issuedAt: AT };
    store().insertParameters({ ...row, version: 2 });
    store().insertParameters({ ...row, version: 3, terminal: 'T1' });
    store().insertParameters({ ...row, version: 4 });
    expect(store().parametersFor('T1')).toEqual({ ...row, version: 3, terminal: 'T1' });
    expect(store().parametersFor('T2')).toEqual({ ...row, version: 4 });
    expect(store().parametersCount()).toBe(3);
  });

  it('keeps notices in their order, and the last contact', () => {
    const notice = {
      terminal: 'T1',
      standing: 'lost',
      reason: 'r',
      actor: 'anna',
      at: AT,
    } as const;
    store().insertNotice(notice);
    store().insertNotice({ ...notice, standing: 'active', at: LATER });
    expect(
      store()
        .notices('T1')
        .map(({ standing }) => standing),
    ).toEqual(['lost', 'active']);
    expect(store().notices('T2')).toEqual([]);
    expect(store().contact('T1')).toBeUndefined();
    store().saveContact(contact);
    store().saveContact({ ...contact, number: 2, clockOffset: -5 });
    expect(store().contact('T1')).toEqual({ ...contact, number: 2, clockOffset: -5 });
  });

  it('keeps what is gone as ranges that only grow', () => {
    store().insertGone('T1', { from: 5, to: 7 }, AT);
    store().insertGone('T1', { from: 1, to: 2 }, AT);
    store().insertGone('T1', { from: 5, to: 6 }, AT);
    expect(store().goneRanges('T1')).toEqual([
      { from: 1, to: 2 },
      { from: 5, to: 7 },
    ]);
  });
}
