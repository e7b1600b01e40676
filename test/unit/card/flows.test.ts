// SPDX-License-Identifier: MIT
/** Money movements from end to end on both suites, every MAC and TAC checked against the oracle. */
import { describe, expect, it } from 'vitest';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  apdu,
  DATE,
  expectOk,
  hex,
  issueCard,
  prepareDebit,
  prepareOnline,
  prove,
  readLog,
  send,
  spoilt,
  SUITE_NAMES,
  sw,
  TERMINAL,
  TIME,
  verifyPin,
  type OfflineFlow,
} from './card-fixtures.ts';

const PURCHASE: OfflineFlow = { p1: '01', type: '06', account: '02', amount: 1234 };
const COMPOSITE: OfflineFlow = { p1: '03', type: '09', account: '02', amount: 250 };
const TRIP = '0400003000893400' + '00'.repeat(40);
const CACHE_TRIP = apdu('80DC00F0', TRIP);
const RECORD_1 = `011E00${'AB'.repeat(29)}`;

function balances(card: VirtualCard): { purse: number; deposit: number } {
  expectOk(verifyPin(card));
  const read = (account: string): number =>
    Number.parseInt(expectOk(send(card, `805C00${account}04`)), 16);
  return { purse: read('02'), deposit: read('01') };
}

function logRecord(counter: string, amount: number, type: string, limit = 0): string {
  return counter + hex(limit, 3) + hex(amount, 4) + type + TERMINAL + DATE + TIME;
}

