// SPDX-License-Identifier: MIT
/**
 * The data of the FMCOS commands, and the values in them that a test card gets. Sources as in
 * fmcos.table.ts. A right is a byte XY: the directory's security state must lie from Y to X; with X 0 the
 * state of the master file must be Y or more; with X below Y it never fits (P).
 */
import { constant, uint16, uint8 } from '../codec/field.ts';
import { struct } from '../codec/struct.ts';

/** CREATE FILE of a directory; its name follows. */
export const CREATE_DIRECTORY = struct('createDirectory', {
  fileType: uint8,
  space: uint16,
  createRight: uint8,
  eraseRight: uint8,
  shortFileId: uint8,
  _reserved: constant(Uint8Array.of(0xff, 0xff)),
});

/** CREATE FILE of a key file. */
export const CREATE_KEY_FILE = struct('createKeyFile', {
  fileType: uint8,
  space: uint16,
  directoryShortFileId: uint8,
  addRight: uint8,
  _reserved: constant(Uint8Array.of(0xff, 0xff)),
});

/** CREATE FILE of an elementary file. `size` of a cyclic file: number of records, bytes of a record. */
export const CREATE_ELEMENTARY = struct('createElementary', {
  fileType: uint8,
  size: uint16,
  readRight: uint8,
  updateRight: uint8,
  _reserved: constant(Uint8Array.of(0xff)),
  /** Keys of line protection; of a purse file the short identifier of its log file. */
  link: uint8,
});

/** The first bytes of WRITE KEY; the key or the PIN follows. */
export const WRITE_KEY_HEADER = struct('writeKey', {
  keyType: uint8,
  useRight: uint8,
  changeRight: uint8,
  /** Key version; the security state that the key leads to; or FF. */
  versionOrState: uint8,
  /** Algorithm identifier; or the tries, at most and left, a digit each. */
  algorithmOrTries: uint8,
});

/** Type byte of a PIN in WRITE KEY (P, S). */
export const FMCOS_PIN_TYPE = 0x3a;

/** Rights that the test card gets. */
export const FMCOS_RIGHT = {
  open: 0xf0,
  afterPin: 0xf1,
  never: 0xef,
  /** State 2 of the master file, which no key of a test card leads to: S have it on every purse key. */
  changeKey: 0x02,
} as const;

/** The directory of the purse: its identifier, and the byte that names it to its key file (P, S). */
export const PURSE_DIRECTORY = { fileId: 0x3f01, shortFileId: 0x95 } as const;

/** ED and EP: size and identifiers as every source has them; the log of both is EF18. */
export const PURSE_FILES = {
  ef01: { fileId: 0x0001, size: 0x0208, useRight: FMCOS_RIGHT.afterPin, meaning: 'deposit (ED)' },
  ef02: { fileId: 0x0002, size: 0x0208, useRight: FMCOS_RIGHT.open, meaning: 'purse (EP)' },
} as const;

/** Default keys for line protection, read and write (P). */
export const LINE_KEY_ZERO = 0xff;
/** Three tries at most, three left (P, S). */
export const THREE_TRIES = 0x33;
/** The security state that VERIFY leads to (P, S). */
export const STATE_AFTER_PIN = 0x01;
/** The security state that EXTERNAL AUTHENTICATE in the directory leads to (P, S). */
export const STATE_AFTER_AUTHENTICATION = 0x44;

/** The key of a card as it leaves the factory: single DES, in the master file (S). Not a secret. */
export const TRANSPORT_KEY: Readonly<Uint8Array> = new Uint8Array(8).fill(0xff);
/** Bytes of the challenge that EXTERNAL AUTHENTICATE enciphers (S). */
export const TRANSPORT_CHALLENGE_SIZE = 8;
