// SPDX-License-Identifier: MIT
/** Which changes of a card may be small steps (host/chain/plan-step.ts), by what the store has of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeRecord, RECORD_KIND } from '../../../src/clearing/record.ts';
import { amount } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import { CHAIN_MODE, type CounterGap, type Finding } from '../../../host/chain/model.ts';
import type { EvidenceChange } from '../../../host/chain/evidence-change.ts';
import { OpenMatters } from '../../../host/chain/open-matters.ts';
import { planStep } from '../../../host/chain/plan-step.ts';
import type { Advance } from '../../../host/chain/advance.ts';
import { openSqliteStore } from '../../../host/store/sqlite-store.ts';
import type { CardRow, HostStore, NewLoad } from '../../../host/store/store.ts';
import { recordFields, type RecordFields } from '../clearing/build.ts';
import { order } from './chain-fixtures.ts';

const { applicationSerialNumber: serial } = recordFields();
const AT = instant(0);
const ROW = 77;

let store: HostStore;
beforeEach(() => {
  store = openSqliteStore(':memory:');
});
afterEach(() => {
  store.close();
});

function cardRow(changes: Partial<CardRow> = {}): CardRow {
  return {
    serial,
    suite: 'aes',
    keyVersion: 1,
    nextOffline: 3,
    nextOnline: 1,
    balance: amount(100),
    lastRecord: 0,
    mode: CHAIN_MODE.endsWithPurchase,
    listedVersion: null,
    validUntil: null,
    ...changes,
  };
}

/** A purchase of 10 from 80 by the counter 5, behind a gap of 20; or what `changes` make of it. */
function record(changes: Partial<RecordFields> = {}, isFresh = true): EvidenceChange {
  const purchase = { counterBefore: 5, amount: amount(10), balanceBefore: amount(80) };
  const fields = recordFields({ ...purchase, balanceAfter: amount(70), ...changes });
  return { kind: 'record', bytes: encodeRecord(fields), isFresh };
}

const LOADED = record({
  kind: RECORD_KIND.load,
  transactionType: 0x02,
  terminalCounter: 0,
  counterBefore: 1,
  amount: amount(50),
  balanceBefore: amount(100),
  balanceAfter: amount(150),
});
const LATE = record({ counterBefore: 1, balanceBefore: amount(115), balanceAfter: amount(105) });

function loadRow(counter: number): NewLoad {
  return { ...order(counter, 100, 50), serial, state: 'inFlight', request: '{}', answer: '{}' };
}

const GAP: CounterGap = {
  from: 1,
  to: 2,
  value: amount(10),
  high: amount(115),
  isClear: true,
  state: 'open',
};
const FINDING: Finding = {
  key: 'counterGap:purchase:2',
  rule: 'counterGap',
  counter: 2,
  expected: 'counter 1',
  found: 'counter 2',
  atRisk: amount(10),
  recordId: 5,
};

function step(change: EvidenceChange, card = cardRow()): Advance | undefined {
  const open = new OpenMatters(store, card);
  return planStep(card, change, { store, open, merchantOf: () => 'SHOP', recordId: ROW });
}

describe('a small step', () => {
  it('is a purchase ahead, with the row and the merchant of its record', () => {
    const leap = step(record());
    expect(leap).toMatchObject({ rule: 'counterGap', addedFindings: [{ recordId: ROW }] });
    expect(leap?.movements[1]?.claim).toMatchObject({ id: ROW, merchantId: 'SHOP', counter: 5 });
  });

  it('is a purchase in a gap, of whose finding it tells the record behind', () => {
    store.insertGap(serial, { ...GAP, to: 3, value: amount(30) });
    store.insertFinding(serial, { ...FINDING, key: 'counterGap:purchase:3', recordId: 9 }, AT);
    store.insertFinding(serial, FINDING, AT);
    expect(step(LATE)).toMatchObject({
      rule: 'lateRecord',
      movements: [{ claim: { id: ROW } }],
      addedFindings: [{ atRisk: 20, recordId: 9 }],
    });
  });

  it('is a purchase in a gap whose finding is gone', () => {
    store.insertGap(serial, { ...GAP, to: 3, value: amount(30) });
    expect(step(LATE)).toMatchObject({ addedFindings: [{ recordId: null }] });
  });

  it('is an order, and the load that completes it', () => {
    expect(step({ kind: 'load', load: loadRow(1) })).toMatchObject({ entry: 'loadAuthorised' });
    store.insertLoad(loadRow(1));
    expect(step(LOADED)).toMatchObject({ entry: 'loadProven', provenLoad: { id: 'O1' } });
  });

  it('is a purchase on the last day of the card', () => {
    expect(step(record(), cardRow({ validUntil: '20260203' }))).toBeDefined();
  });
});

describe('the card is judged', () => {
  it.each<[string, EvidenceChange, Partial<CardRow>]>([
    ['when it is contested', record(), { mode: CHAIN_MODE.contested }],
    ['when the record may be a replay', record({}, false), {}],
    ['when it has expired', record(), { validUntil: '20260202' }],
    ['when the purchase is neither ahead nor in a gap', LATE, {}],
    ['when nobody ordered the load', LOADED, {}],
    ['when the hotlist changes', { kind: 'listed', listings: [], version: 1 }, {}],
  ])('%s', (_when, change, card) => {
    expect(step(change, cardRow(card))).toBeUndefined();
  });

  it('while the outcome of a tap is not known', () => {
    store.insertUncertain(new Uint8Array(32), serial, encodeRecord(recordFields()));
    expect(step(record())).toBeUndefined();
  });

  it.each<[string, () => void]>([
    ['a gap', () => store.insertGap(serial, GAP)],
    ['a finding', () => store.insertFinding(serial, FINDING, AT)],
  ])('when loads meet %s', (_what, insert) => {
    insert();
    expect(step({ kind: 'load', load: loadRow(1) })).toBeUndefined();
    store.insertLoad(loadRow(1));
    expect(step(LOADED)).toBeUndefined();
  });
});
