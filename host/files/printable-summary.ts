// SPDX-License-Identifier: MIT
/**
 * The settlement summary of one merchant as a page to print: HTML that needs nothing but itself, and whose
 * bytes depend on the settlement alone (no date of printing, no generated id).
 */
import { addSigned, signedAmount, type SignedAmount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import type { BankAccount, MerchantSettlement } from '../settlement/model.ts';
import { escapeHtml, groupedAmount } from './html-text.ts';
import { summaryItems, type SummaryEntry, type SummaryItem } from './settlement-summary.ts';

export interface PrintableOf {
  readonly settlement: MerchantSettlement;
  readonly currency: CurrencyCode;
  /** Where the payout goes; null where there is none. */
  readonly account: BankAccount | null;
}

const ENTRY_WORDS: Readonly<Record<SummaryEntry, string>> = {
  opening: 'Owed to you before this window',
  gross: 'Transactions',
  fee: 'Fee',
  adjustments: 'Adjustments',
  reserveReleased: 'Released from your reserve',
  reserveHeld: 'Held back for your reserve',
  clawback: 'Kept for what you owed',
  payout: 'Paid out to your bank account',
  closing: 'Owed to you after this window',
};

const TYPE_WORDS: Readonly<Record<string, string>> = {
  pursePurchase: 'Purchases',
  compositePurchase: 'Trips and composite purchases',
};

function words({ amount, entry, type }: SummaryItem): string {
  if (entry === 'clawback' && amount > 0) return 'Carried over to what you owe';
  if (type === null) return ENTRY_WORDS[entry];
  const name = typeName(type);
  const plain = TYPE_WORDS[name] ?? name;
  return entry === 'fee' ? `Fee on ${plain.toLowerCase()}` : plain;
}

function row(item: SummaryItem, currency: CurrencyCode): string {
  const count = item.count === null ? '' : item.count.toLocaleString('en-US');
  const isTotal = item.entry === 'opening' || item.entry === 'closing';
  // Why money waits is said in a box of its own.
  const note = item.entry === 'closing' ? '' : item.note;
  const name = escapeHtml(words(item));
  const small = note === '' ? '' : `<small>${escapeHtml(note)}</small>`;
  return `      <tr${isTotal ? ' class="total"' : ''}><th scope="row">${name}${small}</th><td>${count}</td><td class="amount">${groupedAmount(item.amount, currency)}</td></tr>`;
}

const total = (items: readonly SummaryItem[], entry: SummaryEntry): SignedAmount =>
  items
    .filter((item) => item.entry === entry)
    .reduce((sum, item) => addSigned(sum, item.amount), signedAmount(0));

const STYLE = `
  @page { size: A4; margin: 18mm 16mm; }
  * { box-sizing: border-box; }
  body { font: 10.5pt/1.45 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1d2530; max-width: 178mm; margin: 10mm auto; padding: 0 6mm; }
  header { display: flex; justify-content: space-between; align-items: flex-end; border-bottom: 2px solid #17324d; padding-bottom: 4mm; }
  h1 { font-size: 19pt; line-height: 1.15; margin: 0; color: #17324d; }
  h1 small { font-size: 12pt; font-weight: 600; color: #1d2530; margin-top: 1.5mm; }
  header p { margin: 0; text-align: right; color: #51606f; }
  dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4mm; margin: 7mm 0; }
  dl div { background: #f1f5f9; border-radius: 2mm; padding: 3mm 4mm; }
  dl .main { background: #17324d; color: #fff; }
  dt { font-size: 8.5pt; color: #51606f; }
  dl .main dt { color: #c9d6e2; }
  dd { margin: 0; font-size: 13.5pt; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
  table { width: 100%; border-collapse: collapse; }
  thead th { font-size: 8.5pt; font-weight: 600; color: #51606f; border-bottom: 1px solid #9fb0c0; }
  th, td { padding: 1.9mm 2mm; text-align: right; border-bottom: 1px solid #dde4ea; vertical-align: baseline; }
  th:first-child { text-align: left; font-weight: 400; }
  td { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .total th:first-child, .total td { font-weight: 600; background: #f6f8fa; }
  small { display: block; font-size: 8.5pt; color: #51606f; }
  .hold { border-left: 1.2mm solid #b3541e; background: #fdf4ee; padding: 3mm 4mm; margin: 6mm 0 0; }
  footer { margin-top: 8mm; font-size: 8.5pt; color: #51606f; }
  tr, dl div, .hold { break-inside: avoid; }
  @media print { body { margin: 0; padding: 0; max-width: none; } dl div, .total th, .total td, .hold { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
`;

function payee(account: BankAccount | null): string {
  if (account === null) return '';
  const bic = account.bic === '' ? '' : `, ${account.bic}`;
  return `  <p>Paid to ${escapeHtml(account.holder)}, account ${escapeHtml(account.number)}${escapeHtml(bic)}.</p>\n`;
}

/** The page. */
export function printableSummary({ account, currency, settlement }: PrintableOf): string {
  const items = summaryItems(settlement);
  const { businessDate, closing, holdReason, owed, payout, window } = settlement;
  const merchant = escapeHtml(settlement.merchant);
  const figure = (name: string, value: SignedAmount, isMain = false): string =>
    `    <div${isMain ? ' class="main"' : ''}><dt>${name}</dt><dd>${groupedAmount(value, currency)}</dd></div>`;
  const hold =
    holdReason === null
      ? ''
      : `  <p class="hold"><b>Not paid out</b> ${escapeHtml(holdReason)}.</p>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Settlement ${window} of ${merchant}</title>
<style>${STYLE}</style>
</head>
<body>
  <header>
    <h1>Settlement summary<small>${merchant}</small></h1>
    <p>Window ${window}<br>Business date ${businessDate}<br>All amounts in ${currency}</p>
  </header>
  <dl>
${[
  figure('Transactions', total(items, 'gross')),
  figure('Fees', total(items, 'fee')),
  figure('Paid out', payout, true),
  owed > 0 ? figure('You owe', owed) : figure('Owed to you now', closing),
].join('\n')}
  </dl>
  <table>
    <thead><tr><th scope="col">What</th><th scope="col">Count</th><th scope="col">${currency}</th></tr></thead>
    <tbody>
${items.map((item) => row(item, currency)).join('\n')}
    </tbody>
  </table>
${payee(payout > 0 ? account : null)}${hold}  <footer>Positive amounts are owed to you, negative ones are taken from it; all lines above the last one add up to it.
  The files detail.csv and summary.csv of this window list the same amounts for machines.
  Made by openpurse, a test system: not a tax document.</footer>
</body>
</html>
`;
}
