// SPDX-License-Identifier: MIT
/**
 * What a gate does with a card, from its newest trip record. Pure: a plan is a list of charges to make in
 * order, each with the trip record that goes with it, or a reason to stay closed.
 *
 * Entry   no trip open                      → entry of amount 0, if the balance covers the lowest fare
 *         open here, within the grace time  → declined: alreadyEntered (the gate was opened a moment ago)
 *         open, of this operator            → missingExit policy: the entry record's maximum fare as a
 *                                             supplement and then the entry; or declined; or just the entry
 *         open, of another operator         → otherOperator policy: declined: wrongAgency, or the entry
 * Exit    open, of this operator            → the feed's fare, with the overTime policy on top
 *         open, of another operator         → declined: wrongAgency
 *         no trip open                      → noEntry policy: the highest fare to here, or declined
 *
 * A trip is open when the newest record is an entry (03). A fare that the feed does not have is the
 * maximum fare of the entry record; out at the station of entry it is the lowest fare from there.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import type { Station } from '../../src/gtfs/model.ts';
import { add, amount, ZERO, type Amount } from '../../src/money/amount.ts';
import { TRIP_TYPE } from '../../src/purse/file-layouts.ts';
import type { DeclineReason } from '../flow/decline-reasons.table.ts';
import type { Stamp } from '../flow/stamp.ts';
import type { Operation } from '../journal/tap.ts';
import type { TransitNetwork } from './network.ts';
import { stationCode } from './station-code.ts';
import {
  encodeTrip,
  isOfOperator,
  tripInstant,
  type Gate,
  type TripFields,
  type TripRecord,
} from './trip.ts';

export interface TransitPolicy {
  readonly maximumMinutes: number;
  readonly missingExit: 'chargeMaximum' | 'decline' | 'ignore';
  readonly noEntry: 'chargeMaximum' | 'decline';
  readonly overTime: 'chargeMaximum' | 'ignore' | 'surcharge';
  /** What `overTime: 'surcharge'` adds to the fare. */
  readonly overTimeSurcharge: Amount;
  /** What a gate of entry does with a trip that another operator has not closed. */
  readonly otherOperator: 'decline' | 'ignore';
  /** A second tap at the same station within this time is no missing exit. */
  readonly reentryGraceSeconds: number;
}

/** Where the card is presented, and what it says of its last trip. */
export interface GateTap {
  readonly gate: Gate;
  readonly network: TransitNetwork;
  readonly policy: TransitPolicy;
  readonly station: Station;
  readonly stamp: Stamp;
  readonly newest: TripRecord | undefined;
}

export interface Charge {
  readonly operation: Exclude<Operation, 'load' | 'sale'>;
  readonly amount: Amount;
  readonly minimumBalance: Amount;
  readonly trip: Uint8Array;
  readonly place: string;
}

export type GatePlan =
  | { readonly kind: 'charges'; readonly charges: readonly [Charge, ...Charge[]] }
  | { readonly kind: 'declined'; readonly reason: DeclineReason };

const refuse = (reason: DeclineReason): GatePlan => ({ kind: 'declined', reason });

export function planEntry(tap: GateTap): GatePlan {
  const { newest, network, station } = tap;
  const lowest = network.lowestFareFrom(station);
  const highest = network.highestFareFrom(station);
  if (lowest === undefined || highest === undefined) return refuse('noFare');
  const enter = chargeEntry(tap, lowest, highest);
  if (newest?.tripType !== TRIP_TYPE.purseIn) return { kind: 'charges', charges: [enter] };
  if (!isOfOperator(newest, tap.gate.operator)) {
    return tap.policy.otherOperator === 'decline'
      ? refuse('wrongAgency')
      : { kind: 'charges', charges: [enter] };
  }
  return planMissingExit(tap, newest, enter);
}

function chargeEntry(tap: GateTap, lowest: Amount, highest: Amount): Charge {
  const fields: TripFields = {
    tripType: TRIP_TYPE.purseIn,
    station: stationCode(tap.station.id),
    amount: ZERO,
    maximumFare: highest,
    maximumMinutes: tap.policy.maximumMinutes,
  };
  return {
    operation: 'gateEntry',
    amount: ZERO,
    minimumBalance: lowest,
    trip: encodeTrip(tap.gate, tap.stamp, fields),
    place: placeName(tap.station.id, ''),
  };
}

