// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { signedAmount } from '../../../src/money/amount.ts';
import { currencyCode, formatAmount, parseAmount } from '../../../src/money/decimal.ts';
import { faultOf } from '../errors/thrown.ts';

describe('an amount as people write it', () => {
  it.each([
    ['0', 'INR', 0],
    ['12', 'INR', 1200],
    ['12.5', 'INR', 1250],
    ['12.50', 'INR', 1250],
    ['12.500', 'INR', 1250],
    [' 12.50 ', 'INR', 1250],
    ['0.07', 'USD', 7],
    ['007', 'USD', 700],
    ['500', 'JPY', 500],
    ['500.0', 'JPY', 500],
    ['1.5', 'KWD', 1500],
    ['0.001', 'KWD', 1],
    ['90071992547409.91', 'INR', Number.MAX_SAFE_INTEGER],
    ['9007199254740991', 'JPY', Number.MAX_SAFE_INTEGER],
  ] as const)('%j in %s is %i', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  it.each([
    ['', 'INR'],
    ['.5', 'INR'],
    ['5.', 'INR'],
    ['-5', 'INR'],
    ['+5', 'INR'],
    ['1,000', 'INR'],
    ['1 000', 'INR'],
    ['1e3', 'INR'],
    ['0x10', 'INR'],
    ['12.505', 'INR'],
    ['12.5', 'JPY'],
    ['1.0001', 'KWD'],
    ['١٢', 'INR'],
    ['90071992547409.92', 'INR'],
    ['9007199254740993', 'JPY'],
    ['12345678901234567', 'JPY'],
  ] as const)('%j is refused in %s', (text, currency) => {
    expect(faultOf(() => parseAmount(text, currency)).code).toBe('USAGE');
  });

  it('is refused with the name of the argument and an example', () => {
    expect(() => parseAmount('x', 'INR', 'fare')).toThrow(
      '"fare" expected INR such as 12.50, got "x"',
    );
    expect(() => parseAmount('x', 'JPY')).toThrow('expected JPY such as 12, got');
    expect(() => parseAmount('x', 'KWD')).toThrow('expected KWD such as 12.500, got');
  });
});

describe('an amount for people', () => {
  it.each([
    [0, 'INR', '0.00'],
    [7, 'INR', '0.07'],
    [1250, 'INR', '12.50'],
    [-7, 'INR', '-0.07'],
    [-1250, 'INR', '-12.50'],
    [500, 'JPY', '500'],
    [-500, 'JPY', '-500'],
    [1, 'KWD', '0.001'],
    [1500, 'KWD', '1.500'],
    [Number.MAX_SAFE_INTEGER, 'INR', '90071992547409.91'],
  ] as const)('%i in %s is %s', (minor, currency, text) => {
    expect(formatAmount(signedAmount(minor), currency)).toBe(text);
  });
});

describe('a currency code', () => {
  it('is one of the table', () => {
    expect(currencyCode('INR')).toBe('INR');
  });

  it.each(['inr', 'XXX', '', 'toString', '__proto__'])('is not "%s"', (text) => {
    expect(faultOf(() => currencyCode(text)).code).toBe('USAGE');
  });
});
