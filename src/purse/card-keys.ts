// SPDX-License-Identifier: MIT
/** From an issuer's master keys to the keys of one card, and a set of master keys as a value. */
import type { RandomSource } from '../ports/random.ts';
import { KEY_PURPOSE_NAMES, type KeyPurpose } from './key-purposes.table.ts';
import { SUITES } from './suites.table.ts';
import type { SuiteName } from './suite.ts';

/** One 16-byte key per purpose: an issuer's master keys, or the diversified keys of one card. */
export type KeySet = Readonly<Record<KeyPurpose, Uint8Array>>;

function keySet(keyOf: (purpose: KeyPurpose) => Uint8Array): KeySet {
  const entries = KEY_PURPOSE_NAMES.map((purpose) => [purpose, keyOf(purpose)] as const);
  // One entry per purpose of the table, so every key of the record is there.
  return Object.freeze(Object.fromEntries(entries)) as KeySet;
}

/** Diversifies every master key for the card with this serial number of 10 bytes. */
export function deriveCardKeys(
  suite: SuiteName,
  masters: KeySet,
  applicationSerialNumber: Readonly<Uint8Array>,
): KeySet {
  return keySet((purpose) =>
    SUITES[suite].issuerMasterKey(masters[purpose], purpose).cardKey(applicationSerialNumber),
  );
}

/** Fresh master keys of one version. */
export function generateMasterKeys(random: RandomSource): KeySet {
  return keySet(() => random.bytes(16));
}

/** The same 16 bytes for every purpose: worked examples and blank test cards have such keys. */
export function uniformKeys(key: Readonly<Uint8Array>): KeySet {
  return keySet(() => key.slice());
}
