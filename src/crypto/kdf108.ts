// SPDX-License-Identifier: MIT
/**
 * Key derivation in counter mode with CMAC. Source: NIST SP 800-108r1, 4.1, counter before fixed data:
 * K(i) = CMAC(KI, [i]_r ‖ fixed), the output is K(1) ‖ K(2) ‖ … cut to L bits.
 */
import { concat } from '../bytes/concat.ts';
import { uintBytes } from '../bytes/integer.ts';
import { AES_BLOCK, cmac, type CmacKey } from './aes-cmac.ts';

/** `length` bytes; `counterSize` is r in bytes (1 or 4). `fixed` is Label ‖ 00 ‖ Context ‖ L. */
export function deriveCounterMode(
  key: CmacKey,
  fixed: Readonly<Uint8Array>,
  options: { readonly counterSize: 1 | 4; readonly length: number },
): Uint8Array {
  const output = new Uint8Array(options.length);
  for (let offset = 0, i = 1; offset < options.length; offset += AES_BLOCK, i++) {
    const block = cmac(key, concat(uintBytes(i, options.counterSize), fixed));
    output.set(block.subarray(0, Math.min(AES_BLOCK, options.length - offset)), offset);
  }
  return output;
}
