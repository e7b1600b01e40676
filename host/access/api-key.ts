// SPDX-License-Identifier: MIT
/**
 * API keys of people: `opk_` ‖ 16 hexadecimal digits that name the key ‖ `_` ‖ 43 characters of base64url,
 * 256 random bits. Only the SHA-256 of the whole key is kept: of so many random bits it gives nothing
 * away, and a slow hash would only slow the host down.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import type { RandomSource } from '../../src/ports/random.ts';

const ID_SIZE = 8;
const SECRET_SIZE = 32;
const FORM = /^opk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

export interface ApiKey {
  /** The key itself: shown once, kept nowhere. */
  readonly key: string;
  readonly keyId: string;
  readonly keyHash: Uint8Array;
}

/** A fresh key. */
export function makeApiKey(random: RandomSource): ApiKey {
  const keyId = toHex(random.bytes(ID_SIZE)).toLowerCase();
  const secret = Buffer.from(random.bytes(SECRET_SIZE)).toString('base64url');
  const key = `opk_${keyId}_${secret}`;
  return { key, keyId, keyHash: hashOfKey(key) };
}

/** The id in a key; undefined for what is no key. */
export function keyIdOf(key: string): string | undefined {
  return FORM.exec(key)?.[1];
}

export function hashOfKey(key: string): Uint8Array {
  return sha256(new TextEncoder().encode(key));
}
