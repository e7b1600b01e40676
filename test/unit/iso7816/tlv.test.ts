// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { DecodeError } from '../../../src/errors/fault.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import {
  decodeTlv,
  encodeTlv,
  findTlv,
  isConstructed,
  tlvValue,
  type Tlv,
} from '../../../src/iso7816/tlv.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';

const filled = (size: number): Uint8Array => new Uint8Array(size).fill(0xdd);

describe('a data object', () => {
  // Tag, size of the value, tag and length bytes. ISO/IEC 7816-4, 6.3.
  it.each([
    [0x84, 0, '8400'],
    [0x84, 1, '8401'],
    [0x84, 127, '847F'],
    [0x84, 128, '848180'],
    [0x84, 255, '8481FF'],
    [0x84, 256, '84820100'],
    [0x84, 65_535, '8482FFFF'],
    [0x84, 65_536, '8483010000'],
    [0x5f1f, 2, '5F1F02'],
    [0x9f08, 1, '9F0801'],
    [0x9f7f, 2, '9F7F02'],
    [0x9f8101, 2, '9F810102'],
    [0xdfff7f, 2, 'DFFF7F02'],
  ])('of tag %i with %i bytes begins %s', (tag, size, prefix) => {
    const encoded = encodeTlv({ tag, value: filled(size) });
    expect(toHex(encoded)).toBe(prefix + 'DD'.repeat(size));
    expect(decodeTlv(encoded)).toEqual([{ tag, value: filled(size) }]);
  });

  it('is constructed when bit 6 of its first tag byte says so', () => {
    expect([0x6f, 0xa5, 0x7f21, 0xbf8101].map(isConstructed)).toEqual([true, true, true, true]);
    expect([0x84, 0x50, 0x5f20, 0x9f8120].map(isConstructed)).toEqual([false, false, false, false]);
  });

  it('nests', () => {
    const fci: Tlv = {
      tag: 0x6f,
      children: [
        { tag: 0x84, value: fromHex('A000000632010105') },
        { tag: 0xa5, children: [{ tag: 0x9f08, value: fromHex('02') }] },
      ],
    };
    const hex = '6F108408A000000632010105A5049F080102';
    expect(toHex(encodeTlv(fci))).toBe(hex);
    expect(decodeTlv(fromHex(hex))).toEqual([fci]);
  });

  it('stands beside others', () => {
    expect(decodeTlv(fromHex('840101850102'))).toEqual([
      { tag: 0x84, value: fromHex('01') },
      { tag: 0x85, value: fromHex('02') },
    ]);
    expect(decodeTlv(new Uint8Array(0))).toEqual([]);
  });

  it('is not encoded under a tag of the other kind', () => {
    expect(thrownBy(() => encodeTlv({ tag: 0xa5, value: filled(1) }))).toBeInstanceOf(Defect);
    expect(thrownBy(() => encodeTlv({ tag: 0x84, children: [] }))).toBeInstanceOf(Defect);
  });
});

describe('a decoder refuses', () => {
  it.each([
    ['a length above 127 in one byte too many', '84820001DD', 'tlv', 1],
    ['81 for a length under 128', `84817F${'DD'.repeat(127)}`, 'tlv', 1],
    ['82 for a length under 256', `848200FF${'DD'.repeat(255)}`, 'tlv', 1],
    ['83 for a length under 65,536', `848300FFFF${'DD'.repeat(4)}`, 'tlv', 1],
    ['a length of four bytes after 84', '848400010000', 'tlv', 1],
    ['the indefinite length', '6F800000', 'tlv', 1],
    ['a leading zero septet', '9F800100', 'tlv', 0],
    ['a tag of four bytes', '9F81818100', 'tlv', 0],
    ['a filler 00', '00840101', 'tlv', 0],
    ['a filler FF', '840101FF', 'tlv', 3],
    ['a tag without a length', '84', 'tlv', 1],
    ['a long tag that is cut', '9F81', 'tlv', 0],
    ['a long length that is cut', '848201', 'tlv', 1],
    ['a long length whose bytes are missing', '8481', 'tlv', 1],
    ['a value that is cut', '8402DD', 'tlv.84', 2],
    ['a child that is cut', '6F048403DDDD', 'tlv.6F.84', 4],
    ['left-over bytes inside a template', '6F04840101DD', 'tlv.6F', 6],
    ['a grandchild that is cut', '6F06A5049F0802DD', 'tlv.6F.A5.9F08', 7],
  ])('%s', (_, hex, path, offset) => {
    expect(decodeErrorOf(() => decodeTlv(fromHex(hex)))).toEqual({ path, offset });
  });

  it('a nesting deeper than eight', () => {
    const nested = (levels: number): Tlv =>
      levels === 1
        ? { tag: 0x84, value: filled(1) }
        : { tag: 0xa5, children: [nested(levels - 1)] };
    expect(decodeTlv(encodeTlv(nested(8)))).toEqual([nested(8)]);
    const error = thrownBy(() => decodeTlv(encodeTlv(nested(9))));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ path: `tlv${'.A5'.repeat(8)}`, offset: 16 });
  });

  it('a cut length with a message that counts no negative bytes', () => {
    expect(() => decodeTlv(fromHex('848201'))).toThrow(/definite length/);
  });
});

describe('finding a data object', () => {
  it('follows a path of tags through repeated templates', () => {
    const two = decodeTlv(fromHex('6F03840101 6F09A507840102 9F080103'));
    expect(tlvValue(two, 0x6f, 0xa5, 0x9f08)).toEqual(fromHex('03'));
    expect(tlvValue(two, 0x6f, 0x84)).toEqual(fromHex('01'));
    expect(findTlv(two, 0x6f, 0xa5, 0x85)).toBeUndefined();
  });

  it('gives no value of a template and finds nothing without a path', () => {
    const one = decodeTlv(fromHex('6F03840101'));
    expect(tlvValue(one, 0x6f)).toBeUndefined();
    expect(findTlv(one)).toBeUndefined();
    expect(findTlv(one, 0x6f)).toEqual(one[0]);
  });
});
