// SPDX-License-Identifier: MIT
/** Makes cards and secure modules of an issuer's keys: what a personalisation bureau does. */
import { deriveCardKeys, type KeySet } from '../../src/purse/card-keys.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { readUint } from '../../src/bytes/integer.ts';
import type { NonVolatileMemory } from '../../card-applet-sim/memory/non-volatile-memory.ts';
import {
  personaliseCard,
  type CardOptions,
} from '../../card-applet-sim/personalise/personalise-card.ts';
import { personalisePsam } from '../../card-applet-sim/personalise/personalise-psam.ts';
import type { IssuerKeys } from '../../host/keys/key-store.ts';

/** The test issuer of every world. */
export const ISSUER_ID: Readonly<Uint8Array> = Uint8Array.of(0x4f, 0x50, 0x01, 0, 0, 0, 0, 1);

const KEY_INDEX = 1;
/** Of cards that are of no lot, and of SAMs. */
export const DEFAULT_VALIDITY = { from: '20200101', until: '20391231' } as const;

/** What a new card needs besides the issuer's keys. */
export interface NewCard {
  readonly serial: string;
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly pin?: string;
  /** First and last day, YYYYMMDD; `DEFAULT_VALIDITY` when left out. */
  readonly validity?: { readonly from: string; readonly until: string };
  /** Keys of the card itself, where they are not diversified from the issuer's. */
  readonly cardKeys?: KeySet;
}

/** What personalisation writes on a new card but for its PIN. */
export function newCardProfile(
  keys: IssuerKeys,
  { serial, suite, keyVersion, cardKeys, validity = DEFAULT_VALIDITY }: NewCard,
): Omit<CardOptions, 'pin'> {
  const masters = keys.masters(keyVersion, suite);
  return {
    serial,
    suite,
    keyVersion,
    keyIndex: KEY_INDEX,
    keys: cardKeys ?? deriveCardKeys(suite, masters, serialNumberBytes(serial)),
    issuerId: ISSUER_ID,
    startDate: validity.from,
    expiryDate: validity.until,
  };
}

/** The memory of a personalised card. */
export function issueCard(keys: IssuerKeys, card: NewCard): NonVolatileMemory {
  return personaliseCard({
    ...newCardProfile(keys, card),
    ...(card.pin === undefined ? {} : { pin: card.pin }),
  });
}

/** The memory of a SAM for purchases with every card of the issuer, of either suite. */
export function issuePsam(keys: IssuerKeys, terminalId: Uint8Array): NonVolatileMemory {
  const suites: readonly SuiteName[] = ['aes', 'tdes'];
  const masterKeys = keys.versions.flatMap((version) =>
    suites.map((suite) => ({
      suite,
      usage: 'purchase' as const,
      version,
      key: keys.masters(version, suite).purchase,
    })),
  );
  return personalisePsam({
    serial: readUint(terminalId, 0, 6).toString(),
    terminalId,
    masterKeys,
    keyIndex: KEY_INDEX,
    issuerId: ISSUER_ID,
    receiverId: ISSUER_ID,
    startDate: DEFAULT_VALIDITY.from,
    expiryDate: DEFAULT_VALIDITY.until,
  });
}
