// SPDX-License-Identifier: MIT
/** Ed25519 signatures with keys as their raw 32 bytes. Source: RFC 8032; key wrapping by RFC 8410. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { concat } from '../bytes/concat.ts';
import { fromHex } from '../bytes/hex.ts';
import { invariant } from '../errors/invariant.ts';

export const ED25519_KEY_SIZE = 32;
export const ED25519_SIGNATURE_SIZE = 64;

/** RFC 8410, 7: PKCS #8 of an Ed25519 seed, and 4: SubjectPublicKeyInfo, up to the raw key. */
const PKCS8_PREFIX = fromHex('302E020100300506032B657004220420');
const SPKI_PREFIX = fromHex('302A300506032B6570032100');

/** PEM, because a string is the one form that needs no Buffer. RFC 7468, 2. */
function pem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${btoa(String.fromCharCode(...der))}\n-----END ${label}-----`;
}

function privateKey(seed: Readonly<Uint8Array>): KeyObject {
  invariant(seed.length === ED25519_KEY_SIZE, `"seed" expected 32 bytes, got ${seed.length}`);
  return createPrivateKey(pem('PRIVATE KEY', concat(PKCS8_PREFIX, seed)));
}

/** The public key that belongs to a secret seed. */
export function ed25519PublicKey(seed: Readonly<Uint8Array>): Uint8Array {
  const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
}

/** The signature of 64 bytes over `message`. */
export function ed25519Sign(seed: Readonly<Uint8Array>, message: Uint8Array): Uint8Array {
  return Uint8Array.from(sign(null, message, privateKey(seed)));
}

/** Whether `signature` is that of `publicKey` over `message`. A malformed key or signature is just false. */
export function ed25519Verify(
  publicKey: Readonly<Uint8Array>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== ED25519_KEY_SIZE || signature.length !== ED25519_SIGNATURE_SIZE)
    return false;
  const key = createPublicKey(pem('PUBLIC KEY', concat(SPKI_PREFIX, publicKey)));
  return verify(null, message, key, signature);
}
