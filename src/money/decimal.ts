// SPDX-License-Identifier: MIT
/** Amounts as people write them. No floating point on the way: digits are moved as text. */
import { Fault } from '../errors/fault.ts';
import { amount, type Amount, type SignedAmount } from './amount.ts';
import { CURRENCIES, type CurrencyCode } from './currencies.table.ts';

/** @throws USAGE when the code is not in the table of currencies. */
export function currencyCode(text: string): CurrencyCode {
  if (!Object.hasOwn(CURRENCIES, text)) {
    const known = Object.keys(CURRENCIES).join(', ');
    throw new Fault('USAGE', `"currency" expected one of ${known}, got "${text}"`);
  }
  return text as CurrencyCode;
}

/**
 * `12.5` in INR is 1250. Trailing zeros beyond the currency's minor digits are accepted (`12.000`).
 * @throws USAGE on anything that is not a plain, unsigned decimal of that currency below 2^53.
 */
export function parseAmount(text: string, currency: CurrencyCode, name = 'amount'): Amount {
  const { minorDigits } = CURRENCIES[currency];
  const match = /^(\d{1,16})(?:\.(\d{1,9}))?$/.exec(text.trim());
  const fraction = match?.[2] ?? '';
  const excess = fraction.slice(minorDigits);
  const minor = Number(
    (match?.[1] ?? '') + fraction.slice(0, minorDigits).padEnd(minorDigits, '0'),
  );
  if (match === null || /[1-9]/.test(excess) || !Number.isSafeInteger(minor)) {
    const example = minorDigits === 0 ? '12' : `12.${'50'.padEnd(minorDigits, '0')}`;
    throw new Fault('USAGE', `"${name}" expected ${currency} such as ${example}, got "${text}"`);
  }
  return amount(minor);
}

/** 1250 in INR is `12.50`; negative values carry a leading minus sign. */
export function formatAmount(value: SignedAmount, currency: CurrencyCode): string {
  const { minorDigits } = CURRENCIES[currency];
  const digits = Math.abs(value)
    .toString()
    .padStart(minorDigits + 1, '0');
  const sign = value < 0 ? '-' : '';
  if (minorDigits === 0) return sign + digits;
  return `${sign}${digits.slice(0, -minorDigits)}.${digits.slice(-minorDigits)}`;
}
