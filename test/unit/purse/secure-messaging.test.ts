// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { retailMac } from '../../../src/crypto/des-mac.ts';
import { decodeCommand } from '../../../src/iso7816/apdu.ts';
import { blockCommandHeader } from '../../../src/purse/block-command.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { readVectors, type Vector } from '../../vectors/vector.ts';

const VECTORS = [...readVectors('secure-messaging'), ...readVectors('secure-messaging.aes')].map(
  (vector) => ({ vector, name: vector.name, suite: vector.text('suite') }),
);
const suiteOf = (vector: Vector): (typeof SUITES)['aes'] =>
  SUITES[vector.text('suite') === 'aes' ? 'aes' : 'tdes'];

function macOf(vector: Vector, challenge = vector.bytes('challenge')): string {
  const input = vector.bytes('input');
  return toHex(suiteOf(vector).secureMessagingMac(vector.bytes('key'), challenge, input));
}

describe.each(VECTORS)('secure messaging, $suite $name', ({ vector }) => {
  it('has the known MAC', () => {
    expect(macOf(vector)).toBe(vector.text('mac'));
  });

  it('counts the MAC into Lc', () => {
    const whole = decodeCommand(fromHex(vector.text('input') + vector.text('mac')));
    expect(toHex(whole.data.slice(-suiteOf(vector).macSize))).toBe(vector.text('mac'));
  });

  it('is bound to the challenge', () => {
    const challenge = vector.bytes('challenge');
    challenge[3]! ^= 0x01;
    expect(macOf(vector, challenge)).not.toBe(vector.text('mac'));
  });
});

describe('the enciphered PIN of PIN UNBLOCK', () => {
  const vector = VECTORS.find(({ name }) => name === 'PIN UNBLOCK')!.vector;

  it('is length, PIN and padding under the unblock key', () => {
    const { tdes } = SUITES;
    const [key, plain, cipher] = ['key', 'plain', 'cipher'].map((name) => vector.bytes(name)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(tdes.encipher(key, plain)).toEqual(cipher);
    expect(tdes.decipher(key, cipher)).toEqual(plain);
  });
});

describe('the MAC of RELOAD PIN', () => {
  const vector = readVectors('reload-pin')[0]!;

  it('is over the new PIN alone under the folded key', () => {
    const key = SUITES.tdes.pinReloadKey(vector.bytes('key'));
    expect(toHex(key.mac(vector.bytes('newPin')))).toBe(vector.text('mac'));
    expect(toHex(key.mac(fromHex('123457')))).not.toBe(vector.text('mac'));
  });
});

describe('V6, the response MAC of READ CAPP', () => {
  it('is the retail MAC with a random initial vector', () => {
    const key = fromHex('D5F1FE4A7F8C20FDEC49150BA2E00EDF');
    const command = decodeCommand(fromHex('80B400B00A05701234567812345678'));
    const iv = command.data.slice(2);
    const mac = retailMac(key, fromHex('05700700000000000000'), iv);
    expect(toHex(mac.slice(0, 4))).toBe('1C895F11');
  });
});

describe('the header that a block command is authenticated by', () => {
  it.each([
    ['tdes', '841E000004'],
    ['aes', '841E000008'],
  ] as const)('has P2 00, temporarily, and counts the MAC of suite %s', (suite, header) => {
    expect(toHex(blockCommandHeader(SUITES[suite]))).toBe(header);
  });
});
