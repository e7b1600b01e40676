// SPDX-License-Identifier: MIT
/** What a card says of itself, read by the terminal's own card reading. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { TRIP_TYPE } from '../../src/purse/file-layouts.ts';
import { transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import {
  readCard,
  type CardReading,
  type LogEntry,
  type TripEntry,
} from '../../terminal/card/read-card.ts';
import { ApplicationSelector, DEFAULT_APPLICATIONS } from '../../terminal/card/select.ts';
import { Context, type SharedOptions } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { money, table } from '../print/printer.ts';

function when(entry: { readonly date: Uint8Array; readonly time: Uint8Array }): string {
  return formatCivil({ date: toHex(entry.date), time: toHex(entry.time) });
}

/** `20391231` as `2039-12-31`. */
function day(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

function logData(entry: LogEntry): object {
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

function tripData(trip: TripEntry): object {
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

/** Reads a card. @throws CARD_UNUSABLE */
export function readCardFile(files: CardFiles, path: string): Promise<CardReading> {
  return files.use(path, async (card) => {
    const channel = card.open();
    try {
      const reading = await readCard(
        channel,
        new ApplicationSelector(DEFAULT_APPLICATIONS, 'directFirst'),
      );
      if (reading.kind === 'read') return reading;
      const reason = reading.kind === 'unusable' ? reading.reason : 'no answer';
      throw new Fault(
        'CARD_UNUSABLE',
        `"${path}" expected a purse that can be read, got ${reason}`,
      );
    } finally {
      await channel.close();
    }
  });
}

/** The card as data. */
export function cardData(reading: CardReading): object {
  return {
    serial: reading.serial,
    suite: reading.suite === 'tdes' ? '3des' : reading.suite,
    issuerId: toHex(reading.publicData.issuerId),
    startDate: reading.publicData.startDate,
    expiryDate: reading.publicData.expiryDate,
    balance: reading.balance ?? null,
    log: reading.log.map(logData),
    trips: reading.trips.map(tripData),
  };
}

function cardLines(reading: CardReading, currency: CurrencyCode): readonly string[] {
  const balance = reading.balance === undefined ? 'not told' : money(reading.balance, currency);
  const log = reading.log.map((entry) => [
    when(entry),
    transactionTypeName(entry.transactionType) ?? `type ${entry.transactionType}`,
    money(entry.amount, currency),
    `counter ${entry.counterAfter}`,
    `terminal ${toHex(entry.terminalId)}`,
  ]);
  const trips = reading.trips.map((trip) => [
    when(trip),
    trip.tripType === TRIP_TYPE.purseIn
      ? 'in'
      : trip.tripType === TRIP_TYPE.purseOut
        ? 'out'
        : `type ${trip.tripType}`,
    station(trip),
    money(trip.amount, currency),
  ]);
  return [
    `card ${reading.serial}  suite ${reading.suite === 'tdes' ? '3des' : reading.suite}  valid ${day(reading.publicData.startDate)} to ${day(reading.publicData.expiryDate)}`,
    `balance ${balance}`,
    ...(log.length === 0
      ? ['log: empty']
      : ['log, newest first', ...table(log, [2]).map((line) => `  ${line}`)]),
    ...(trips.length === 0
      ? []
      : ['trips, newest first', ...table(trips, [3]).map((line) => `  ${line}`)]),
  ];
}

/** Prints one card. */
export async function showCard(name: string | undefined, options: SharedOptions): Promise<void> {
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const path = files.find(name);
  const reading = await readCardFile(files, path);
  const { currency } = context.config;
  context.printer.say({
    data: { file: path, currency, ...cardData(reading) },
    lines: [...cardLines(reading, currency), `  ${path}`],
  });
}
