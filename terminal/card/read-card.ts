// SPDX-License-Identifier: MIT
/** What a card says of itself to anybody: balance, transaction log, trips. Nothing is written. */
import type { Layout, LayoutValue } from '../../src/codec/struct.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { Amount } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import { BALANCE_REPLY } from '../../src/purse/command-layouts.ts';
import { LOG_RECORD, TRIP_RECORD } from '../../src/purse/file-layouts.ts';
import { FILES } from '../../src/purse/files.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { identifyCard, type PresentedCard } from './identify.ts';
import { getBalance, readFileRecord } from './commands.ts';
import { exchange, type Answered } from './exchange.ts';
import type { ApplicationSelector } from './select.ts';

export type LogEntry = LayoutValue<typeof LOG_RECORD>;
export type TripEntry = LayoutValue<typeof TRIP_RECORD>;

export interface CardReading {
  readonly kind: 'read';
  /** 20 digits. */
  readonly serial: string;
  readonly suite: SuiteName;
  readonly publicData: PresentedCard['publicData'];
  /** Undefined when the card does not tell. */
  readonly balance: Amount | undefined;
  /** Newest first. */
  readonly log: readonly LogEntry[];
  readonly trips: readonly TripEntry[];
}

export type ReadOutcome =
  | CardReading
  | { readonly kind: 'notPresented' }
  | {
      readonly kind: 'unusable';
      readonly reason: 'cardBlocked' | 'cardUnknown' | 'cardUnusable';
      readonly sw: number | undefined;
    };

/** Reads the card: SELECT, EF15, GET BALANCE, EF18, EF1E. */
export async function readCard(
  channel: CardChannel,
  selector: ApplicationSelector,
): Promise<ReadOutcome> {
  const found = await identifyCard(channel, selector);
  if (found.kind === 'lost') return GONE;
  if (found.kind === 'unusable') return found;
  const { suite, publicData, serial } = found.card;
  const balanceAnswer = await exchange(channel, getBalance);
  const log = await readRecords(channel, 'ef18', LOG_RECORD);
  const trips = await readRecords(channel, 'ef1e', TRIP_RECORD);
  if (balanceAnswer.kind === 'lost' || log === undefined || trips === undefined) return GONE;
  const balance = decodeAnswer(balanceAnswer, BALANCE_REPLY[suite])?.balance;
  return { kind: 'read', serial, suite, publicData, balance, log, trips };
}

const GONE: ReadOutcome = Object.freeze({ kind: 'notPresented' });

function decodeAnswer<T>({ sw, data }: Answered, layout: Layout<T>): Readonly<T> | undefined {
  const isWhole = sw === SW.SUCCESS && data.length === layout.size;
  return isWhole ? layout.decode(data) : undefined;
}

/** The records up to the first that the card does not give; undefined when the card left. */
async function readRecords<T>(
  channel: CardChannel,
  file: 'ef18' | 'ef1e',
  layout: Layout<T>,
): Promise<readonly Readonly<T>[] | undefined> {
  const records: Readonly<T>[] = [];
  for (let number = 1; number <= FILES[file].records; number++) {
    const answer = await exchange(channel, readFileRecord(file, number));
    if (answer.kind === 'lost') return undefined;
    const record = decodeAnswer(answer, layout);
    if (record === undefined) break;
    records.push(record);
  }
  return records;
}
