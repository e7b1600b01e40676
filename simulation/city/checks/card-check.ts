// SPDX-License-Identifier: MIT
/**
 * Checks one card: what the host has of it against what its own memory showed. Written without a look at how
 * the host judges chains: whatever the records that have not arrived, the money adds up.
 *
 *   balance + open gaps + loads in flight, at the host
 *     = balance on the card + debits that the host has no record of
 *       + loads that the host authorised and did not take back − loads that the card took
 */
import { readUint } from '../../../src/bytes/integer.ts';
import {
  RECORD_KIND,
  RECORD_OFFSET,
  terminalCounterOfRecord,
  terminalOfRecord,
} from '../../../src/clearing/record.ts';
import { amount, sum, type Amount } from '../../../src/money/amount.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { recordsOf } from '../../../host/chain/evidence.ts';
import type { CardRow, HostStore } from '../../../host/store/store.ts';
import type { CardEvent } from '../truth/card-events.ts';
import type { Purse } from '../truth/purse.ts';
import { Violation } from './violation.ts';

/** What one serial number contributes to the identity of the whole city. Minor units. */
export interface CardShare {
  readonly honest: number;
  readonly inFlight: number;
  readonly compromised: number;
}

const NOTHING: CardShare = { honest: 0, inFlight: 0, compromised: 0 };

/** Names a debit or a load whoever tells of it. */
export function eventKey({
  isLoad,
  counter,
  terminalId,
  terminalCounter,
  amount,
}: Pick<CardEvent, 'amount' | 'counter' | 'isLoad' | 'terminalCounter' | 'terminalId'>): string {
  return `${isLoad ? 'load' : 'debit'} ${counter} of ${amount} at ${terminalId} number ${terminalCounter}`;
}

/** The same of an encoded record. */
export function recordKey(bytes: Uint8Array): string {
  const at = RECORD_OFFSET;
  return eventKey({
    isLoad: bytes[at.kind] === RECORD_KIND.load,
    counter: readUint(bytes, at.counterBefore, 2),
    amount: amount(readUint(bytes, at.amount, 4)),
    terminalId: terminalOfRecord(bytes),
    terminalCounter: terminalCounterOfRecord(bytes),
  });
}

/** A card at the host, with the names of what is in its chain. */
export interface HostCard {
  readonly row: CardRow;
  readonly known: ReadonlySet<string>;
}

/** Undefined when the host knows of no such card. */
export function hostCard(store: HostStore, serial: string): HostCard | undefined {
  const row = store.card(serialNumberBytes(serial));
  if (row === undefined) return undefined;
  const known = new Set<string>();
  for (const { bytes } of recordsOf(store, row)) known.add(recordKey(bytes));
  return { row, known };
}

/** @throws Violation of `postedOnce` for a record that no card made, of `cardTruth` for money that differs. */
export function checkCard(
  store: HostStore,
  serial: string,
  card: HostCard | undefined,
  { images, isHonest }: { readonly images: readonly Purse[]; readonly isHonest: boolean },
): CardShare {
  if (card === undefined) return NOTHING;
  const { row, known } = card;
  checkNothingInvented(serial, images, known);
  const loads = store.loads(row.serial);
  const atHost =
    row.balance +
    sum(store.gaps(row.serial).flatMap(({ state, value }) => (state === 'open' ? value : []))) +
    sumOf(loads.filter(({ state }) => state === 'inFlight'));
  const [purse] = images;
  if (!isHonest || purse === undefined) return { ...NOTHING, compromised: atHost };
  const { balance } = purse;
  const events = [...purse.events];
  const unknown = events.filter((event) => !event.isLoad && !known.has(eventKey(event)));
  const inFlight =
    sumOf(unknown) +
    sumOf(loads.filter(({ state }) => state !== 'notDone')) -
    sumOf(events.filter(({ isLoad }) => isLoad));
  if (atHost !== balance + inFlight) {
    throw new Violation('cardTruth', {
      subject: `card ${serial}`,
      expected: `${balance} on it and ${inFlight} in flight`,
      found: `${atHost} at the host`,
    });
  }
  return { honest: balance, inFlight, compromised: 0 };
}

function checkNothingInvented(
  serial: string,
  images: readonly Purse[],
  known: ReadonlySet<string>,
): void {
  const made = new Set(images.flatMap(({ events }) => [...events].map(eventKey)));
  for (const key of known) {
    if (made.has(key)) continue;
    const matter = { expected: 'no record of what no card did', found: key };
    throw new Violation('postedOnce', { subject: `card ${serial}`, ...matter });
  }
}

function sumOf(items: readonly { readonly amount: Amount }[]): Amount {
  return sum(items.map((item) => item.amount));
}
