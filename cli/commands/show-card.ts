// SPDX-License-Identifier: MIT
/** What a card says of itself, read by the terminal's own card reading. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { readCard, type CardReading } from '../../terminal/card/read-card.ts';
import { ApplicationSelector, DEFAULT_APPLICATIONS } from '../../terminal/card/select.ts';
import { Context, type SharedOptions } from '../context.ts';
import { CardFiles } from '../data/card-files.ts';
import { withCardLine, type CardSourceOptions } from '../data/card-source.ts';
import { money } from '../print/printer.ts';
import { logData, logLines, tripData, tripLines } from '../print/purse-records.ts';
import { isoDate } from '../../src/time/civil.ts';

/** Reads the card of an image. @throws CARD_UNUSABLE */
export function readCardFile(files: CardFiles, path: string): Promise<CardReading> {
  return files.use(path, async (card) => {
    const channel = card.open();
    try {
      return await readPurse(channel, path);
    } finally {
      await channel.close();
    }
  });
}

async function readPurse(channel: CardChannel, where: string): Promise<CardReading> {
  const selector = new ApplicationSelector(DEFAULT_APPLICATIONS, 'directFirst');
  const reading = await readCard(channel, selector);
  if (reading.kind === 'read') return reading;
  const reason = reading.kind === 'unusable' ? reading.reason : 'no answer';
  throw new Fault('CARD_UNUSABLE', `"${where}" expected a purse that can be read, got ${reason}`);
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
  return [
    `card ${reading.serial}  suite ${reading.suite === 'tdes' ? '3des' : reading.suite}  valid ${isoDate(reading.publicData.startDate)} to ${isoDate(reading.publicData.expiryDate)}`,
    `balance ${balance}`,
    ...logLines(reading.log, currency),
    ...tripLines(reading.trips, currency),
  ];
}

/** Prints the card of an image. */
export async function showCard(name: string, options: SharedOptions): Promise<void> {
  const context = new Context(options);
  const files = new CardFiles(context.data);
  const path = files.find(name);
  sayReading(context, await readCardFile(files, path), { file: path });
}

/** Prints the card that is presented. */
export async function showPresentedCard(options: CardSourceOptions): Promise<void> {
  const context = new Context(options);
  await withCardLine(context, options, async ({ channel, reader, where }) => {
    const reading = await readPurse(channel, where);
    sayReading(context, reading, reader === undefined ? { file: where } : { reader });
  });
}

function sayReading(
  { printer, config: { currency } }: Context,
  reading: CardReading,
  source: { readonly file: string } | { readonly reader: string },
): void {
  printer.say({
    data: { ...source, currency, ...cardData(reading) },
    lines: [...cardLines(reading, currency), `  ${Object.values(source).join('')}`],
  });
}
