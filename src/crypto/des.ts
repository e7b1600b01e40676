// SPDX-License-Identifier: MIT
/**
 * DES and two-key triple DES on whole blocks. Source: NIST SP 800-67r2 (TDEA), SP 800-38A (ECB, CBC).
 *
 * OpenSSL 3 keeps single DES in its legacy provider but has `des-ede3`; single DES is triple DES with
 * three equal keys (E∘D∘E under one key is E), so that one cipher serves both.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat } from '../bytes/concat.ts';
import { invariant } from '../errors/invariant.ts';

/** Bytes of a DES block. */
export const DES_BLOCK = 8;
const ZERO_IV = new Uint8Array(DES_BLOCK);

/** K of 8 bytes as K‖K‖K, K1‖K2 of 16 bytes as K1‖K2‖K1. */
function ede3Key(key: Readonly<Uint8Array>): Uint8Array {
  invariant(
    key.length === 8 || key.length === 16,
    `"key" expected 8 or 16 bytes, got ${key.length}`,
  );
  const whole = new Uint8Array(24);
  for (let index = 0; index < 24; index++) whole[index] = key[index % key.length] ?? 0;
  return whole;
}

function checkBlocks(data: Readonly<Uint8Array>): void {
  invariant(
    data.length % DES_BLOCK === 0,
    `"data" expected whole blocks of 8, got ${data.length} bytes`,
  );
}

/** ECB encryption of whole blocks under a key of 8 (DES) or 16 bytes (triple DES). */
export function desEcbEncrypt(key: Readonly<Uint8Array>, data: Uint8Array): Uint8Array {
  checkBlocks(data);
  return Uint8Array.from(
    createCipheriv('des-ede3', ede3Key(key), null).setAutoPadding(false).update(data),
  );
}

/** ECB decryption, the inverse of `desEcbEncrypt`. */
export function desEcbDecrypt(key: Readonly<Uint8Array>, data: Uint8Array): Uint8Array {
  checkBlocks(data);
  return Uint8Array.from(
    createDecipheriv('des-ede3', ede3Key(key), null).setAutoPadding(false).update(data),
  );
}

/** The last block of a CBC encryption of whole blocks: the core of every DES MAC. */
export function desCbcLastBlock(
  key: Readonly<Uint8Array>,
  data: Uint8Array,
  iv: Uint8Array = ZERO_IV,
): Uint8Array {
  checkBlocks(data);
  invariant(data.length > 0, '"data" expected at least one block, got none');
  const cipher = createCipheriv('des-ede3-cbc', ede3Key(key), iv).setAutoPadding(false);
  return Uint8Array.from(cipher.update(data).subarray(-DES_BLOCK));
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
export function diversifyTdes(master: Readonly<Uint8Array>, x: Readonly<Uint8Array>): Uint8Array {
  invariant(x.length === 8, `"x" expected 8 bytes, got ${x.length}`);
  return desEcbEncrypt(
    master,
    concat(
      x,
      x.map((byte) => byte ^ 0xff),
    ),
  );
}
