// SPDX-License-Identifier: MIT
/** AES on whole blocks. Sources: FIPS 197; NIST SP 800-38A (ECB, CBC). */
import { cbc, ecb } from '@noble/ciphers/aes.js';

const NO_PADDING = { disablePadding: true } as const;

/** ECB encryption of whole blocks of 16 bytes. */
export function aesEcbEncrypt(key: Uint8Array, data: Uint8Array): Uint8Array {
  return ecb(key, NO_PADDING).encrypt(data);
}

/** ECB decryption of whole blocks of 16 bytes. */
export function aesEcbDecrypt(key: Uint8Array, data: Uint8Array): Uint8Array {
  return ecb(key, NO_PADDING).decrypt(data);
}

/** CBC encryption of whole blocks of 16 bytes. */
export function aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, iv, NO_PADDING).encrypt(data);
}

/** CBC decryption, the inverse of `aesCbcEncrypt`. */
export function aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, iv, NO_PADDING).decrypt(data);
}
