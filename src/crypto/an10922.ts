// SPDX-License-Identifier: MIT
/**
 * AES-128 key diversification. Source: NXP AN10922, 2.2 (AES-128).
 * 1. Input 01 ‖ M, M = 1 to 31 bytes.  2. Padded with 80 00.. to two whole blocks, always two.
 * 3. Last block XORed with K2 if padded, K1 if not.  4. CBC from a zero IV; the last block is the key.
 * For short M this is not plain CMAC, which would process a single block.
 */
import { unsafe } from '@noble/ciphers/aes.js';
import { invariant } from '../errors/invariant.ts';
import { AES_BLOCK, type CmacKey } from './aes-cmac.ts';

/** The constant of an AES-128 key. AN10922 table 1. */
const AES_128 = 0x01;
const M_MAX = 31;

/** The 16-byte key for the diversification input `m` of 1 to 31 bytes. */
export function diversifyAes128(master: CmacKey, m: Readonly<Uint8Array>): Uint8Array {
  invariant(m.length >= 1, '"m" expected 1 to 31 bytes, got 0');
  invariant(m.length <= M_MAX, `"m" expected 1 to 31 bytes, got ${m.length}`);
  const input = new Uint8Array(2 * AES_BLOCK);
  input[0] = AES_128;
  input.set(m, 1);
  const isPadded = m.length < M_MAX;
  if (isPadded) input[m.length + 1] = 0x80;
  const block = input.slice(0, AES_BLOCK);
  unsafe.encryptBlock(master.schedule, block);
  const subkey = isPadded ? master.k2 : master.k1;
  for (let index = 0; index < AES_BLOCK; index++) {
    const mask = ((subkey[index >> 2] ?? 0) >>> (8 * (index & 3))) & 0xff;
    block[index] = (block[index] ?? 0) ^ (input[AES_BLOCK + index] ?? 0) ^ mask;
  }
  unsafe.encryptBlock(master.schedule, block);
  return block;
}
