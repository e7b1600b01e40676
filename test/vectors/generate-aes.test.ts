// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateAesVectors } from './generate-aes.ts';
import { slowAesBlock, slowCmac, slowDesMac, slowDiversify, slowTdesBlock } from './slow-crypto.ts';
import { readSection, readVectors } from './vector.ts';

describe('the vectors of the AES suite', () => {
  it.each([...generateAesVectors()])('in %s are what their generator computes', (file, text) => {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toBe(text);
  });
});

describe('the oracle', () => {
  it('agrees with FIPS 197, RFC 4493 and AN10922', () => {
    for (const vector of readVectors('aes')) {
      const block = slowAesBlock(vector.bytes('key'), vector.bytes('plain'));
      const known = vector.bytes('cipher');
      expect(block.slice(0, known.length), vector.name).toEqual(known);
    }
    for (const vector of readVectors('rfc4493')) {
      const mac = slowCmac(vector.bytes('key'), vector.bytes('message'));
      expect(mac, vector.name).toEqual(vector.bytes('mac'));
    }
    for (const vector of readVectors('an10922')) {
      const derived = slowDiversify(vector.bytes('key'), vector.bytes('m'));
      expect(derived, vector.name).toEqual(vector.bytes('derived'));
    }
  });

  it('agrees with the worked examples of triple DES and the DES MACs', () => {
    for (const vector of readSection('des', 'mac')) {
      const iv = vector.has('iv') ? vector.bytes('iv') : undefined;
      const mac = slowDesMac(vector.bytes('key'), vector.bytes('message'), iv);
      expect(mac, vector.name).toEqual(vector.bytes('mac'));
    }
    for (const vector of readSection('des', 'ecb')) {
      if (vector.text('key').length !== 32) continue;
      const block = slowTdesBlock(vector.bytes('key'), vector.bytes('plain').slice(0, 8));
      expect(block, vector.name).toEqual(vector.bytes('cipher').slice(0, 8));
    }
  });
});
