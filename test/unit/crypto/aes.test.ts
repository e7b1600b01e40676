// SPDX-License-Identifier: MIT
import { cmac as nobleCmac } from '@noble/ciphers/aes.js';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { cmac, prepareCmacKey } from '../../../src/crypto/aes-cmac.ts';
import {
  aesCbcDecrypt,
  aesCbcEncrypt,
  aesEcbDecrypt,
  aesEcbEncrypt,
} from '../../../src/crypto/aes.ts';
import { diversifyAes128 } from '../../../src/crypto/an10922.ts';
import { deriveCounterMode } from '../../../src/crypto/kdf108.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { slowAesBlock, slowCmac, slowDiversify } from '../../vectors/slow-crypto.ts';
import { readVectors } from '../../vectors/vector.ts';
import { thrownBy } from '../errors/thrown.ts';

/** Bytes that look random and are the same in every run. */
function patterned(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (seed + index * 167 + index ** 2) & 0xff);
}

describe('AES', () => {
  it.each(readVectors('aes').map((vector) => ({ vector, name: vector.name })))(
    'agrees with $name',
    ({ vector }) => {
      const key = vector.bytes('key');
      const cipher = aesEcbEncrypt(key, vector.bytes('plain'));
      const known = vector.text('cipher');
      expect(toHex(cipher).slice(0, known.length)).toBe(known);
      expect(aesEcbDecrypt(key, cipher)).toEqual(vector.bytes('plain'));
    },
  );

  it('in CBC mode is ECB over blocks chained by exclusive or', () => {
    const [key, iv, plain] = [patterned(16, 1), patterned(16, 2), patterned(32, 3)];
    const mix = (left: Uint8Array, right: Uint8Array): Uint8Array =>
      left.map((byte, index) => byte ^ right[index]!);
    const first = slowAesBlock(key, mix(plain.slice(0, 16), iv));
    const second = slowAesBlock(key, mix(plain.slice(16), first));
    const cipher = aesCbcEncrypt(key, iv, plain);
    expect(toHex(cipher)).toBe(toHex(first) + toHex(second));
    expect(aesCbcDecrypt(key, iv, cipher)).toEqual(plain);
  });

  it('refuses data that are no whole blocks', () => {
    expect(() => aesEcbEncrypt(patterned(16, 1), patterned(15, 1))).toThrow();
    expect(() => aesCbcDecrypt(patterned(16, 1), patterned(16, 1), patterned(17, 1))).toThrow();
  });
});

describe('AES-CMAC', () => {
  it.each(readVectors('rfc4493').map((vector) => ({ vector, name: vector.name })))(
    'agrees with RFC 4493, $name',
    ({ vector }) => {
      const mac = cmac(prepareCmacKey(vector.bytes('key')), vector.bytes('message'));
      expect(toHex(mac)).toBe(vector.text('mac').toUpperCase());
    },
  );

  it.each([16, 24, 32])('with a key of %i bytes agrees with noble and the oracle', (size) => {
    const key = patterned(size, size);
    const prepared = prepareCmacKey(key);
    for (let length = 0; length <= 50; length++) {
      const message = patterned(length, length + 5);
      const mac = toHex(cmac(prepared, message));
      expect(mac, `length ${length}`).toBe(toHex(nobleCmac(message, key)));
      expect(mac, `length ${length}`).toBe(toHex(slowCmac(key, message)));
    }
  });

  it('reads a message inside a longer buffer', () => {
    const whole = patterned(40, 9);
    const key = prepareCmacKey(patterned(16, 1));
    expect(cmac(key, whole.subarray(3, 24))).toEqual(cmac(key, whole.slice(3, 24)));
  });

  it.each([0, 8, 15, 17, 31, 33])('refuses a key of %i bytes', (size) => {
    expect(thrownBy(() => prepareCmacKey(new Uint8Array(size)))).toBeInstanceOf(Defect);
  });
});

describe('AN10922 diversification', () => {
  it.each(readVectors('an10922').map((vector) => ({ vector, name: vector.name })))(
    'agrees with $name',
    ({ vector }) => {
      const derived = diversifyAes128(prepareCmacKey(vector.bytes('key')), vector.bytes('m'));
      expect(toHex(derived)).toBe(vector.text('derived'));
    },
  );

  it('agrees with the oracle at every length', () => {
    const key = patterned(16, 4);
    const prepared = prepareCmacKey(key);
    for (let length = 1; length <= 31; length++) {
      const m = patterned(length, length);
      expect(toHex(diversifyAes128(prepared, m)), `M of ${length}`).toBe(
        toHex(slowDiversify(key, m)),
      );
    }
  });

  it('is not plain CMAC over a short M', () => {
    const key = fromHex('00112233445566778899AABBCCDDEEFF');
    const plain = toHex(cmac(prepareCmacKey(key), fromHex('0100')));
    expect(plain.slice(0, 8)).toBe('6A2E557C');
    expect(toHex(diversifyAes128(prepareCmacKey(key), fromHex('00')))).not.toBe(plain);
  });

  it.each([0, 32])('refuses an M of %i bytes', (size) => {
    const key = prepareCmacKey(patterned(16, 1));
    expect(thrownBy(() => diversifyAes128(key, new Uint8Array(size)))).toBeInstanceOf(Defect);
  });
});

describe('SP 800-108 in counter mode', () => {
  it.each(readVectors('sp800-108').map((vector) => ({ vector, name: vector.name })))(
    'agrees with $name',
    ({ vector }) => {
      const known = vector.text('derived').toUpperCase();
      const derived = deriveCounterMode(
        prepareCmacKey(vector.bytes('key')),
        vector.bytes('fixed'),
        { counterSize: vector.number('counterSize') === 1 ? 1 : 4, length: known.length / 2 },
      );
      expect(toHex(derived)).toBe(known);
    },
  );

  it('cuts the last block', () => {
    const key = prepareCmacKey(patterned(16, 1));
    const derive = (length: number): string =>
      toHex(deriveCounterMode(key, patterned(9, 2), { counterSize: 1, length }));
    expect(derive(20)).toBe(derive(32).slice(0, 40));
    expect(derive(0)).toBe('');
  });
});
