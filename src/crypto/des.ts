// SPDX-License-Identifier: MIT
/**
 * DES and two-key triple DES on whole blocks. Source: NIST SP 800-67r2 (TDEA), SP 800-38A (ECB, CBC).
 */
import { concat } from '../bytes/concat.ts';
import { invariant } from '../errors/invariant.ts';
import { desBlock, desSchedule, type DesSchedule } from './des-block.ts';

/** Bytes of a DES block. */
export const DES_BLOCK = 8;

/** A key made ready: one schedule for DES, those of both halves for triple DES. */
export type DesKey = readonly [DesSchedule] | readonly [DesSchedule, DesSchedule];

/** Prepares a key of 8 (DES) or 16 bytes (two-key triple DES). */
export function prepareDesKey(key: Readonly<Uint8Array>): DesKey {
  invariant(
    key.length === 8 || key.length === 16,
    `"key" expected 8 or 16 bytes, got ${key.length}`,
  );
  const left = desSchedule(key.subarray(0, 8));
  return key.length === 8 ? [left] : [left, desSchedule(key.subarray(8))];
}

/** A key as its bytes, or made ready for many blocks. */
export type DesKeyInput = DesKey | Readonly<Uint8Array>;

function ready(key: DesKeyInput): DesKey {
  return 'BYTES_PER_ELEMENT' in key ? prepareDesKey(key) : key;
}

function checkBlocks(data: Readonly<Uint8Array>): void {
  invariant(
    data.length % DES_BLOCK === 0,
    `"data" expected whole blocks of 8, got ${data.length} bytes`,
  );
}

function word(bytes: Readonly<Uint8Array>, offset: number): number {
  return (
    ((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)
  );
}

function putWords(target: Uint8Array, offset: number, words: Int32Array): void {
  for (let index = 0; index < DES_BLOCK; index++) {
    target[offset + index] = (words[index >> 2] ?? 0) >>> (24 - 8 * (index & 3));
  }
}

/** E (DES), or E∘D∘E (triple DES); `step` -1 is the inverse. */
function cipher([left, right]: DesKey, words: Int32Array, step: -1 | 1): void {
  desBlock(left, words, step);
  if (right === undefined) return;
  desBlock(right, words, step === 1 ? -1 : 1);
  desBlock(left, words, step);
}

function ecb(key: DesKey, data: Readonly<Uint8Array>, step: -1 | 1): Uint8Array {
  checkBlocks(data);
  const output = new Uint8Array(data.length);
  const words = new Int32Array(2);
  for (let offset = 0; offset < data.length; offset += DES_BLOCK) {
    words[0] = word(data, offset);
    words[1] = word(data, offset + 4);
    cipher(key, words, step);
    putWords(output, offset, words);
  }
  return output;
}

/** ECB encryption of whole blocks under a key of 8 (DES) or 16 bytes (triple DES). */
export function desEcbEncrypt(key: DesKeyInput, data: Readonly<Uint8Array>): Uint8Array {
  return ecb(ready(key), data, 1);
}

/** ECB decryption, the inverse of `desEcbEncrypt`. */
export function desEcbDecrypt(key: DesKeyInput, data: Readonly<Uint8Array>): Uint8Array {
  return ecb(ready(key), data, -1);
}

/** The last block of a CBC encryption of whole blocks: the core of every DES MAC. */
export function desCbcLastBlock(
  key: DesKeyInput,
  data: Readonly<Uint8Array>,
  iv?: Readonly<Uint8Array>,
): Uint8Array {
  checkBlocks(data);
  const prepared = ready(key);
  invariant(data.length > 0, '"data" expected at least one block, got none');
  const words = new Int32Array(2);
  if (iv !== undefined) {
    words[0] = word(iv, 0);
    words[1] = word(iv, 4);
  }
  for (let offset = 0; offset < data.length; offset += DES_BLOCK) {
    words[0] = (words[0] ?? 0) ^ word(data, offset);
    words[1] = (words[1] ?? 0) ^ word(data, offset + 4);
    cipher(prepared, words, 1);
  }
  const last = new Uint8Array(DES_BLOCK);
  putWords(last, 0, words);
  return last;
}

/** One bit-by-bit exclusive or of two blocks of equal length. */
export function xor(left: Readonly<Uint8Array>, right: Readonly<Uint8Array>): Uint8Array {
  invariant(
    left.length === right.length,
    `"right" expected ${left.length} bytes, got ${right.length}`,
  );
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}

/**
 * A 16-byte key for a card or an issuer out of a master key: E_MK(X) ‖ E_MK(¬X), X = 8 bytes of the
 * serial number (or of the issuer). Source: docs/protocol.md, Key diversification.
 */
export function diversifyTdes(master: DesKeyInput, x: Readonly<Uint8Array>): Uint8Array {
  invariant(x.length === 8, `"x" expected 8 bytes, got ${x.length}`);
  const complement = x.map((byte) => byte ^ 0xff);
  return desEcbEncrypt(master, concat(x, complement));
}
