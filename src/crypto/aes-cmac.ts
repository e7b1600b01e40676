// SPDX-License-Identifier: MIT
/**
 * AES-CMAC. Source: RFC 4493 (AES-128), NIST SP 800-38B.
 * 1. K1 = dbl(AES(K, 0)), K2 = dbl(K1).  2. CBC over all blocks but the last.
 * 3. The last block is XORed with K1 when whole, else padded with 80 00.. and XORed with K2.
 *
 * The block cipher is noble's. The mode is ours because the product authenticates many short messages
 * under the same key: a prepared key (schedule and subkeys) makes a MAC of 3 blocks cost under 1 µs, where
 * a general function that takes the raw key spends most of its time on the key schedule.
 */
import { unsafe } from '@noble/ciphers/aes.js';
import { invariant } from '../errors/invariant.ts';

/** Bytes of an AES block. */
export const AES_BLOCK = 16;

/** An AES key made ready for many MACs: its schedule and both subkeys. */
export interface CmacKey {
  readonly schedule: Uint32Array;
  readonly k1: Uint32Array;
  readonly k2: Uint32Array;
}

/** Little-endian word of up to four bytes; what lies past `end` is the padding 80 00... */
function word(data: Readonly<Uint8Array>, offset: number, end: number): number {
  if (offset + 4 <= end) {
    return (
      (data[offset] ?? 0) |
      ((data[offset + 1] ?? 0) << 8) |
      ((data[offset + 2] ?? 0) << 16) |
      ((data[offset + 3] ?? 0) << 24)
    );
  }
  let value = 0;
  for (let index = 0; index < 4; index++) {
    const at = offset + index;
    if (at < end) value |= (data[at] ?? 0) << (8 * index);
    else if (at === end) value |= 0x80 << (8 * index);
  }
  return value;
}

/** Reverses the bytes of a word: the cipher's words are little-endian, doubling is big-endian. */
function swap(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** Doubling in GF(2^128): shift left one bit, XOR 87 when a bit fell out. RFC 4493, 2.3. */
function double(block: Uint32Array): Uint32Array {
  const b0 = swap(block[0] ?? 0);
  const b1 = swap(block[1] ?? 0);
  const b2 = swap(block[2] ?? 0);
  const b3 = swap(block[3] ?? 0);
  const doubled = new Uint32Array(4);
  doubled[0] = swap((b0 << 1) | (b1 >>> 31));
  doubled[1] = swap((b1 << 1) | (b2 >>> 31));
  doubled[2] = swap((b2 << 1) | (b3 >>> 31));
  doubled[3] = swap((b3 << 1) ^ (b0 >>> 31 === 0 ? 0 : 0x87));
  return doubled;
}

/** Prepares an AES key of 16, 24 or 32 bytes. */
export function prepareCmacKey(key: Uint8Array): CmacKey {
  invariant(
    key.length === 16 || key.length === 24 || key.length === 32,
    `"key" expected 16, 24 or 32 bytes, got ${key.length}`,
  );
  const schedule = unsafe.expandKeyLE(key);
  const { s0, s1, s2, s3 } = unsafe.encrypt(schedule, 0, 0, 0, 0);
  const k1 = double(Uint32Array.of(s0, s1, s2, s3));
  return { schedule, k1, k2: double(k1) };
}

/** The MAC of 16 bytes; the purse transmits its leftmost 8. */
export function cmac(key: CmacKey, data: Readonly<Uint8Array>): Uint8Array {
  const length = data.length;
  const isWhole = length > 0 && length % AES_BLOCK === 0;
  const lastOffset = length === 0 ? 0 : Math.floor((length - 1) / AES_BLOCK) * AES_BLOCK;
  return chain(key, data, lastOffset, isWhole ? key.k1 : key.k2);
}

/**
 * CBC from a zero IV over `data` up to the block at `lastOffset`, which is XORed with `subkey` before its
 * encryption; what is missing of the blocks is the padding 80 00...
 */
export function chain(
  key: CmacKey,
  data: Readonly<Uint8Array>,
  lastOffset: number,
  subkey: Uint32Array,
): Uint8Array {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let offset = 0; offset <= lastOffset; offset += AES_BLOCK) {
    s0 ^= word(data, offset, data.length);
    s1 ^= word(data, offset + 4, data.length);
    s2 ^= word(data, offset + 8, data.length);
    s3 ^= word(data, offset + 12, data.length);
    if (offset === lastOffset) {
      s0 ^= subkey[0] ?? 0;
      s1 ^= subkey[1] ?? 0;
      s2 ^= subkey[2] ?? 0;
      s3 ^= subkey[3] ?? 0;
    }
    ({ s0, s1, s2, s3 } = unsafe.encrypt(key.schedule, s0, s1, s2, s3));
  }
  const mac = new Uint8Array(AES_BLOCK);
  const state = [s0, s1, s2, s3];
  for (let index = 0; index < AES_BLOCK; index++) {
    mac[index] = ((state[index >> 2] ?? 0) >>> (8 * (index & 3))) & 0xff;
  }
  return mac;
}
