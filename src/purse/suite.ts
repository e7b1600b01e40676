// SPDX-License-Identifier: MIT
/**
 * The two crypto suites of the purse behind one interface. Cards tell which one they use by the
 * algorithm identifier in the reply to INITIALIZE. Everything else about a purchase is the same.
 */
import type { KeyPurpose } from './key-purposes.table.ts';
import type { SessionName } from './session-keys.table.ts';

/** The name of a crypto suite. */
export type SuiteName = 'tdes' | 'aes';

/** What makes a session key fresh. Counters are values before the increment. */
export interface SessionInput {
  readonly session: SessionName;
  readonly cardRandom: Readonly<Uint8Array>;
  /** The offline counter for a purchase, the online counter for load, unload and limit update. */
  readonly counter: number;
  /** The terminal's transaction counter; 0 where no SAM takes part. */
  readonly terminalCounter: number;
}

/** A key that only makes MACs, cut to the suite's size. */
export interface MacKey {
  mac(input: Readonly<Uint8Array>): Uint8Array;
}

/** A card key of which session keys are derived. */
export interface SessionMasterKey {
  sessionKey(input: SessionInput): MacKey;
}

/** An issuer's master key of one purpose, at the level above the card. */
export interface IssuerMasterKey {
  /** The 16-byte key of a card, by its application serial number of 10 bytes. */
  cardKey(applicationSerialNumber: Readonly<Uint8Array>): Uint8Array;
}

/** One crypto suite. Every key goes in as its 16 raw bytes. */
export interface PurseSuite {
  readonly name: SuiteName;
  /** The byte that INITIALIZE returns. */
  readonly algorithmId: number;
  /** Bytes of MAC1, MAC2, MAC3, TAC and of a secure messaging MAC. */
  readonly macSize: number;
  /** Bytes of the card's random number in INITIALIZE and of GET CHALLENGE by default. */
  readonly cardRandomSize: number;
  issuerMasterKey(key: Uint8Array, purpose: KeyPurpose): IssuerMasterKey;
  sessionMasterKey(key: Uint8Array): SessionMasterKey;
  tacKey(key: Uint8Array): MacKey;
  /** The key of RELOAD PIN, which authenticates the new PIN alone. */
  pinReloadKey(key: Uint8Array): MacKey;
  /** The MAC of a secured command: over its header, Lc and data, bound to the last challenge. */
  secureMessagingMac(
    key: Uint8Array,
    challenge: Readonly<Uint8Array>,
    input: Readonly<Uint8Array>,
  ): Uint8Array;
  /** The cryptogram of EXTERNAL and INTERNAL AUTHENTICATE over whole blocks. */
  encipher(key: Uint8Array, plain: Uint8Array): Uint8Array;
  /** Deciphers the data of a secured command. */
  decipher(key: Uint8Array, cipher: Uint8Array): Uint8Array;
  /** Bytes of a block of `encipher` and `decipher`. */
  readonly blockSize: number;
}
