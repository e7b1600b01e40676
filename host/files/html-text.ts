// SPDX-License-Identifier: MIT
/** Values as text in pages that people read: nothing here is parsed again. */
import type { SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML, in content or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** `-1,234.50` with a real minus sign. */
export function groupedAmount(value: SignedAmount, currency: CurrencyCode): string {
  const [whole = '', fraction] = formatAmount(value, currency).split('.');
  const grouped = whole.replace('-', '\u2212').replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
