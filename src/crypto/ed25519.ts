// SPDX-License-Identifier: MIT
/** Ed25519 signatures with keys as their raw 32 bytes. Source: RFC 8032; key forms by RFC 8037. */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { toBase64 } from '../bytes/base64.ts';
import { invariant } from '../errors/invariant.ts';
import { KeyCache } from './key-cache.ts';
import { sha256 } from './sha256.ts';

/** Bytes of a secret seed and of a public key. RFC 8032, 5.1.5. */
export const ED25519_KEY_SIZE = 32;
/** Bytes of a signature. RFC 8032, 5.1.6. */
export const ED25519_SIGNATURE_SIZE = 64;

/** RFC 8037, 2: the parameters of an Ed25519 key as a JSON Web Key. */
const JWK = { kty: 'OKP', crv: 'Ed25519' } as const;

/** Base64url without padding. RFC 4648, 5. */
function toBase64Url(bytes: Readonly<Uint8Array>): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** By the digest of their seeds, so that no secret is a name. */
const readySecrets = new KeyCache();

function privateKey(seed: Readonly<Uint8Array>): KeyObject {
  invariant(seed.length === ED25519_KEY_SIZE, `"seed" expected 32 bytes, got ${seed.length}`);
  return readySecrets.get(toBase64(sha256(seed)), () =>
    // The public part is worked out from `d`; Node only asks that `x` is there. As PEM or DER the same key
    // takes ten times as long to read.
    createPrivateKey({ key: { ...JWK, d: toBase64Url(seed), x: '' }, format: 'jwk' }),
  );
}

/** The public key that belongs to a secret seed. */
export function ed25519PublicKey(seed: Readonly<Uint8Array>): Uint8Array {
  const { x } = createPublicKey(privateKey(seed)).export({ format: 'jwk' });
  invariant(x !== undefined, 'an Ed25519 public key has an x');
  return fromBase64Url(x);
}

/** The signature of 64 bytes over `message`. */
export function ed25519Sign(seed: Readonly<Uint8Array>, message: Uint8Array): Uint8Array {
  return Uint8Array.from(sign(null, message, privateKey(seed)));
}

const readyPublics = new KeyCache();

function publicKeyObject(bytes: Readonly<Uint8Array>): KeyObject {
  const x = toBase64Url(bytes);
  return readyPublics.get(x, () => createPublicKey({ key: { ...JWK, x }, format: 'jwk' }));
}

/** Whether `signature` is that of `publicKey` over `message`. A malformed key or signature is just false. */
export function ed25519Verify(
  publicKey: Readonly<Uint8Array>,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== ED25519_KEY_SIZE || signature.length !== ED25519_SIGNATURE_SIZE)
    return false;
  return verify(null, message, publicKeyObject(publicKey), signature);
}
