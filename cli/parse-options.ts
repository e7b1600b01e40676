// SPDX-License-Identifier: MIT
import { InvalidArgumentError } from 'commander';
import type { SuiteName } from '../src/purse/suite.ts';

/** What `--suite` is called for people, and in the code. */
export const SUITE_NAMES: Readonly<Record<string, SuiteName>> = { aes: 'aes', '3des': 'tdes' };

/** A parser for options that are whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A parser for options that are lists of whole numbers, separated by commas. */
export function wholeNumbers(least: number, most: number): (text: string) => readonly number[] {
  const parse = wholeNumber(least, most);
  return (text) => text.split(',').map(parse);
}

/** A parser for a share from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 1) {
    throw new InvalidArgumentError('expected a share from 0 to 1.');
  }
  return value;
}

/** A parser for rates in whole basis points: `3%`, `2.5%`, or `300`. */
export function basisPoints(text: string): number {
  const percent = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(text);
  const points = percent === null ? Number(text) : Number(percent[1]) * 100;
  const value = points + Number((percent?.[2] ?? '').padEnd(2, '0'));
  if ((percent === null && !/^\d+$/.test(text)) || value > 10_000) {
    throw new InvalidArgumentError('expected basis points such as 300, or per cent such as 3%.');
  }
  return value;
}