describe.each(SUITE_NAMES)('money movements of the %s suite', (suite) => {
  const rich = { initial: { purseBalance: 10_000, depositBalance: 8_000 } };

  it('loads the purse: TAC, balance, online counter, log and proof', () => {
    const card = issueCard(suite, rich);
    expectOk(verifyPin(card));
    const load = prepareOnline(card, suite, {
      session: 'load',
      type: '02',
      account: '02',
      amount: 500,
    });
    expect(load.mac1).toBe(load.expectedMac1);
    expect(send(card, load.command)).toBe(load.expected);
    expect(prove(card, '02', '0001')).toBe(load.proof);
    expect(readLog(card)).toEqual([logRecord('0001', 500, '02')]);
    expect(balances(card)).toEqual({ purse: 10_500, deposit: 8_000 });
  });

  it('loads the deposit under transaction type 01', () => {
    const card = issueCard(suite, rich);
    expectOk(verifyPin(card));
    const load = prepareOnline(card, suite, {
      session: 'load',
      type: '01',
      account: '01',
      amount: 77,
    });
    expect(load.mac1).toBe(load.expectedMac1);
    expect(send(card, load.command)).toBe(load.expected);
    expect(balances(card)).toEqual({ purse: 10_000, deposit: 8_077 });
  });

  it('pays from the purse with no PIN: TAC, MAC2, balance, offline counter, log and proof', () => {
    const card = issueCard(suite, rich);
    const debit = prepareDebit(card, suite, PURCHASE);
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(prove(card, '06', '0001')).toBe(`${debit.mac2}${debit.tac}9000`);
    expect(readLog(card)).toEqual([logRecord('0001', 1234, '06')]);
    expect(balances(card)).toEqual({ purse: 8_766, deposit: 8_000 });
  });

  it('pays from the deposit after VERIFY, once per PIN', () => {
    const card = issueCard(suite, rich);
    const flow: OfflineFlow = { ...PURCHASE, type: '05', account: '01' };
    expect(sw(send(card, apdu('80500101', `0100000001${TERMINAL}`)))).toBe('6982');
    expectOk(verifyPin(card));
    const debit = prepareDebit(card, suite, flow);
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(sw(send(card, apdu('80500101', `0100000001${TERMINAL}`)))).toBe('6982');
    expect(balances(card)).toEqual({ purse: 10_000, deposit: 6_766 });
  });

  it('withdraws cash from the deposit under transaction type 04', () => {
    const card = issueCard(suite, rich);
    expectOk(verifyPin(card));
    const debit = prepareDebit(card, suite, { p1: '02', type: '04', account: '01', amount: 300 });
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(prove(card, '04', '0001')).toBe(`${debit.mac2}${debit.tac}9000`);
    expect(balances(card)).toEqual({ purse: 10_000, deposit: 7_700 });
  });

  it('unloads the deposit: MAC3 answers and stands in the proof, its TAC is zeros', () => {
    const card = issueCard(suite, rich);
    expectOk(verifyPin(card));
    const unload = prepareOnline(card, suite, {
      session: 'unload',
      type: '03',
      account: '01',
      amount: 800,
    });
    expect(unload.mac1).toBe(unload.expectedMac1);
    expect(send(card, unload.command)).toBe(unload.expected);
    expect(prove(card, '03', '0001')).toBe(unload.proof);
    expect(balances(card)).toEqual({ purse: 10_000, deposit: 7_200 });
  });

  it('raises the overdraft limit, spends it, and refuses to lower it below what is used', () => {
    const card = issueCard(suite, { initial: { depositBalance: 100 } });
    expectOk(verifyPin(card));
    const limit = { session: 'limit', type: '07', account: '01' } as const;
    const raise = prepareOnline(card, suite, { ...limit, amount: 1000 });
    expect(raise.mac1).toBe(raise.expectedMac1);
    expect(send(card, raise.command)).toBe(raise.expected);
    expect(prove(card, '07', '0001')).toBe(raise.proof);
    expect(balances(card).deposit).toBe(1100);
    const flow: OfflineFlow = { p1: '01', type: '05', account: '01', amount: 900 };
    const debit = prepareDebit(card, suite, flow);
    // The limit stands in the reply of INITIALIZE and in the log.
    expect(debit.initialized.slice(12, 18)).toBe(hex(1000, 3));
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(readLog(card)).toEqual([
      logRecord('0001', 900, '05', 1000),
      logRecord('0001', 1000, '07', 1000),
    ]);
    expectOk(verifyPin(card));
    const lower = prepareOnline(card, suite, { ...limit, amount: 900 });
    expect(send(card, lower.command)).toBe(lower.expected);
    expectOk(verifyPin(card));
    const tooLow = prepareOnline(card, suite, { ...limit, amount: 800 - 1 });
    expect(send(card, tooLow.command)).toBe('6985');
    expect(balances(card).deposit).toBe(100);
  });

  it('unloads own funds only, never what the overdraft limit lends', () => {
    const card = issueCard(suite, { initial: { depositBalance: 1500, overdraftLimit: 1000 } });
    expectOk(verifyPin(card));
    expect(sw(send(card, apdu('80500501', `01${hex(501, 4)}${TERMINAL}`)))).toBe('9401');
    expect(sw(send(card, apdu('80500501', `01${hex(500, 4)}${TERMINAL}`)))).toBe('9000');
  });

  it('commits the records of a composite purchase together with the money', () => {
    const card = issueCard(suite, rich);
    const between = [CACHE_TRIP, apdu('80DC01C8', RECORD_1)];
    const debit = prepareDebit(card, suite, { ...COMPOSITE, between });
    expect(readLog(card, 0x1e)).toEqual([]);
    expect(send(card, '00B201C800')).toContain(`011E00${'00'.repeat(29)}`);
    // READ RECORD is a pure read: the transaction stands.
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(readLog(card, 0x1e)).toEqual([TRIP]);
    expect(send(card, '00B201C800')).toBe(`${RECORD_1}9000`);
    expect(prove(card, '09', '0001')).toBe(`${debit.mac2}${debit.tac}9000`);
    expect(readLog(card)).toEqual([logRecord('0001', 250, '09')]);
    expect(balances(card).purse).toBe(9_750);
  });

  it('counts and logs a composite purchase of amount zero, the entry of a gate', () => {
    const card = issueCard(suite, rich);
    const debit = prepareDebit(card, suite, { ...COMPOSITE, amount: 0, between: [CACHE_TRIP] });
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(readLog(card)).toEqual([logRecord('0001', 0, '09')]);
    expect(balances(card).purse).toBe(10_000);
  });

  it('keeps the last record cached for a tag, and appends every record to the trip log', () => {
    const card = issueCard(suite, rich);
    const other = TRIP.replace(/^04/, '03');
    const between = [
      apdu('80DC01C8', RECORD_1),
      apdu('80DC00F0', other),
      apdu('80DC01C8', RECORD_1.replace(/AB/g, 'CD')),
      CACHE_TRIP,
    ];
    const debit = prepareDebit(card, suite, { ...COMPOSITE, between });
    expect(send(card, debit.command)).toBe(debit.expected);
    expect(readLog(card, 0x1e)).toEqual([TRIP, other]);
    expect(send(card, '00B201C800')).toBe(`${RECORD_1.replace(/AB/g, 'CD')}9000`);
  });

  it('refuses a debit with a wrong MAC1, changes nothing and forgets the transaction', () => {
    const card = issueCard(suite, rich);
    const before = card.encodeImage();
    const debit = prepareDebit(card, suite, PURCHASE);
    expect(send(card, spoilMac(debit.command))).toBe('9302');
    expect(send(card, debit.command)).toBe('6901');
    expect(card.encodeImage()).toEqual(before);
  });

  it.each(['load', 'unload', 'limit'] as const)('refuses a wrong MAC2 of a %s', (kind) => {
    const card = issueCard(suite, rich);
    expectOk(verifyPin(card));
    const before = card.encodeImage();
    const type = ({ load: '01', unload: '03', limit: '07' } as const)[kind];
    const flow = prepareOnline(card, suite, { session: kind, type, account: '01', amount: 9 });
    expect(send(card, spoilMac(flow.command))).toBe('9302');
    expect(send(card, flow.command)).toBe('6901');
    expect(card.encodeImage()).toEqual(before);
  });

  it('keeps the proof across INITIALIZE, power loss and repeats, until the next transaction', () => {
    const card = issueCard(suite, rich);
    const first = prepareDebit(card, suite, PURCHASE);
    expectOk(send(card, first.command));
    prepareDebit(card, suite, PURCHASE);
    card.powerUp();
    expectOk(send(card, '00A40000023F01'));
    expect(prove(card, '06', '0001')).toBe(`${first.mac2}${first.tac}9000`);
    expect(prove(card, '06', '0001')).toBe(`${first.mac2}${first.tac}9000`);
    expect(prove(card, '09', '0001')).toBe('9406');
    expect(prove(card, '06', '0002')).toBe('9406');
    const second = prepareDebit(card, suite, PURCHASE);
    expectOk(send(card, second.command));
    expect(prove(card, '06', '0001')).toBe('9406');
    expect(prove(card, '06', '0002')).toBe(`${second.mac2}${second.tac}9000`);
  });

  it('gives no proof before the first transaction, not even for type 00', () => {
    const card = issueCard(suite, rich);
    expect(prove(card, '00', '0000')).toBe('9406');
  });

  it('drops the oldest of ten log records', () => {
    const card = issueCard(suite, rich);
    for (let amount = 1; amount <= 12; amount++) {
      expectOk(send(card, prepareDebit(card, suite, { ...PURCHASE, amount }).command));
    }
    const amounts = readLog(card).map((record) => Number.parseInt(record.slice(10, 18), 16));
    expect(amounts).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(sw(send(card, '00B20BC400'))).toBe('6A83');
  });

  it('asks for no PIN for a load when personalised so', () => {
    const card = issueCard(suite, { ...rich, loadNeedsPin: false });
    const load = prepareOnline(card, suite, {
      session: 'load',
      type: '02',
      account: '02',
      amount: 1,
    });
    expect(send(card, load.command)).toBe(load.expected);
  });

  it('loads up to the maximum balance and no further', () => {
    const card = issueCard(suite, { maximumBalance: 10_100, ...rich });
    expectOk(verifyPin(card));
    const load = (amount: number): string =>
      sw(send(card, apdu('80500002', `01${hex(amount, 4)}${TERMINAL}`)));
    expect(load(101)).toBe('6985');
    expect(load(100)).toBe('9000');
    expect(load(0xffffffff)).toBe('6985');
  });
});

/** One bit of the last byte of a command, where its MAC is. */
function spoilMac(command: string): string {
  return command.slice(0, -2) + spoilt(command.slice(-2));
}
