// SPDX-License-Identifier: MIT
/**
 * What a command says: lines for people, or with `--json` one object for programs. Both come from the
 * same result, so that neither can say what the other does not know.
 */
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import type { SignedAmount } from '../../src/money/amount.ts';

/** A result as data, and the lines that tell it. */
export interface Said {
  readonly data: object;
  readonly lines: readonly string[];
}

export interface Printer {
  readonly isJson: boolean;
  /** A line as it happens; nothing with `--json`. */
  tell(line?: string): void;
  /** The result. */
  say(said: Said): void;
  /** One of many results as they come: with `--json` an object on a line of its own. */
  event(said: Said): void;
}

export function createPrinter(isJson: boolean, out: NodeJS.WritableStream): Printer {
  const write = (lines: readonly string[]): void => {
    for (const line of lines) out.write(`${line}\n`);
  };
  return {
    isJson,
    tell(line = '') {
      if (!isJson) out.write(`${line}\n`);
    },
    say({ data, lines }) {
      write(isJson ? [JSON.stringify(data, null, 2)] : lines);
    },
    event({ data, lines }) {
      write(isJson ? [JSON.stringify(data)] : lines);
    },
  };
}

/** `INR 12.50`. */
export function money(value: SignedAmount, currency: CurrencyCode): string {
  return `${currency} ${formatAmount(value, currency)}`;
}

/** `1 record`, `2 records`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Columns, padded to their widest cell; numbers (cells that end in a digit) to the right. */
export function table(
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return alignRight.includes(index) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
