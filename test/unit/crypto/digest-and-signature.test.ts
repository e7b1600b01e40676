// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../../../src/crypto/ed25519.ts';
import { Sha256, sha256 } from '../../../src/crypto/sha256.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { readVectors } from '../../vectors/vector.ts';
import { thrownBy } from '../errors/thrown.ts';

const utf8 = new TextEncoder();

describe('SHA-256', () => {
  // FIPS 180-2, appendix B.
  it.each([
    ['', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'],
    ['abc', 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1',
    ],
  ])('of "%s" is known', (text, digest) => {
    const bytes = utf8.encode(text);
    expect(toHex(sha256(bytes))).toBe(digest);
    expect(toHex(sha256(bytes.slice(0, 2), bytes.slice(2)))).toBe(digest);
    expect(toHex(new Sha256().update(bytes.slice(0, 1)).update(bytes.slice(1)).digest())).toBe(
      digest,
    );
  });
});

describe('Ed25519', () => {
  it.each(readVectors('ed25519').map((vector) => ({ vector, name: vector.name })))(
    'agrees with $name',
    ({ vector }) => {
      const [seed, message] = [vector.bytes('seed'), vector.bytes('message')];
      const publicKey = ed25519PublicKey(seed);
      expect(toHex(publicKey)).toBe(vector.text('publicKey').toUpperCase());
      const signature = ed25519Sign(seed, message);
      expect(toHex(signature)).toBe(vector.text('signature').toUpperCase());
      expect(ed25519Verify(publicKey, message, signature)).toBe(true);
    },
  );

  const seed = fromHex('4CCD089B28FF96DA9DB6C346EC114E0F5B8A319F35ABA624DA8CF6ED4FB8A6FB');
  const message = utf8.encode('openpurse');
  const signature = ed25519Sign(seed, message);

  it('detects a bit flipped in any byte of the signature', () => {
    for (let index = 0; index < signature.length; index++) {
      const forged = signature.slice();
      forged[index]! ^= 0x01;
      expect(ed25519Verify(ed25519PublicKey(seed), message, forged), `byte ${index}`).toBe(false);
    }
  });

  it('detects another message and another key', () => {
    const other = ed25519PublicKey(new Uint8Array(32).fill(1));
    expect(ed25519Verify(other, message, signature)).toBe(false);
    expect(ed25519Verify(ed25519PublicKey(seed), utf8.encode('Openpurse'), signature)).toBe(false);
  });

  it.each([0, 31, 33])('says no to a public key of %i bytes', (size) => {
    expect(ed25519Verify(new Uint8Array(size), message, signature)).toBe(false);
  });

  it.each([0, 63, 65])('says no to a signature of %i bytes', (size) => {
    expect(ed25519Verify(ed25519PublicKey(seed), message, new Uint8Array(size))).toBe(false);
  });

  it('refuses a seed of another length', () => {
    expect(thrownBy(() => ed25519PublicKey(new Uint8Array(31)))).toBeInstanceOf(Defect);
    expect(thrownBy(() => ed25519Sign(new Uint8Array(33), message))).toBeInstanceOf(Defect);
  });
});
