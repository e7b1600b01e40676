// SPDX-License-Identifier: MIT
/** Currencies the product has been used with. Source: ISO 4217, table A.1 (code, number, minor unit). */
export const CURRENCIES = {
  CNY: { number: 156, minorDigits: 2 },
  EUR: { number: 978, minorDigits: 2 },
  GBP: { number: 826, minorDigits: 2 },
  INR: { number: 356, minorDigits: 2 },
  JPY: { number: 392, minorDigits: 0 },
  KRW: { number: 410, minorDigits: 0 },
  KWD: { number: 414, minorDigits: 3 },
  USD: { number: 840, minorDigits: 2 },
} as const satisfies Record<string, { number: number; minorDigits: 0 | 2 | 3 }>;

/** The ISO 4217 code of a currency of the table. */
export type CurrencyCode = keyof typeof CURRENCIES;
