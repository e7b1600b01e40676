// SPDX-License-Identifier: MIT
import { PassThrough } from 'node:stream';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { share, wholeNumber } from '../../../cli/parse-options.ts';
import { counted, createPrinter, money, table } from '../../../cli/print/printer.ts';
import { amount, negate } from '../../../src/money/amount.ts';

function printed(isJson: boolean): string {
  const stream = new PassThrough();
  const printer = createPrinter(isJson, stream);
  printer.tell('on the way');
  printer.say({ data: { total: 1 }, lines: ['total 1'] });
  return String(stream.read());
}

describe('the printer', () => {
  it('prints lines for people as they happen', () => {
    expect(printed(false)).toBe('on the way\ntotal 1\n');
  });

  it('prints one object and nothing else for programs', () => {
    expect(JSON.parse(printed(true))).toEqual({ total: 1 });
  });
});

describe('columns', () => {
  it('are as wide as their widest cell, figures to the right, no spaces at the end', () => {
    expect(
      table(
        [
          ['name', 'amount'],
          ['a', '5'],
          ['bcdefg', ''],
        ],
        [1],
      ),
    ).toEqual(['name    amount', 'a            5', 'bcdefg']);
  });
});

describe('money', () => {
  it.each([
    ['INR 12.50', amount(1250), 'INR'],
    ['INR -0.05', negate(amount(5)), 'INR'],
    ['JPY 230', amount(230), 'JPY'],
    ['KWD 0.250', amount(250), 'KWD'],
  ] as const)('is written %s', (text, value, currency) => {
    expect(money(value, currency)).toBe(text);
  });
});

describe('counts', () => {
  it.each([
    [0, '0 records'],
    [1, '1 record'],
    [2, '2 records'],
  ])('%i is said with its noun', (count, text) => {
    expect(counted(count, 'record')).toBe(text);
  });
});

describe('numbers on the command line', () => {
  it.each(['1', '10'])('takes %s from 1 to 10', (text) => {
    expect(wholeNumber(1, 10)(text)).toBe(Number(text));
  });

  it.each(['0', '11', '-1', '1.5', '1e1', '', ' 1', '0x1', 'NaN', '9'.repeat(400)])(
    'refuses "%s" as a whole number from 1 to 10',
    (text) => {
      expect(() => wholeNumber(1, 10)(text)).toThrow(InvalidArgumentError);
    },
  );

  it.each([
    ['0', 0],
    ['1', 1],
    ['.5', 0.5],
    ['0.005', 0.005],
  ])('takes %s as a share', (text, value) => {
    expect(share(text)).toBe(value);
  });

  it.each(['1.1', '-0.1', '', '1.', '5%', 'Infinity', '1e-3'])(
    'refuses "%s" as a share',
    (text) => {
      expect(() => share(text)).toThrow(InvalidArgumentError);
    },
  );
});
