// SPDX-License-Identifier: MIT
/**
 * The batch file: header, records in the order of the terminal's sequence, trailer, signature.
 *
 *   header ‖ record × recordCount ‖ trailer ‖ signature 64
 *
 * `trailer.digest` is the SHA-256 of header and records; the signature is Ed25519 by the terminal's key
 * over the domain ‖ header ‖ trailer. A batch says all about itself: it clears the same from HTTP and
 * from a USB stick.
 */
import { bytes, constant, uint16, uint32, uint48 } from '../codec/field.ts';
import { struct, type LayoutValue } from '../codec/struct.ts';
import { ED25519_SIGNATURE_SIZE } from '../crypto/ed25519.ts';
import { RECORD_KIND, type RecordKind } from './record.ts';

/** ASCII `OPB` and the format version. */
const MAGIC = Uint8Array.of(0x4f, 0x50, 0x42, 0x01);

/** What is signed begins with this, so that no other signed message can pass for a batch. */
export const SIGNATURE_DOMAIN = Uint8Array.from('openpurse batch 1', (c) => c.charCodeAt(0));

/** Who sends the batch, which one it is and what the terminal held: 54 bytes. */
export const BATCH_HEADER = struct('batch.header', {
  _magic: constant(MAGIC),
  terminalId: bytes(6),
  samSerial: bytes(10),
  batchNumber: uint32,
  /** The first 8 bytes of the SHA-256 of the terminal's public key. */
  signingKeyId: bytes(8),
  hotlistVersion: uint32,
  configVersion: uint32,
  /** The terminal's clock at close, milliseconds since 1970 UTC. */
  closedAtMs: uint48,
  /** Minutes ahead of UTC plus 1,440: local civil times of the records. */
  utcOffsetBiased: uint16,
  /** ISO 4217 number. */
  currencyNumber: uint16,
  recordCount: uint32,
});
/** The decoded header of a batch. */
export type BatchHeader = LayoutValue<typeof BATCH_HEADER>;

/** What is added to a UTC offset in minutes, so that the field is never negative. */
export const UTC_OFFSET_BIAS = 1440;

/** The totals by which a batch is held against its records: 70 bytes. */
export const BATCH_TRAILER = struct('batch.trailer', {
  purchaseCount: uint32,
  purchaseSum: uint48,
  loadCount: uint32,
  loadSum: uint48,
  uncertainCount: uint32,
  uncertainSum: uint48,
  firstSequence: uint32,
  lastSequence: uint32,
  digest: bytes(32),
});
/** The decoded trailer of a batch. */
export type BatchTrailer = LayoutValue<typeof BATCH_TRAILER>;

/** Names of the trailer's count and sum for a kind of record. */
export const TOTALS_OF_KIND: Readonly<
  Record<RecordKind, { readonly count: keyof BatchTotals; readonly sum: keyof BatchTotals }>
> = {
  [RECORD_KIND.purchase]: { count: 'purchaseCount', sum: 'purchaseSum' },
  [RECORD_KIND.load]: { count: 'loadCount', sum: 'loadSum' },
  [RECORD_KIND.uncertain]: { count: 'uncertainCount', sum: 'uncertainSum' },
};

/** Count and sum of each kind of record. */
export type BatchTotals = Pick<
  BatchTrailer,
  'loadCount' | 'loadSum' | 'purchaseCount' | 'purchaseSum' | 'uncertainCount' | 'uncertainSum'
>;

/** Bytes of the signature at the end. */
export const SIGNATURE_SIZE = ED25519_SIGNATURE_SIZE;
