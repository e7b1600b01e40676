// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import { csvLine } from '../../../cli/print/csv.ts';

it.each([
  [['SHOP', '2', '20.00', '-7.50', '-'], 'SHOP,2,20.00,-7.50,-'],
  [['a,b', 'say "a"', 'two\nlines'], '"a,b","say ""a""","two\nlines"'],
  [['=1+1', '@SUM(A1)', '+3', '-2+3'], `'=1+1,'@SUM(A1),'+3,'-2+3`],
  [['=A,1'], `"'=A,1"`],
])('a line of CSV of %j is %j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
