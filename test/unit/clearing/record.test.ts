// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { crc32 } from '../../../src/bytes/crc32.ts';
import {
  encodeRecord,
  hasGoodChecksum,
  PLACE_MAX,
  RECORD,
  RECORD_SIZE,
} from '../../../src/clearing/record.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';
import { recordFields, type RecordFields } from './build.ts';

describe('CRC-32', () => {
  it.each([
    ['', 0x00000000],
    ['a', 0xe8b7be43],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of "%s" is known', (text, checksum) => {
    const bytes = new TextEncoder().encode(text);
    expect(crc32(bytes, 0, bytes.length)).toBe(checksum);
  });

  it('covers the given range alone', () => {
    const bytes = new TextEncoder().encode('xx123456789yy');
    expect(crc32(bytes, 2, 11)).toBe(0xcbf43926);
  });
});

describe('a clearing record', () => {
  const HEX =
    '01 88 01 06 00 00000000008600000123 042D 000001F4 00000FF5 00000E01 001122334455 00000007' +
    '20260203 081530 0102030405060708 00000001 00000003' +
    '43454E3E414952000000000000000000000000000000';

  it('has 88 bytes', () => {
    expect(RECORD_SIZE).toBe(88);
    expect(RECORD.placements.find(({ name }) => name === 'place')?.size).toBe(PLACE_MAX);
  });

  it('is its fields in their order and the checksum over them', () => {
    const encoded = encodeRecord(recordFields());
    const covered = fromHex(HEX);
    expect(toHex(encoded.slice(0, -4))).toBe(toHex(covered));
    expect(RECORD.decode(encoded)).toEqual({
      ...recordFields(),
      checksum: crc32(covered, 0, covered.length),
    });
  });

  it('has a good checksum until any bit of it flips', () => {
    const encoded = encodeRecord(recordFields());
    const padded = new Uint8Array(RECORD_SIZE + 3);
    padded.set(encoded, 3);
    expect(hasGoodChecksum(encoded, 0)).toBe(true);
    expect(hasGoodChecksum(padded, 3)).toBe(true);
    expect(hasGoodChecksum(padded, 2)).toBe(false);
    for (let bit = 0; bit < 8 * RECORD_SIZE; bit++) {
      const damaged = encoded.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(hasGoodChecksum(damaged, 0), `bit ${bit}`).toBe(false);
    }
  });

  it.each([
    ['kind', '00'],
    ['kind', '04'],
    ['algorithmId', '04'],
    ['transactionType', '03'],
    ['date', '20260229'],
    ['date', '2026020A'],
    ['time', '246060'],
    ['place', '41004100000000000000000000000000000000000000'],
    ['place', '0A000000000000000000000000000000000000000000'],
  ])('is refused with %s %s', (field, hex) => {
    const encoded = encodeRecord(recordFields());
    encoded.set(fromHex(hex), RECORD.offsetOf(field));
    expect(decodeErrorOf(() => RECORD.decode(encoded)).path).toBe(`record.${field}`);
  });

  it.each([
    [{ place: 'x'.repeat(PLACE_MAX + 1) }],
    [{ place: 'Zürich' }],
    [{ date: '20260229' }],
    [{ counterBefore: 65_536 }],
    [{ tac: fromHex('01020304') }],
    [{ terminalSequence: 2 ** 32 }],
  ] satisfies [Partial<RecordFields>][])('is not written with %j', (changes) => {
    expect(thrownBy(() => encodeRecord(recordFields(changes)))).toBeInstanceOf(Defect);
  });

  it('is refused short or long', () => {
    const encoded = encodeRecord(recordFields());
    expect(decodeErrorOf(() => RECORD.decode(encoded.slice(1)))).toEqual({
      path: 'record',
      offset: RECORD_SIZE - 1,
    });
    expect(decodeErrorOf(() => RECORD.decode(fromHex(`${toHex(encoded)}00`)))).toEqual({
      path: 'record',
      offset: RECORD_SIZE,
    });
  });
});
