// SPDX-License-Identifier: MIT
/**
 * The fields of an encoded record as the auditor reads them: where they lie, without the code of the host.
 * Evidence is what the card and the SAM said; the rest of a record is envelope.
 */
import { concat } from '../../src/bytes/concat.ts';
import { readUint } from '../../src/bytes/integer.ts';
import {
  RECORD_KIND,
  RECORD_OFFSET,
  RECORD_SIZE,
  terminalCounterOfRecord,
  terminalOfRecord,
} from '../../src/clearing/record.ts';
import { sha256 } from '../../src/crypto/sha256.ts';

/** Bytes of terminal id and terminal counter: what names one use of a SAM. */
const SAM_NUMBER_SIZE = 10;
const DIGEST_SIZE = 10;

export interface RecordFields {
  readonly kind: number;
  readonly counter: number;
  readonly amount: number;
  readonly after: number;
  readonly terminal: string;
  readonly terminalCounter: number;
}

export const isWhole = (bytes: Uint8Array): boolean => bytes.length === RECORD_SIZE;

export const isPurchase = (bytes: Uint8Array): boolean =>
  bytes[RECORD_OFFSET.kind] === RECORD_KIND.purchase;

export const amountOf = (bytes: Uint8Array): number => readUint(bytes, RECORD_OFFSET.amount, 4);

export const sequenceOf = (bytes: Uint8Array): number =>
  readUint(bytes, RECORD_OFFSET.terminalSequence, 4);

export function recordFields(bytes: Uint8Array): RecordFields {
  return {
    kind: readUint(bytes, RECORD_OFFSET.kind, 1),
    counter: readUint(bytes, RECORD_OFFSET.counterBefore, 2),
    amount: amountOf(bytes),
    after: readUint(bytes, RECORD_OFFSET.balanceAfter, 4),
    terminal: terminalOfRecord(bytes),
    terminalCounter: terminalCounterOfRecord(bytes),
  };
}

/** Terminal id and terminal counter, then a digest of all that is evidence: the same for every envelope. */
export function evidenceKey(bytes: Uint8Array): Uint8Array {
  const isUncertain = bytes[RECORD_OFFSET.kind] === RECORD_KIND.uncertain ? 1 : 0;
  const digest = sha256(
    Uint8Array.of(isUncertain),
    bytes.subarray(RECORD_OFFSET.algorithmId, RECORD_OFFSET.flags),
    bytes.subarray(RECORD_OFFSET.applicationSerialNumber, RECORD_OFFSET.terminalSequence),
  );
  return concat(
    bytes.subarray(RECORD_OFFSET.terminalId, RECORD_OFFSET.terminalId + SAM_NUMBER_SIZE),
    digest.subarray(0, DIGEST_SIZE),
  );
}

/** The part of an evidence key that names the use of a SAM. */
export const samNumber = (key: Uint8Array): Uint8Array => key.slice(0, SAM_NUMBER_SIZE);
