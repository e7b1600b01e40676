// SPDX-License-Identifier: MIT
import { fromHex } from '../../../src/bytes/hex.ts';
import { SW } from '../../../src/iso7816/status-words.table.ts';
import { INDUSTRY, TRIP_RECORD, TRIP_TYPE } from '../../../src/purse/file-layouts.ts';
import { parseTerminalConfig } from '../../../terminal/config.ts';
import { LOST } from '../../../terminal/card/exchange.ts';
import { approved, NOT_PRESENTED } from '../../../terminal/flow/outcome.ts';
import {
  TRANSIT_MACHINE,
  type GateOrder,
  type TransitEvent,
  type TransitState,
} from '../../../terminal/flow/transit.machine.ts';
import type { Charge } from '../../../terminal/transit/plan.ts';
import { answered, money, sampleTap, STAMP, tryEveryCell, type CellCase } from './machine-cells.ts';
import { gatePlace, TRANSIT_CONFIG } from './transit-world.ts';
import { BASE_CONFIG } from './world.ts';

const { transit } = parseTerminalConfig({ ...BASE_CONFIG, transit: TRANSIT_CONFIG });
if (transit === undefined) throw new Error('the configuration has a transit part');

const OPERATOR = {
  city: fromHex(TRANSIT_CONFIG.city),
  institution: fromHex(TRANSIT_CONFIG.institution),
  industry: INDUSTRY.metro,
};
const ORDER: GateOrder = {
  direction: 'entry',
  serial: '00000000000000000001',
  tap: {
    ...gatePlace('A'),
    gate: { operator: OPERATOR, terminalId: fromHex('001122334455'), utcOffsetMinutes: 0 },
    policy: transit,
    stamp: STAMP,
  },
  limit: undefined,
};
const OPEN_TRIP = TRIP_RECORD.encode({
  ...OPERATOR,
  tripType: TRIP_TYPE.purseIn,
  terminal: new Uint8Array(8),
  station: fromHex('42000000000000'),
  amount: money(0),
  balance: money(10_000),
  date: fromHex('20260203'),
  time: fromHex('081530'),
  maximumFare: money(2_000),
  maximumMinutes: 120,
});
const CHARGE: Charge = {
  operation: 'gateEntry',
  amount: money(0),
  minimumBalance: money(1_000),
  trip: new Uint8Array(48),
  place: 'A>',
};
const SUPPLEMENT = sampleTap({ id: 7, operation: 'supplement' });
const TAP = sampleTap({ operation: 'gateEntry' });

const readingTrip: TransitState = { kind: 'readingTrip', order: ORDER };
const lastCharge: TransitState = { kind: 'charging', rest: [], settled: [SUPPLEMENT] };
const CHARGED: TransitEvent = { kind: 'charged', outcome: approved(TAP) };

const outcome = (part: object): object => ({ kind: 'finish', outcome: part });

const CASES: readonly CellCase<TransitState, TransitEvent>[] = [
  {
    name: 'enters with a card that has no trips yet',
    state: readingTrip,
    event: answered(SW.RECORD_NOT_FOUND),
    next: 'charging',
    effect: {
      kind: 'charge',
      charge: { operation: 'gateEntry', amount: 0, minimumBalance: 1_000 },
    },
  },
  {
    name: 'charges the open trip first',
    state: readingTrip,
    event: answered(SW.SUCCESS, OPEN_TRIP),
    next: 'charging',
    effect: { charge: { operation: 'supplement', amount: 2_000, minimumBalance: 3_000 } },
  },
  {
    name: 'charges the fare at the exit',
    state: {
      kind: 'readingTrip',
      order: { ...ORDER, direction: 'exit', tap: { ...ORDER.tap, ...gatePlace('C') } },
    },
    event: answered(SW.SUCCESS, OPEN_TRIP),
    next: 'charging',
    effect: { charge: { operation: 'gateExit', amount: 2_000, place: 'B>C' } },
  },
  {
    name: 'stays closed where the plan declines',
    state: {
      kind: 'readingTrip',
      order: {
        ...ORDER,
        direction: 'exit',
        tap: { ...ORDER.tap, policy: { ...transit, noEntry: 'decline' } },
      },
    },
    event: answered(SW.RECORD_NOT_FOUND),
    next: 'done',
    effect: outcome({ kind: 'declined', reason: 'noEntry' }),
  },
  {
    name: 'stays closed where a limit is reached',
    state: { kind: 'readingTrip', order: { ...ORDER, limit: 'overDayAmount' } },
    event: answered(SW.RECORD_NOT_FOUND),
    next: 'done',
    effect: outcome({ kind: 'declined', reason: 'overDayAmount' }),
  },
  {
    name: 'declines a card without trip records',
    state: readingTrip,
    event: answered(SW.FILE_NOT_FOUND),
    next: 'done',
    effect: outcome({ kind: 'declined', reason: 'cardRefused', sw: 0x6a82 }),
  },
  {
    name: 'declines a record of another length',
    state: readingTrip,
    event: answered(SW.SUCCESS, OPEN_TRIP.slice(1)),
    next: 'done',
    effect: outcome({ kind: 'declined', reason: 'cardUnusable' }),
  },
  {
    name: 'forgets a card that left',
    state: readingTrip,
    event: LOST,
    next: 'done',
    effect: outcome({ kind: 'notPresented' }),
  },
  {
    name: 'makes the next charge',
    state: { kind: 'charging', rest: [CHARGE], settled: [] },
    event: { kind: 'charged', outcome: approved(SUPPLEMENT) },
    next: 'charging',
    effect: { kind: 'charge', charge: CHARGE },
  },
  {
    name: 'opens after the last charge and tells the ones before',
    state: lastCharge,
    event: CHARGED,
    next: 'done',
    effect: outcome({ kind: 'approved', tap: TAP, settled: [SUPPLEMENT] }),
  },
  {
    name: 'makes no further charge after one that failed',
    state: { kind: 'charging', rest: [CHARGE], settled: [SUPPLEMENT] },
    event: { kind: 'charged', outcome: NOT_PRESENTED },
    next: 'done',
    effect: outcome({ kind: 'notPresented', settled: [SUPPLEMENT] }),
  },
];

tryEveryCell(
  TRANSIT_MACHINE,
  {
    states: [readingTrip, lastCharge, { kind: 'done' }],
    events: [answered(SW.SUCCESS), LOST, CHARGED],
  },
  CASES,
);
