// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { decodeErrorOf } from '../errors/thrown.ts';

describe('toHex', () => {
  it('writes two upper-case digits a byte', () => {
    expect(toHex(Uint8Array.of(0x00, 0x0f, 0xab, 0xff))).toBe('000FABFF');
  });

  it('writes nothing for nothing', () => {
    expect(toHex(new Uint8Array(0))).toBe('');
  });
});

describe('fromHex', () => {
  it('reads either case with white space between bytes', () => {
    expect(fromHex(' 80 5c\n0002 04')).toEqual(Uint8Array.of(0x80, 0x5c, 0x00, 0x02, 0x04));
  });

  it('refuses an odd number of digits', () => {
    expect(decodeErrorOf(() => fromHex('805', 'apdu'))).toEqual({ path: 'apdu', offset: 0 });
  });

  it('refuses a foreign character and says which byte it is in', () => {
    expect(decodeErrorOf(() => fromHex('80 5G', 'apdu'))).toEqual({ path: 'apdu', offset: 1 });
    expect(decodeErrorOf(() => fromHex('0x80'))).toEqual({ path: 'hex', offset: 0 });
  });
});
