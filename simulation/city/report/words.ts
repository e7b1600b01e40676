// SPDX-License-Identifier: MIT
/**
 * Values of a result as text. No `Intl` but for the separators of whole numbers: the bytes of a report must
 * not depend on the ICU data of a machine.
 */
import type { SignedAmount } from '../../../src/money/amount.ts';
import { CURRENCIES, type CurrencyCode } from '../../../src/money/currencies.table.ts';

export const NONE = '\u2013';

/** `12,345` */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 day`, `2 days` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** 100% only where it is all of it and 0% only where it is nothing, whatever rounding would say. */
export function percent(share: number | null): string {
  if (share === null) return NONE;
  if (share === 0 || share === 1) return share === 0 ? '0%' : '100%';
  if (share < 0.001) return '<0.1%';
  return `${Math.min(99.9, share * 100).toFixed(1)}%`;
}

/** The share of a part in a whole that may be nothing. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? NONE : percent(part / whole);
}

/** `0.5`, `3`: at most one decimal. */
export function days(value: number | null): string {
  return value === null ? NONE : String(Math.round(value * 10) / 10);
}

/** Major units, for positions in a chart only: never for a number that is printed. */
export function drawnAmount(value: SignedAmount, currency: CurrencyCode): number {
  return value / 10 ** CURRENCIES[currency].minorDigits;
}

const SCALES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** `1.2M`: the round numbers at an axis. */
export function axisNumber(value: number): string {
  const [unit, suffix] = SCALES.find(([from]) => Math.abs(value) >= from) ?? [1, ''];
  return `${Number((value / unit).toPrecision(6))}${suffix}`.replace('-', '\u2212');
}

const TIME_UNITS = [
  [1e6, 's'],
  [1e3, 'ms'],
] as const;

/** `850 µs`, `1.02 ms`, `12.3 s` */
export function duration(microseconds: number): string {
  const [unit, name] = TIME_UNITS.find(([from]) => microseconds >= from) ?? [1, 'µs'];
  const value = microseconds / unit;
  return `${value >= 100 ? count(Math.round(value)) : Number(value.toPrecision(3))} ${name}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** 2026-03-02 is `2 Mar`; what is no date stays as it is. */
export function shortDate(date: string): string {
  const [, month = '', day = ''] = /^\d{4}-(\d{2})-(\d{2})$/.exec(date) ?? [];
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? date : `${Number(day)} ${name}`;
}

/** Reasons are names of outcomes: `insufficientBalance` is `insufficient balance`. */
export function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
