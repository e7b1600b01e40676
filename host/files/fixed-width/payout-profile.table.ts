// SPDX-License-Identifier: MIT
/**
 * The sample profile: payouts of a window for a bank that takes fixed-width files in GBK. It is openpurse's
 * own, in the shape of such formats; it is that of no bank or scheme. Source: docs/files.md.
 */
import { fixedLayout } from './layout.ts';

export const PAYOUT_PROFILE = fixedLayout({
  name: 'payouts',
  encoding: 'gbk',
  lineEnd: '\r\n',
  detailMax: 100_000,
  header: [
    {
      name: 'lineType',
      start: 1,
      length: 1,
      kind: { type: 'constant', value: 'H' },
      meaning: 'kind of line',
    },
    {
      name: 'format',
      start: 2,
      length: 8,
      kind: { type: 'constant', value: 'OPPAY001' },
      meaning: 'format and version',
    },
    {
      name: 'window',
      start: 10,
      length: 8,
      kind: { type: 'number' },
      meaning: 'settlement window',
    },
    {
      name: 'businessDate',
      start: 18,
      length: 8,
      kind: { type: 'digits' },
      meaning: 'YYYYMMDD',
    },
    {
      name: 'currency',
      start: 26,
      length: 3,
      kind: { type: 'text' },
      meaning: 'ISO 4217 code',
    },
    {
      name: 'payer',
      start: 29,
      length: 60,
      kind: { type: 'text' },
      meaning: 'who pays',
    },
    {
      name: 'payerAccount',
      start: 89,
      length: 34,
      kind: { type: 'text' },
      meaning: 'account that is debited',
    },
  ],
  detail: [
    {
      name: 'lineType',
      start: 1,
      length: 1,
      kind: { type: 'constant', value: 'D' },
      meaning: 'kind of line',
    },
    {
      name: 'line',
      start: 2,
      length: 8,
      kind: { type: 'number' },
      meaning: '1, 2, 3, …',
    },
    {
      name: 'endToEndId',
      start: 10,
      length: 35,
      kind: { type: 'text' },
      meaning: 'comes back in the statement',
    },
    {
      name: 'account',
      start: 45,
      length: 34,
      kind: { type: 'text' },
      meaning: 'account that is credited',
    },
    {
      name: 'holder',
      start: 79,
      length: 60,
      kind: { type: 'text' },
      meaning: 'its holder',
    },
    {
      name: 'bic',
      start: 139,
      length: 11,
      kind: { type: 'text' },
      meaning: 'BIC of its bank, or nothing',
    },
    {
      name: 'amount',
      start: 150,
      length: 15,
      kind: { type: 'amount' },
      meaning: 'minor units of the currency, no decimal point',
    },
  ],
  trailer: [
    {
      name: 'lineType',
      start: 1,
      length: 1,
      kind: { type: 'constant', value: 'T' },
      meaning: 'kind of line',
    },
    {
      name: 'count',
      start: 2,
      length: 8,
      kind: { type: 'count' },
      meaning: 'detail lines',
    },
    {
      name: 'total',
      start: 10,
      length: 15,
      kind: { type: 'sum', of: 'amount' },
      meaning: 'Σ of the amounts',
    },
    {
      name: 'hashTotal',
      start: 25,
      length: 12,
      kind: { type: 'hashTotal', of: 'account' },
      meaning: 'Σ of the last nine digits of the accounts',
    },
  ],
});
