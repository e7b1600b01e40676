// SPDX-License-Identifier: MIT
/** Trip records of EF1E as a gate writes and reads them. Source: docs/protocol.md, Files (EF1E). */
import { equalBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import type { LayoutValue } from '../../src/codec/struct.ts';
import { ZERO, type Amount } from '../../src/money/amount.ts';
import { TRIP_RECORD, type TRIP_TYPE } from '../../src/purse/file-layouts.ts';
import { instantOf, isCalendarDate, isTimeOfDay } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { Stamp } from '../flow/stamp.ts';

export type TripRecord = LayoutValue<typeof TRIP_RECORD>;

/** Who runs the gates: a trip that began elsewhere is not theirs to end. */
export interface Operator {
  /** 2 bytes. */
  readonly city: Uint8Array;
  /** 8 bytes. */
  readonly institution: Uint8Array;
  readonly industry: number;
}

/** What differs from record to record. */
export interface TripFields {
  readonly tripType: (typeof TRIP_TYPE)[keyof typeof TRIP_TYPE];
  /** 7 bytes, see `stationCode`. */
  readonly station: Uint8Array;
  readonly amount: Amount;
  readonly maximumFare: Amount;
  readonly maximumMinutes: number;
}

export interface Gate {
  readonly operator: Operator;
  /** 6 bytes. */
  readonly terminalId: Uint8Array;
  readonly utcOffsetMinutes: number;
}

/** A record to write with a debit; the balance is filled in when the card has told it. */
export function encodeTrip(gate: Gate, stamp: Stamp, fields: TripFields): Uint8Array {
  const terminal = new Uint8Array(8);
  terminal.set(gate.terminalId, 2);
  const { city, institution, industry } = gate.operator;
  // Member by member: every tap at a gate writes one.
  return TRIP_RECORD.encode({
    tripType: fields.tripType,
    station: fields.station,
    amount: fields.amount,
    maximumFare: fields.maximumFare,
    maximumMinutes: fields.maximumMinutes,
    terminal,
    industry,
    city,
    institution,
    balance: ZERO,
    date: stamp.dateBytes,
    time: stamp.timeBytes,
  });
}

export function isOfOperator(trip: TripRecord, { city, institution }: Operator): boolean {
  return equalBytes(trip.city, city) && equalBytes(trip.institution, institution);
}

/** When a trip record was written; undefined when its date or time does not exist. */
export function tripInstant(trip: TripRecord, utcOffsetMinutes: number): Instant | undefined {
  const civil = { date: toHex(trip.date), time: toHex(trip.time) };
  if (!isCalendarDate(civil.date) || !isTimeOfDay(civil.time)) return undefined;
  return instantOf(civil, utcOffsetMinutes);
}
