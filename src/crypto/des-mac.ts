// SPDX-License-Identifier: MIT
/**
 * The two DES MACs of the purse. Source: ISO/IEC 9797-1, MAC algorithms 1 and 3, padding method 2.
 * Both return the whole last block; the protocol transmits its leftmost 4 bytes.
 */
import {
  DES_BLOCK,
  desCbcLastBlock,
  desEcbDecrypt,
  desEcbEncrypt,
  type DesKeyInput,
} from './des.ts';
import { padMethod2 } from './padding.ts';

/** Algorithm 1 with an 8-byte key: CBC over the padded data, last block. */
export function desMac(key: DesKeyInput, data: Readonly<Uint8Array>, iv?: Uint8Array): Uint8Array {
  return desCbcLastBlock(key, padMethod2(data, DES_BLOCK), iv);
}

/**
 * Algorithm 3 (retail MAC) with a 16-byte key K1‖K2:
 * 1. CBC under K1 over all padded blocks; 2. decrypt the last block under K2; 3. encrypt it under K1.
 */
export function retailMac(
  key: Readonly<Uint8Array>,
  data: Readonly<Uint8Array>,
  iv?: Uint8Array,
): Uint8Array {
  const left = key.subarray(0, 8);
  return desEcbEncrypt(left, desEcbDecrypt(key.subarray(8), desMac(left, data, iv)));
}
