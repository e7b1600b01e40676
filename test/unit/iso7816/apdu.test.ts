// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import {
  apduCase,
  decodeCommand,
  decodeResponse,
  encodeCommand,
  encodeResponse,
  formatSw,
  type CommandApdu,
} from '../../../src/iso7816/apdu.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';

const HEADER = { cla: 0x80, ins: 0xca, p1: 0x01, p2: 0x02 };
const command = (size: number, ne: number, isExtended = false): CommandApdu => ({
  ...HEADER,
  data: new Uint8Array(size).fill(0xdd),
  ne,
  ...(isExtended ? { isExtended } : {}),
});
const filled = (size: number): string => 'DD'.repeat(size);

describe('a command APDU', () => {
  // Data size, Ne, extended, case, bytes after the header. ISO/IEC 7816-4, 5.2, table 1.
  it.each([
    [0, 0, false, '1', ''],
    [0, 1, false, '2S', '01'],
    [0, 255, false, '2S', 'FF'],
    [0, 256, false, '2S', '00'],
    [0, 257, false, '2E', '000101'],
    [0, 1, true, '2E', '000001'],
    [0, 256, true, '2E', '000100'],
    [0, 65_535, false, '2E', '00FFFF'],
    [0, 65_536, false, '2E', '000000'],
    [1, 0, false, '3S', `01${filled(1)}`],
    [255, 0, false, '3S', `FF${filled(255)}`],
    [1, 0, true, '3E', `000001${filled(1)}`],
    [256, 0, false, '3E', `000100${filled(256)}`],
    [65_535, 0, false, '3E', `00FFFF${filled(65_535)}`],
    [1, 1, false, '4S', `01${filled(1)}01`],
    [255, 256, false, '4S', `FF${filled(255)}00`],
    [1, 256, true, '4E', `000001${filled(1)}0100`],
    [1, 257, false, '4E', `000001${filled(1)}0101`],
    [256, 1, false, '4E', `000100${filled(256)}0001`],
    [65_535, 65_536, false, '4E', `00FFFF${filled(65_535)}0000`],
  ] as const)('with %i bytes, Ne %i, extended %s is case %s', (...row) => {
    const [size, ne, isExtended, kind, tail] = row;
    const original = command(size, ne, isExtended);
    expect(apduCase(original)).toBe(kind);
    const encoded = encodeCommand(original);
    expect(toHex(encoded)).toBe(`80CA0102${tail}`);
    const decoded = decodeCommand(encoded);
    expect(apduCase(decoded)).toBe(kind);
    expect(decoded).toMatchObject({ ...HEADER, ne });
    expect(toHex(decoded.data)).toBe(filled(size));
    expect(decoded.isExtended ?? false).toBe(kind.endsWith('E'));
  });

  it.each([
    ['', 'command', 0],
    ['80CA01', 'command', 3],
    ['80CA0102 02DD', 'command.lc', 4],
    ['80CA0102 01DD0000', 'command.lc', 4],
    ['80CA0102 05DDDD', 'command.lc', 4],
    ['80CA0102 0000', 'command.lc', 4],
    ['80CA0102 00000000', 'command.lc', 4],
    ['80CA0102 00000002DD', 'command.lc', 4],
    ['80CA0102 000001DD01', 'command.lc', 4],
    ['80CA0102 000001DD010203', 'command.lc', 4],
  ])('%s is refused', (hex, path, offset) => {
    expect(decodeErrorOf(() => decodeCommand(fromHex(hex)))).toEqual({ path, offset });
  });

  it.each([
    { ...command(0, 0), cla: 256 },
    { ...command(0, 0), ins: -1 },
    { ...command(0, 0), p1: 1.5 },
    { ...command(0, 0), p2: 300 },
    command(65_536, 0),
    command(0, 65_537),
    command(0, -1),
  ])('number %# out of range is not encoded', (wrong) => {
    expect(thrownBy(() => encodeCommand(wrong))).toBeInstanceOf(Defect);
  });

  it('keeps no reference to the bytes that it decoded', () => {
    const source = fromHex('80CA010202AABB');
    const { data } = decodeCommand(source);
    source.fill(0);
    expect(toHex(data)).toBe('AABB');
  });
});

describe('a response APDU', () => {
  it.each([
    ['9000', '', 0x9000],
    ['00000AC39000', '00000AC3', 0x9000],
    ['6A82', '', 0x6a82],
  ])('%s has data "%s"', (hex, data, sw) => {
    const response = decodeResponse(fromHex(hex));
    expect(toHex(response.data)).toBe(data);
    expect(response.sw).toBe(sw);
    expect(toHex(encodeResponse(response))).toBe(hex);
  });

  it.each(['', '90'])('"%s" is refused: nothing is known of what the card did', (hex) => {
    expect(decodeErrorOf(() => decodeResponse(fromHex(hex))).path).toBe('response');
  });

  it('shows its status word as four digits', () => {
    expect(formatSw(0x9000)).toBe('9000');
    expect(formatSw(0x0063)).toBe('0063');
  });
});
