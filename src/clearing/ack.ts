// SPDX-License-Identifier: MIT
import { concat } from '../bytes/concat.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import { Fault } from '../errors/fault.ts';
import { LIMITS } from './limits.table.ts';
import { ACK_DOMAIN, type AckRange, type BatchAck, type SignedAck } from './messages.ts';
import { MAY_ERASE, RULES } from './rules.table.ts';

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

function isRange(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    isObject(value) &&
    isSequence(value['from']) &&
    isSequence(value['to']) &&
    value['from'] <= value['to']
  );
}

function isAckRange(value: unknown): value is AckRange {
  if (!isRange(value)) return false;
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

function isBatchAck(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['terminalId'] === 'string' &&
    isSequence(value['batchNumber']) &&
    typeof value['digest'] === 'string' &&
    (value['result'] === 'accepted' || value['result'] === 'duplicate') &&
    isListOf(value['records'], isAckRange) &&
    isListOf(value['missing'], isRange)
  );
}

function refuse(problem: string): never {
  throw new Fault('HOST_REFUSED', `"acknowledgement" expected ${problem}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Opens an acknowledgement with the host's public key.
 * @throws HOST_REFUSED when it is not the host's, or not an acknowledgement.
 */
export function openAck(signed: unknown, hostPublicKey: Readonly<Uint8Array>): BatchAck {
  if (!isObject(signed)) refuse('payload and signature');
  const { payload, signature } = signed;
  if (typeof payload !== 'string' || typeof signature !== 'string') refuse('payload and signature');
  // 64 bytes of hexadecimal; anything else is not worth a decode error of its own.
  const isHex = /^[0-9a-fA-F]{128}$/.test(signature);
  if (!isHex || !ed25519Verify(hostPublicKey, signedBytes(payload), fromHex(signature))) {
    refuse("the host's signature");
  }
  const ack = parseJson(payload);
  if (!isBatchAck(ack)) refuse('a batch acknowledgement');
  // Every member was checked above, and the host signed it.
  return ack as BatchAck;
}
