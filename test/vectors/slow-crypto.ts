// SPDX-License-Identifier: MIT
/**
 * A second implementation of the purse's cryptography, slow and by the book: one block cipher call of
 * OpenSSL per block, everything else byte by byte. It shares no line with src/; it is the oracle that
 * the AES vectors are computed with and that the product is compared to.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';

/** One block under AES of 16, 24 or 32 bytes of key. */
export function slowAesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${8 * key.length}-cbc`, key, new Uint8Array(16));
  return Uint8Array.from(cipher.setAutoPadding(false).update(block));
}

function xorInto(target: Uint8Array, source: Uint8Array): Uint8Array {
  return target.map((byte, index) => byte ^ source[index]!);
}

/** RFC 4493, 2.3: the block as one number of 128 bits, doubled. */
function double(block: Uint8Array): Uint8Array {
  let number = 0n;
  for (const byte of block) number = number * 256n + BigInt(byte);
  number *= 2n;
  if (number >= 1n << 128n) number = (number - (1n << 128n)) ^ 0x87n;
  const doubled = new Uint8Array(16);
  for (let index = 15; index >= 0; index--) {
    doubled[index] = Number(number % 256n);
    number /= 256n;
  }
  return doubled;
}

/** RFC 4493, 2.4. */
export function slowCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const k1 = double(slowAesBlock(key, new Uint8Array(16)));
  const k2 = double(k1);
  const blockCount = Math.max(1, Math.ceil(message.length / 16));
  let state: Uint8Array = new Uint8Array(16);
  for (let number = 1; number <= blockCount; number++) {
    const part = message.slice(16 * (number - 1), 16 * number);
    let block: Uint8Array = new Uint8Array(16);
    block.set(part);
    if (number === blockCount) {
      if (part.length < 16) block[part.length] = 0x80;
      block = xorInto(block, part.length === 16 ? k1 : k2);
    }
    state = slowAesBlock(key, xorInto(state, block));
  }
  return state;
}

/** AN10922, 2.2: CMAC-like over 01 ‖ M, always two blocks. */
export function slowDiversify(master: Uint8Array, m: Uint8Array): Uint8Array {
  const k1 = double(slowAesBlock(master, new Uint8Array(16)));
  const input = new Uint8Array(32);
  input[0] = 0x01;
  input.set(m, 1);
  if (m.length < 31) input[1 + m.length] = 0x80;
  const first = slowAesBlock(master, input.slice(0, 16));
  const subkey = m.length < 31 ? double(k1) : k1;
  return slowAesBlock(master, xorInto(xorInto(first, input.slice(16)), subkey));
}

/** One block under single DES: triple DES with three equal keys. */
function desBlock(key: Uint8Array, block: Uint8Array, isDecryption = false): Uint8Array {
  const whole = Uint8Array.of(...key, ...key, ...key);
  const create = isDecryption ? createDecipheriv : createCipheriv;
  return Uint8Array.from(create('des-ede3', whole, null).setAutoPadding(false).update(block));
}

/** E(K1, D(K2, E(K1, block))) in three calls of single DES. */
export function slowTdesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const left = key.slice(0, 8);
  return desBlock(left, desBlock(key.slice(8), desBlock(left, block), true));
}

/** ISO/IEC 9797-1, padding method 2, algorithm 1 (8 bytes of key) or 3 (16 bytes). */
export function slowDesMac(key: Uint8Array, message: Uint8Array, iv?: Uint8Array): Uint8Array {
  const padded = [...message, 0x80];
  while (padded.length % 8 !== 0) padded.push(0x00);
  let state: Uint8Array = iv?.slice() ?? new Uint8Array(8);
  for (let offset = 0; offset < padded.length; offset += 8) {
    const block = Uint8Array.from(padded.slice(offset, offset + 8));
    state = desBlock(key.slice(0, 8), xorInto(state, block));
  }
  if (key.length === 8) return state;
  return desBlock(key.slice(0, 8), desBlock(key.slice(8), state, true));
}
