// SPDX-License-Identifier: MIT
/**
 * AES-128 key diversification. Source: NXP AN10922, 2.2 (AES-128).
 * 1. Input 01 ‖ M, M = 1 to 31 bytes.  2. Padded with 80 00.. to two whole blocks, always two.
 * 3. Last block XORed with K2 if padded, K1 if not.  4. CBC from a zero IV; the last block is the key.
 * For short M this is not plain CMAC, which would process a single block.
 */
import { invariant } from '../errors/invariant.ts';
import { AES_BLOCK, chain, type CmacKey } from './aes-cmac.ts';

/** The constant of an AES-128 key. AN10922 table 1. */
const AES_128 = 0x01;
const M_MAX = 31;

/** The 16-byte key for the diversification input `m` of 1 to 31 bytes. */
export function diversifyAes128(master: CmacKey, m: Readonly<Uint8Array>): Uint8Array {
  invariant(m.length >= 1, '"m" expected 1 to 31 bytes, got 0');
  invariant(m.length <= M_MAX, `"m" expected 1 to 31 bytes, got ${m.length}`);
  const input = new Uint8Array(1 + m.length);
  input[0] = AES_128;
  input.set(m, 1);
  return chain(master, input, AES_BLOCK, m.length < M_MAX ? master.k2 : master.k1);
}
