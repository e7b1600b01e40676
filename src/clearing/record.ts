// SPDX-License-Identifier: MIT
/**
 * The record of one transaction as a terminal hands it to clearing: 88 bytes, every kind alike.
 *
 * Its identity is (application serial number, kind of counter, counter) plus the TAC; the batch that
 * carried it, and its place in it, are envelope. `tac` is left-aligned and padded with zeros where the
 * suite has 4 bytes; an `uncertain` record has none.
 */
import {
  bytes,
  date4,
  amount4,
  oneOf,
  text,
  time3,
  uint16,
  uint32,
  uint8,
} from '../codec/field.ts';
import { struct, type LayoutValue } from '../codec/struct.ts';
import { TRANSACTION_TYPES } from '../purse/transaction-types.table.ts';
import { AES_SUITE } from '../purse/suite-aes.ts';
import { TDES_SUITE } from '../purse/suite-tdes.ts';
import { crc32 } from '../bytes/crc32.ts';
import { toHex } from '../bytes/hex.ts';
import { readUint } from '../bytes/integer.ts';

/** What the terminal knows of the transaction. */
export const RECORD_KIND = {
  /** A debit with its TAC. */
  purchase: 0x01,
  /** A completed load with its TAC. */
  load: 0x02,
  /** A debit that may or may not have happened: no TAC, moves no money by itself. */
  uncertain: 0x03,
} as const;
/** The code of a kind of record. */
export type RecordKind = (typeof RECORD_KIND)[keyof typeof RECORD_KIND];

/** Bits of `flags`. */
export const RECORD_FLAG = { recovered: 0x01 } as const;

/** The types that this clearing system posts. */
const CLEARED_TYPES = [
  TRANSACTION_TYPES.purseLoad.code,
  TRANSACTION_TYPES.pursePurchase.code,
  TRANSACTION_TYPES.compositePurchase.code,
] as const;

/** Everything but the checksum, in its order. */
const CONTENT = {
  kind: oneOf(uint8, [RECORD_KIND.purchase, RECORD_KIND.load, RECORD_KIND.uncertain]),
  algorithmId: oneOf(uint8, [TDES_SUITE.algorithmId, AES_SUITE.algorithmId]),
  keyVersion: uint8,
  transactionType: oneOf(uint8, CLEARED_TYPES),
  flags: uint8,
  applicationSerialNumber: bytes(10),
  /** The counter before the increment. */
  counterBefore: uint16,
  amount: amount4,
  balanceBefore: amount4,
  balanceAfter: amount4,
  terminalId: bytes(6),
  /** The SAM's transaction counter; 0 for a load. */
  terminalCounter: uint32,
  date: date4,
  time: time3,
  tac: bytes(8),
  /** The terminal's own numbering of its records: 1, 2, 3, … without a hole. */
  terminalSequence: uint32,
  /** The hotlist that the terminal held at the tap. */
  hotlistVersion: uint32,
  /** Where: a till, or `ENTRY>EXIT` stations. */
  place: text(22),
} as const;
const CHECKED = struct('record', CONTENT);

/** The record on the wire, its fields in their order. */
export const RECORD = struct('record', {
  ...CONTENT,
  /** CRC-32 of all bytes before it: tells which record of a damaged batch is the damaged one. */
  checksum: uint32,
});

/** A decoded clearing record. */
export type ClearingRecord = LayoutValue<typeof RECORD>;

/** Bytes of a record: 88. */
export const RECORD_SIZE = RECORD.size;
/** Characters of `place` at most. */
export const PLACE_MAX = 22;

/** Where each field of an encoded record begins: for those who read one field of many records. */
// One entry for every field of the layout, constants and reserved bytes among them.
export const RECORD_OFFSET = Object.freeze(
  Object.fromEntries(RECORD.placements.map(({ name, offset }) => [name, offset])),
) as { readonly [F in keyof ClearingRecord]: number };

/** The card's serial number in an encoded record, 10 bytes: a view. */
export function serialOfRecord(record: Uint8Array): Uint8Array {
  const at = RECORD_OFFSET.applicationSerialNumber;
  return record.subarray(at, at + 10);
}

/** The terminal of an encoded record, 12 hexadecimal digits. */
export function terminalOfRecord(record: Uint8Array): string {
  const at = RECORD_OFFSET.terminalId;
  return toHex(record.subarray(at, at + 6));
}

/** The SAM's transaction counter in an encoded record. */
export function terminalCounterOfRecord(record: Uint8Array): number {
  return readUint(record, RECORD_OFFSET.terminalCounter, 4);
}

/** Encodes a record and computes its checksum. */
export function encodeRecord(record: Omit<ClearingRecord, 'checksum'>): Uint8Array {
  const encoded = new Uint8Array(RECORD.size);
  CHECKED.encodeInto(encoded, 0, record);
  const at = CHECKED.size;
  uint32.write(encoded, at, crc32(encoded, 0, at), 'record.checksum');
  return encoded;
}

/** Whether the checksum of the record at `offset` fits its bytes. */
export function hasGoodChecksum(source: Readonly<Uint8Array>, offset: number): boolean {
  const at = offset + RECORD_OFFSET.checksum;
  return uint32.read(source, at, 'record.checksum') === crc32(source, offset, at);
}