function planMissingExit(tap: GateTap, open: TripRecord, enter: Charge): GatePlan {
  const { policy, station, stamp, gate } = tap;
  const enteredAt = tripInstant(open, gate.utcOffsetMinutes);
  const isHere = equalBytes(open.station, stationCode(station.id));
  const graceMs = policy.reentryGraceSeconds * 1000;
  if (isHere && enteredAt !== undefined && Math.abs(stamp.at - enteredAt) <= graceMs) {
    return refuse('alreadyEntered');
  }
  if (policy.missingExit === 'decline') return refuse('missingExit');
  const isFree = policy.missingExit === 'ignore' || open.maximumFare === 0;
  if (isFree) return { kind: 'charges', charges: [enter] };
  const supplement = chargeTrip(tap, {
    operation: 'supplement',
    tripType: TRIP_TYPE.purseSupplement,
    station: open.station,
    amount: open.maximumFare,
    place: placeName(stationName(tap, open.station), '?'),
  });
  // Nothing is charged to a card that could not enter afterwards.
  const minimumBalance = amount(supplement.amount + enter.minimumBalance);
  return { kind: 'charges', charges: [{ ...supplement, minimumBalance }, enter] };
}

export function planExit(tap: GateTap): GatePlan {
  const { newest, gate, station, policy, network } = tap;
  if (newest?.tripType !== TRIP_TYPE.purseIn) {
    const fare = policy.noEntry === 'decline' ? undefined : network.highestFareTo(station);
    if (fare === undefined) return refuse('noEntry');
    return chargeExit(tap, fare, placeName('?', station.id));
  }
  if (!isOfOperator(newest, gate.operator)) return refuse('wrongAgency');
  const place = placeName(stationName(tap, newest.station), station.id);
  return chargeExit(tap, overTimeFare(tap, newest, tripFare(tap, newest)), place);
}

function tripFare({ network, station }: GateTap, entry: TripRecord): Amount {
  const from = network.stationOf(entry.station);
  if (from === undefined) return entry.maximumFare;
  const fare = network.fare(from, station);
  if (fare !== undefined) return fare;
  const lowest = from.id === station.id ? network.lowestFareFrom(station) : undefined;
  return lowest ?? entry.maximumFare;
}

function overTimeFare({ policy, stamp, gate }: GateTap, entry: TripRecord, fare: Amount): Amount {
  const enteredAt = tripInstant(entry, gate.utcOffsetMinutes);
  // A time that does not exist, or lies ahead of this gate's clock, is nobody's delay.
  const minutes = enteredAt === undefined ? 0 : (stamp.at - enteredAt) / 60_000;
  if (minutes <= entry.maximumMinutes || policy.overTime === 'ignore') return fare;
  if (policy.overTime === 'surcharge') return add(fare, policy.overTimeSurcharge);
  return entry.maximumFare > fare ? entry.maximumFare : fare;
}

function chargeExit(tap: GateTap, fare: Amount, place: string): GatePlan {
  const charge = chargeTrip(tap, {
    operation: 'gateExit',
    tripType: TRIP_TYPE.purseOut,
    station: stationCode(tap.station.id),
    amount: fare,
    place,
  });
  return { kind: 'charges', charges: [charge] };
}

interface TripCharge extends Pick<TripFields, 'amount' | 'station' | 'tripType'> {
  readonly operation: Charge['operation'];
  readonly place: string;
}

/** A charge that ends a trip: nothing remains to be paid for it. */
function chargeTrip(tap: GateTap, charge: TripCharge): Charge {
  const { operation, place, tripType, station, amount: fare } = charge;
  const ended = { tripType, station, amount: fare, maximumFare: ZERO, maximumMinutes: 0 };
  const trip = encodeTrip(tap.gate, tap.stamp, ended);
  return { operation, place, amount: fare, minimumBalance: fare, trip };
}

function stationName({ network }: GateTap, code: Uint8Array): string {
  return network.stationOf(code)?.id ?? '?';
}

const STATION_NAME_MAX = 10;

/** `ENTRY>EXIT` in the 21 ASCII characters that a clearing record has for a place. */
function placeName(from: string, to: string): string {
  const short = (id: string): string => id.replace(/[^\x21-\x7e]/g, '_').slice(0, STATION_NAME_MAX);
  return `${short(from)}>${short(to)}`;
}
