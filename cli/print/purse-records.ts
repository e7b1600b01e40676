// SPDX-License-Identifier: MIT
/** Log and trip records of a purse, as data and as lines. */
import { toHex } from '../../src/bytes/hex.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { TRIP_TYPE } from '../../src/purse/file-layouts.ts';
import { transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import { formatCivil } from '../../src/time/civil.ts';
import type { LogEntry, TripEntry } from '../../terminal/card/read-card.ts';
import { money, table } from './printer.ts';

function when(entry: { readonly date: Uint8Array; readonly time: Uint8Array }): string {
  return formatCivil({ date: toHex(entry.date), time: toHex(entry.time) });
}

export function logData(entry: LogEntry): object {
  return {
    counterAfter: entry.counterAfter,
    type: transactionTypeName(entry.transactionType) ?? entry.transactionType,
    amount: entry.amount,
    terminalId: toHex(entry.terminalId),
    at: when(entry),
  };
}

/** Station bytes as the text that gates write, or hexadecimal. */
function station(trip: TripEntry): string {
  const text = String.fromCharCode(...trip.station.filter((byte) => byte !== 0));
  return /^[\x21-\x7e]+$/.test(text) ? text : toHex(trip.station);
}

export function tripData(trip: TripEntry): object {
  const names = Object.entries(TRIP_TYPE);
  const type = names.find(([, code]) => code === trip.tripType)?.[0] ?? trip.tripType;
  return {
    type,
    station: station(trip),
    amount: trip.amount,
    at: when(trip),
    maximumFare: trip.maximumFare,
  };
}

export function logLines(log: readonly LogEntry[], currency: CurrencyCode): readonly string[] {
  if (log.length === 0) return ['log: empty'];
  const rows = log.map((entry) => [
    when(entry),
    transactionTypeName(entry.transactionType) ?? `type ${entry.transactionType}`,
    money(entry.amount, currency),
    `counter ${entry.counterAfter}`,
    `terminal ${toHex(entry.terminalId)}`,
  ]);
  return ['log, newest first', ...table(rows, [2]).map((line) => `  ${line}`)];
}

export function tripLines(trips: readonly TripEntry[], currency: CurrencyCode): readonly string[] {
  if (trips.length === 0) return [];
  const rows = trips.map((trip) => [
    when(trip),
    trip.tripType === TRIP_TYPE.purseIn
      ? 'in'
      : trip.tripType === TRIP_TYPE.purseOut
        ? 'out'
        : `type ${trip.tripType}`,
    station(trip),
    money(trip.amount, currency),
  ]);
  return ['trips, newest first', ...table(rows, [3]).map((line) => `  ${line}`)];
}
