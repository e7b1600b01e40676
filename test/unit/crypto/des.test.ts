// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { desMac, retailMac } from '../../../src/crypto/des-mac.ts';
import {
  desCbcLastBlock,
  desEcbDecrypt,
  desEcbEncrypt,
  diversifyTdes,
  xor,
} from '../../../src/crypto/des.ts';
import { padMethod2 } from '../../../src/crypto/padding.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { slowDesMac, slowTdesBlock } from '../../vectors/slow-crypto.ts';
import { readSection } from '../../vectors/vector.ts';
import { thrownBy } from '../errors/thrown.ts';

const vectors = (
  section: string,
): { vector: ReturnType<typeof readSection>[number]; name: string }[] =>
  readSection('des', section).map((vector) => ({ vector, name: vector.name }));

function patterned(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (seed + index * 59 + index ** 2) & 0xff);
}

describe('DES and triple DES', () => {
  it.each(vectors('ecb'))('agree with $name', ({ vector }) => {
    const key = vector.bytes('key');
    const cipher = desEcbEncrypt(key, vector.bytes('plain'));
    expect(toHex(cipher)).toBe(vector.text('cipher'));
    expect(desEcbDecrypt(key, cipher)).toEqual(vector.bytes('plain'));
  });

  it.each(vectors('cbc'))('in CBC mode agree with $name', ({ vector }) => {
    const last = desCbcLastBlock(vector.bytes('key'), vector.bytes('plain'), vector.bytes('iv'));
    expect(toHex(last)).toBe(vector.text('cipher').slice(-16));
  });

  it('with two keys are three calls of single DES', () => {
    const [key, block] = [patterned(16, 3), patterned(8, 4)];
    expect(desEcbEncrypt(key, block)).toEqual(slowTdesBlock(key, block));
  });

  it.each([0, 7, 9, 24])('refuse a key of %i bytes', (size) => {
    const key = new Uint8Array(size);
    expect(thrownBy(() => desEcbEncrypt(key, new Uint8Array(8)))).toBeInstanceOf(Defect);
  });

  it('refuse data that are no whole blocks', () => {
    const key = patterned(16, 1);
    expect(thrownBy(() => desEcbEncrypt(key, new Uint8Array(9)))).toBeInstanceOf(Defect);
    expect(thrownBy(() => desEcbDecrypt(key, new Uint8Array(7)))).toBeInstanceOf(Defect);
    expect(thrownBy(() => desCbcLastBlock(key, new Uint8Array(0)))).toBeInstanceOf(Defect);
  });
});

describe('the DES MACs', () => {
  it.each(vectors('mac'))('agree with $name', ({ vector }) => {
    const mac = vector.number('algorithm') === 3 ? retailMac : desMac;
    const iv = vector.has('iv') ? vector.bytes('iv') : undefined;
    expect(toHex(mac(vector.bytes('key'), vector.bytes('message'), iv))).toBe(vector.text('mac'));
  });

  it('agree with the oracle at every length of three blocks', () => {
    for (let length = 0; length <= 24; length++) {
      const [message, iv] = [patterned(length, length), patterned(8, length + 1)];
      const [short, long] = [patterned(8, 5), patterned(16, 6)];
      expect(toHex(desMac(short, message, iv))).toBe(toHex(slowDesMac(short, message, iv)));
      expect(toHex(retailMac(long, message, iv))).toBe(toHex(slowDesMac(long, message, iv)));
    }
  });
});

describe('padding method 2', () => {
  it.each([
    ['', 8, '8000000000000000'],
    ['11', 8, '1180000000000000'],
    ['11223344556677', 8, '1122334455667780'],
    ['1122334455667788', 8, '11223344556677888000000000000000'],
    ['1122', 4, '11228000'],
  ])('of "%s" to blocks of %i is %s', (hex, blockSize, padded) => {
    expect(toHex(padMethod2(fromHex(hex), blockSize))).toBe(padded);
  });
});

describe('key diversification', () => {
  it.each(vectors('diversification'))('agrees with the value $name', ({ vector }) => {
    const derived = diversifyTdes(vector.bytes('key'), vector.bytes('x'));
    expect(toHex(derived)).toBe(vector.text('derived'));
  });

  it.each([0, 7, 10])('refuses an X of %i bytes', (size) => {
    const x = new Uint8Array(size);
    expect(thrownBy(() => diversifyTdes(patterned(16, 1), x))).toBeInstanceOf(Defect);
  });
});

describe('exclusive or', () => {
  it('folds the halves of the worked example into its TAC key', () => {
    const folded = xor(fromHex('1122334455667788'), fromHex('8877665544332211'));
    expect(toHex(folded)).toBe('9955551111555599');
  });

  it('refuses blocks of different length', () => {
    expect(thrownBy(() => xor(new Uint8Array(8), new Uint8Array(7)))).toBeInstanceOf(Defect);
  });
});
