// SPDX-License-Identifier: MIT
import { LIMITS } from './limits.table.ts';
import type { AckRange, BatchAck, SequenceRange, SignedAck } from './messages.ts';
import { MAY_ERASE, RULES } from './rules.table.ts';
import { isObject, isUint, openSigned, signValue, type SignedKind } from './signed.ts';

const ACK: SignedKind = {
  domain: 'openpurse ack 1',
  name: 'acknowledgement',
  signer: 'the host',
  fault: 'HOST_REFUSED',
};

/** Signs an acknowledgement with the host's secret. */
export function signAck(ack: BatchAck, seed: Readonly<Uint8Array>): SignedAck {
  return signValue(ACK, ack, seed);
}

function isSequence(value: unknown): value is number {
  return isUint(value, 0xffffffff);
}

/** Whether a value is a range of terminal sequences. */
export function isSequenceRange(value: unknown): value is SequenceRange {
  return (
    isObject(value) &&
    isSequence(value['from']) &&
    isSequence(value['to']) &&
    value['from'] <= value['to']
  );
}

function isAckRange(value: unknown): value is AckRange {
  if (!isSequenceRange(value)) return false;
  const { verdict, rule } = value as { readonly verdict?: unknown; readonly rule?: unknown };
  return (
    typeof verdict === 'string' &&
    Object.hasOwn(MAY_ERASE, verdict) &&
    typeof rule === 'string' &&
    Object.hasOwn(RULES, rule)
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= LIMITS.ackRanges.max && value.every(isItem);
}

function isBatchAck(value: unknown): value is BatchAck {
  return (
    isObject(value) &&
    typeof value['terminalId'] === 'string' &&
    isSequence(value['batchNumber']) &&
    typeof value['digest'] === 'string' &&
    (value['result'] === 'accepted' || value['result'] === 'duplicate') &&
    (value['isOutOfBalance'] === undefined || value['isOutOfBalance'] === true) &&
    isListOf(value['records'], isAckRange) &&
    isListOf(value['missing'], isSequenceRange)
  );
}

/**
 * Opens an acknowledgement with the host's public key.
 * @throws HOST_REFUSED when it is not the host's, or not an acknowledgement.
 */
export function openAck(signed: unknown, hostPublicKey: Readonly<Uint8Array>): BatchAck {
  return openSigned(ACK, signed, hostPublicKey, isBatchAck);
}
