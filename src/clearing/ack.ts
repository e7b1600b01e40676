// SPDX-License-Identifier: MIT
import { concat } from '../bytes/concat.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import { Fault } from '../errors/fault.ts';
import { LIMITS } from './limits.table.ts';
import { ACK_DOMAIN, type AckRange, type BatchAck, type SignedAck } from './messages.ts';
import { RULES } from './rules.table.ts';

const utf8 = new TextEncoder();

function signedBytes(payload: string): Uint8Array {
  return concat(utf8.encode(ACK_DOMAIN), utf8.encode(payload));
}

/** Signs an acknowledgement with the host's secret. */
export function signAck(ack: BatchAck, seed: Readonly<Uint8Array>): SignedAck {
  const payload = JSON.stringify(ack);
  return { payload, signature: toHex(ed25519Sign(seed, signedBytes(payload))) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSequence(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff;
}

function isRange(value: unknown): value is AckRange {
  return (
    isObject(value) &&
    isSequence(value['from']) &&
    isSequence(value['to']) &&
    value['from'] <= value['to'] &&
    typeof value['rule'] === 'string' &&
    Object.hasOwn(RULES, value['rule'])
  );
}

function refuse(problem: string): never {
  throw new Fault('HOST_REFUSED', `"acknowledgement" expected ${problem}`);
}

/**
 * Opens an acknowledgement with the host's public key.
 * @throws HOST_REFUSED when it is not the host's, or not an acknowledgement.
 */
export function openAck(signed: unknown, hostPublicKey: Readonly<Uint8Array>): BatchAck {
  if (!isObject(signed)) refuse('payload and signature');
  const { payload, signature } = signed;
  if (typeof payload !== 'string' || typeof signature !== 'string') refuse('payload and signature');
  if (!ed25519Verify(hostPublicKey, signedBytes(payload), fromHex(signature, 'signature'))) {
    refuse("the host's signature");
  }
  const ack: unknown = JSON.parse(payload);
  const isAck =
    isObject(ack) &&
    typeof ack['terminalId'] === 'string' &&
    isSequence(ack['batchNumber']) &&
    typeof ack['digest'] === 'string' &&
    (ack['result'] === 'accepted' || ack['result'] === 'duplicate') &&
    Array.isArray(ack['records']) &&
    Array.isArray(ack['missing']) &&
    ack['records'].length <= LIMITS.ackRanges.max &&
    ack['records'].every(isRange);
  if (!isAck) refuse('a batch acknowledgement');
  // Every member was checked above, and the host signed it.
  return ack as unknown as BatchAck;
}
