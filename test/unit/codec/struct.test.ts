// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { bcd, bytes, constant, reserved, uint16, uint8 } from '../../../src/codec/field.ts';
import { layOutBytes } from '../../../src/codec/lay-out-bytes.ts';
import { struct } from '../../../src/codec/struct.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';

const TICKET = struct('ticket', {
  _magic: constant(fromHex('4F50')),
  number: uint16,
  date: bcd(2),
  _rfu: reserved(1),
  tail: bytes(2),
});
const VALUE = { number: 0x0102, date: '0229', tail: fromHex('AABB') };
const HEX = '4F500102022900AABB';

describe('a layout', () => {
  it('knows its size and where its fields lie', () => {
    expect(TICKET.size).toBe(9);
    expect(TICKET.placements.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['_magic', 0, 2],
      ['number', 2, 2],
      ['date', 4, 2],
      ['_rfu', 6, 1],
      ['tail', 7, 2],
    ]);
    expect(TICKET.offsetOf('tail')).toBe(7);
    expect(thrownBy(() => TICKET.offsetOf('tale'))).toBeInstanceOf(Defect);
  });

  it('encodes its fields in their order', () => {
    expect(toHex(TICKET.encode(VALUE))).toBe(HEX);
  });

  it('encodes into a longer array and touches nothing beside it', () => {
    const target = new Uint8Array(11).fill(0xee);
    TICKET.encodeInto(target, 1, VALUE);
    expect(toHex(target)).toBe(`EE${HEX}EE`);
  });

  it('decodes to a frozen value without constant and reserved fields', () => {
    const value = TICKET.decode(fromHex(HEX));
    expect(value).toEqual(VALUE);
    expect(Object.keys(value)).toEqual(['number', 'date', 'tail']);
    expect(Object.isFrozen(value)).toBe(true);
  });

  it('decodes from an offset of a longer array', () => {
    expect(TICKET.decodeAt(fromHex(`EEEE${HEX}EE`), 2)).toEqual(VALUE);
  });

  it('keeps no reference to the bytes that it decoded', () => {
    const source = fromHex(HEX);
    const { tail } = TICKET.decode(source);
    source.fill(0);
    expect(toHex(tail)).toBe('AABB');
  });
});

describe('a layout refuses', () => {
  it.each([
    ['left-over bytes', `${HEX}00`, 'ticket', 9],
    ['too few bytes', HEX.slice(0, -2), 'ticket', 8],
    ['nothing at all', '', 'ticket', 0],
    ['another constant', HEX.replace('4F50', '4F51'), 'ticket._magic', 0],
    ['reserved bytes that are not zero', HEX.replace('2900', '2901'), 'ticket._rfu', 6],
    ['a nibble above nine, at its byte', HEX.replace('0229', '022A'), 'ticket.date', 5],
  ])('%s', (_, hex, path, offset) => {
    expect(decodeErrorOf(() => TICKET.decode(fromHex(hex)))).toEqual({ path, offset });
  });

  it('with the path that the caller gives and the offset in the longer array', () => {
    const source = fromHex(`EEEE${HEX.replace('0229', 'F229')}`);
    expect(decodeErrorOf(() => TICKET.decodeAt(source, 2, 'batch.tickets[7]'))).toEqual({
      path: 'batch.tickets[7].date',
      offset: 6,
    });
    expect(decodeErrorOf(() => TICKET.decodeAt(source, 3, 'batch'))).toEqual({
      path: 'batch',
      offset: 11,
    });
  });

  it('a value that does not fit its field, by the name of the field', () => {
    expect(() => TICKET.encode({ ...VALUE, number: 65_536 })).toThrow(/"ticket.number"/);
    expect(() => TICKET.encode({ ...VALUE, date: '02' })).toThrow(/"ticket.date"/);
  });
});

describe('laying fields over bytes', () => {
  const short = struct('short', { first: uint8, second: uint16 });

  it('names every field', () => {
    expect(layOutBytes(short, fromHex('010203'))).toEqual([
      { name: 'first', hex: '01' },
      { name: 'second', hex: '0203' },
    ]);
  });

  it('shows what is there of a truncated unit', () => {
    expect(layOutBytes(short, fromHex('0102'))).toEqual([
      { name: 'first', hex: '01' },
      { name: 'second', hex: '02' },
    ]);
    expect(layOutBytes(short, fromHex('01'))).toEqual([{ name: 'first', hex: '01' }]);
  });

  it('shows left-over bytes as such', () => {
    expect(layOutBytes(short, fromHex('0102039000')).at(-1)).toEqual({
      name: '(left over)',
      hex: '9000',
    });
  });
});
