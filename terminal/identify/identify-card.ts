// SPDX-License-Identifier: MIT
/**
 * What a card is that nobody knows yet: by its answer to reset, its UID, its directories and the names of
 * purses. Nothing is written, and no account number is read.
 *
 * 1. ATR. A storage card has no applications: it is asked for nothing but its UID.
 * 2. UID, from the reader. PC/SC part 3, 3.2.2.1.3 (GET DATA).
 * 3. A name that no card has: a card that knows it says yes to everything, and is asked no more.
 * 4. PSE and PPSE; then every name of the table of purses.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { isSuccess } from '../card/exchange.ts';
import type { CardLine } from '../reader/card-line.ts';
import { readAtr, type Atr } from './atr.ts';
import { readDirectories, type ListedApplication } from './directory.ts';
import { Probe, type SelectAttempt } from './probe.ts';
import { readPurses, type PurseReading } from './read-purse.ts';

/** What a card turned out to be; a card with a purse and payment applications is a purse. */
export type CardClass = 'paymentCard' | 'purse' | 'storageCard' | 'unbelievable' | 'unknown';

export interface Uid {
  readonly hex: string;
  /** Four bytes that begin with 08: another one each time. ISO/IEC 14443-3, 6.5.4. */
  readonly isRandom: boolean;
}

export interface CardIdentity {
  readonly class: CardClass;
  readonly atr: Atr;
  /** Undefined without a reader, or where it does not tell. */
  readonly uid: Uid | undefined;
  readonly applications: readonly ListedApplication[];
  readonly purses: readonly PurseReading[];
  /** Every SELECT that was sent, in order. */
  readonly selects: readonly SelectAttempt[];
}

/** To the reader, not to the card. */
const GET_UID = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);
const RANDOM_UID = { size: 4, first: 0x08 } as const;
/** UIDs have 4, 7, 8 (FeliCa, ISO/IEC 15693) or 10 bytes. */
const UID_SIZES: ReadonlySet<number> = new Set([4, 7, 8, 10]);

const NOTHING_FOUND = { applications: [], purses: [] } as const;

/** Identifies the card on a line. @throws CARD_GONE when it leaves in the middle. */
export async function identifyAnyCard(line: CardLine): Promise<CardIdentity> {
  const atr = readAtr(line.atr);
  const probe = new Probe(line.channel);
  const uid = line.reader === undefined ? undefined : await readUid(probe);
  if (atr.storageCard !== undefined) {
    return { class: 'storageCard', atr, uid, ...NOTHING_FOUND, selects: [] };
  }
  if (!(await probe.tellsNamesApart())) {
    return { class: 'unbelievable', atr, uid, ...NOTHING_FOUND, selects: probe.selects };
  }
  const applications = await readDirectories(probe);
  const purses = await readPurses(probe);
  const cardClass = classOf(applications, purses);
  return { class: cardClass, atr, uid, applications, purses, selects: probe.selects };
}

async function readUid(probe: Probe): Promise<Uid | undefined> {
  const answer = await probe.send(GET_UID);
  if (!isSuccess(answer) || !UID_SIZES.has(answer.data.length)) return undefined;
  const { data } = answer;
  const isRandom = data.length === RANDOM_UID.size && data[0] === RANDOM_UID.first;
  return { hex: toHex(data), isRandom };
}

function classOf(
  applications: readonly ListedApplication[],
  purses: readonly PurseReading[],
): CardClass {
  if (purses.length > 0) return 'purse';
  const isPayment = applications.some(({ scheme }) => scheme !== undefined);
  return isPayment ? 'paymentCard' : 'unknown';
}
