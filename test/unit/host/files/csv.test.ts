// SPDX-License-Identifier: MIT
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvText, guarded, type CsvRow } from '../../../../host/files/csv.ts';
import { CSV_FILES, type CsvFile } from '../../../../host/files/csv-files.table.ts';
import { signedAmount } from '../../../../src/money/amount.ts';

const textOf = (
  rows: Iterable<CsvRow<'summary'>>,
  currency: 'BHD' | 'INR' | 'JPY' = 'INR',
): string => [...csvText('summary', rows, currency)].join('');

describe('a CSV file', () => {
  it('has a header, numbered rows, CRLF after every line and an end mark with the count', () => {
    const rows = [
      { entry: 'opening', merchant: 'SHOP', window: 1, amount: signedAmount(5) },
      { entry: 'fee', merchant: 'SHOP', window: 1, amount: signedAmount(-1234) },
    ];
    expect(textOf(rows)).toBe(
      'entry,line,merchant,window,date,type,count,amount,currency,note\r\n' +
        'opening,1,SHOP,1,,,,0.05,,\r\n' +
        'fee,2,SHOP,1,,,,-12.34,,\r\n' +
        '<END>,2,,,,,,,,\r\n',
    );
  });

  it('sums the columns of its totals', () => {
    const rows = [1, 20, -300].map((net) => ({ entry: 'credit', net: signedAmount(net) }));
    const last = [...csvText('detail', rows, 'INR')].join('').split('\r\n').at(-2);
    expect(last).toBe('<END>,3,,,,,,,,,,0.00,0.00,-2.79,,');
  });

  it.each([
    ['JPY', '-5'],
    ['INR', '-0.05'],
    ['BHD', '-0.005'],
  ] as const)('writes amounts in %s as plain decimals', (currency, text) => {
    expect(textOf([{ amount: signedAmount(-5) }], currency)).toContain(`,${text},`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x'])(
    'puts an apostrophe before %j, which a spreadsheet would run',
    (formula) => {
      const [, row] = parse(textOf([{ note: formula }]), { relax_column_count: false });
      expect(row?.at(-1)).toBe(`'${formula}`);
    },
  );

  it.each(['SHOP', 'a=b', '1-SHOP', "'x", '', ' =1'])('leaves %j as it is', (text) => {
    expect(guarded(text)).toBe(text);
  });

  it('quotes separators, quotes and line ends, so that they come back', () => {
    const note = 'he said "1,5",\r\nthen left';
    const [, row] = parse(textOf([{ note }]));
    expect(row?.at(-1)).toBe(note);
  });

  it('comes in pieces that do not grow with the rows', () => {
    function* many(): Generator<CsvRow<'summary'>> {
      for (let index = 0; index < 5000; index++) yield { entry: 'gross', count: index };
    }
    const pieces = [...csvText('summary', many(), 'INR')];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(20_000);
    expect(pieces.join('').split('\r\n')).toHaveLength(5003);
  });
});

describe.each(Object.entries<CsvFile>(CSV_FILES))('the file %s', (_name, { columns, totals }) => {
  it('sums amounts alone, and has room for mark and count before them', () => {
    const names = Object.keys(columns);
    for (const total of totals ?? []) {
      expect(columns[total]?.kind).toBe('amount');
      expect(names.indexOf(total)).toBeGreaterThan(1);
    }
  });
});
