// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import {
  amount4,
  bcd,
  bytes,
  constant,
  date4,
  oneOf,
  reserved,
  text,
  time3,
  uint16,
  uint24,
  uint32,
  uint48,
  uint8,
  type Field,
} from '../../../src/codec/field.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { amount } from '../../../src/money/amount.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';

function written<T>(field: Field<T>, value: T): string {
  const target = new Uint8Array(field.size + 1);
  field.write(target, 1, value, 'at');
  return toHex(target.slice(1));
}

function read<T>(field: Field<T>, hex: string): T {
  return field.read(fromHex(`FF${hex}`), 1, 'at');
}

describe('an unsigned integer', () => {
  it.each([
    [uint8, 0xff, 'FF'],
    [uint16, 0x0102, '0102'],
    [uint24, 0x010203, '010203'],
    [uint32, 0xffffffff, 'FFFFFFFF'],
    [uint48, 2 ** 48 - 1, 'FFFFFFFFFFFF'],
  ])('number %# is written and read at its offset', (field, value, hex) => {
    expect(written(field, value)).toBe(hex);
    expect(read(field, hex)).toBe(value);
  });

  it.each([
    [uint8, 256],
    [uint16, 65_536],
    [uint24, 2 ** 24],
    [uint32, 2 ** 32],
    [uint48, 2 ** 48],
    [uint8, -1],
    [uint8, 0.5],
    [uint8, Number.NaN],
  ])('number %# is not written out of its range', (field, value) => {
    expect(thrownBy(() => written(field, value))).toBeInstanceOf(Defect);
  });
});

describe('an amount', () => {
  it('has four bytes', () => {
    expect(written(amount4, amount(500))).toBe('000001F4');
    expect(read(amount4, '00000E01')).toBe(3585);
  });

  it('is not written past four bytes', () => {
    expect(thrownBy(() => written(amount4, amount(2 ** 32)))).toBeInstanceOf(Defect);
  });
});

describe('bytes', () => {
  it('are copied out', () => {
    const source = fromHex('0102');
    const copy = bytes(2).read(source, 0, 'at');
    source[0] = 9;
    expect(toHex(copy)).toBe('0102');
  });

  it('are written in their exact length alone', () => {
    expect(written(bytes(2), fromHex('0102'))).toBe('0102');
    expect(thrownBy(() => written(bytes(2), fromHex('010203')))).toBeInstanceOf(Defect);
    expect(thrownBy(() => written(bytes(2), fromHex('01')))).toBeInstanceOf(Defect);
  });
});

describe('BCD digits', () => {
  it('are two in a byte', () => {
    expect(written(bcd(3), '012349')).toBe('012349');
    expect(read(bcd(3), '012349')).toBe('012349');
  });

  it.each([
    ['A00000', 1],
    ['000F00', 2],
    ['00000C', 3],
  ])('in %s are refused at byte %i', (hex, offset) => {
    expect(decodeErrorOf(() => read(bcd(3), hex))).toEqual({ path: 'at', offset });
  });

  it.each(['12345', '1234567', '12345A', '-12345'])('are not written from "%s"', (value) => {
    expect(thrownBy(() => written(bcd(3), value))).toBeInstanceOf(Defect);
  });
});

describe('a date', () => {
  it('is a day of the calendar', () => {
    expect(written(date4, '20240229')).toBe('20240229');
    expect(read(date4, '20240229')).toBe('20240229');
  });

  it.each(['20230229', '20241301', '20240100', '20240431', '00000000', '2024022A'])(
    'is not %s',
    (hex) => {
      expect(decodeErrorOf(() => read(date4, hex)).path).toBe('at');
      expect(thrownBy(() => written(date4, hex))).toBeInstanceOf(Defect);
    },
  );
});

describe('a time', () => {
  it('is a second of the day', () => {
    expect(read(time3, '235959')).toBe('235959');
    expect(written(time3, '000000')).toBe('000000');
  });

  it.each(['240000', '236000', '235960'])('is not %s', (hex) => {
    expect(decodeErrorOf(() => read(time3, hex))).toEqual({ path: 'at', offset: 1 });
    expect(thrownBy(() => written(time3, hex))).toBeInstanceOf(Defect);
  });
});

describe('text', () => {
  it('is padded with zeros on the right', () => {
    expect(written(text(4), 'A>B')).toBe('413E4200');
    expect(read(text(4), '413E4200')).toBe('A>B');
    expect(read(text(4), '00000000')).toBe('');
    expect(read(text(4), '41424344')).toBe('ABCD');
  });

  it('overwrites what stood there before', () => {
    const target = fromHex('FFFFFFFF');
    text(4).write(target, 0, 'A', 'at');
    expect(toHex(target)).toBe('41000000');
  });

  it.each([
    ['41004200', 3, 'after its padding'],
    ['1F000000', 1, 'a control character'],
    ['417F0000', 2, 'a delete'],
    ['C3A90000', 1, 'above ASCII'],
  ])('%s is refused at byte %i: %s', (hex, offset) => {
    expect(decodeErrorOf(() => read(text(4), hex))).toEqual({ path: 'at', offset });
  });

  it.each(['ABCDE', 'é', 'a\n'])('is not written from %j', (value) => {
    expect(thrownBy(() => written(text(4), value))).toBeInstanceOf(Defect);
  });
});

describe('one of several numbers', () => {
  const field = oneOf(uint8, [1, 2, 3]);

  it('is read and written', () => {
    expect(read(field, '03')).toBe(3);
    expect(written(field, 1)).toBe('01');
  });

  it('is no other number', () => {
    expect(decodeErrorOf(() => read(field, '04'))).toEqual({ path: 'at', offset: 1 });
    // A number from outside the type, as a careless cast would bring it.
    expect(thrownBy(() => written(field as Field<number>, 0))).toBeInstanceOf(Defect);
  });
});

describe('constant and reserved bytes', () => {
  it('are written as they are', () => {
    expect(written(constant(fromHex('4F50')), undefined)).toBe('4F50');
    expect(written(reserved(2), undefined)).toBe('0000');
    expect(() => read(reserved(2), '0000')).not.toThrow();
  });

  it('are refused when they differ', () => {
    const magic = constant(fromHex('4F50'));
    expect(decodeErrorOf(() => read(magic, '4F51'))).toEqual({ path: 'at', offset: 1 });
    expect(decodeErrorOf(() => read(reserved(2), '0001'))).toEqual({ path: 'at', offset: 1 });
  });
});
