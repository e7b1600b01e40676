// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { paymentOrder, type PaymentOrder } from '../../../../host/files/pain-001.ts';
import type { Payout } from '../../../../host/settlement/model.ts';
import { amount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';

const at = instant(1_770_000_000_000);

const payout = (
  merchant: string,
  minor: number,
  changed: Partial<Payout['account']> = {},
): Payout => ({
  id: `7-${merchant}`,
  window: 7,
  merchant,
  amount: amount(minor),
  state: 'instructed',
  endToEndId: `7-${merchant}`,
  account: { number: '00123456', holder: `${merchant} Ltd`, bic: '', ...changed },
  createdAt: at,
  bankReference: null,
});

const order = (payouts: readonly Payout[]): PaymentOrder => ({
  window: 7,
  businessDate: '2026-02-02',
  createdAt: at,
  currency: 'INR',
  debtor: { number: 'DE89370400440532013000', holder: 'Operator', bic: 'COBADEFFXXX' },
  payouts,
});

/** Elements in the order in which they begin. */
const elements = (xml: string): readonly string[] =>
  [...xml.matchAll(/<([A-Za-z0-9]+)/g)].map(([, name = '']) => name);

/** CustomerCreditTransferInitiationV09: the elements that are used, in the order of its schema. */
const HEADER = 'Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm';
const BLOCK =
  'PmtInf PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum ReqdExctnDt Dt Dbtr Nm DbtrAcct Id IBAN DbtrAgt FinInstnId BICFI ChrgBr';
const TRANSFER =
  'CdtTrfTxInf PmtId InstrId EndToEndId Amt InstdAmt CdtrAgt FinInstnId Othr Id Cdtr Nm CdtrAcct Id Othr Id RmtInf Ustrd';

describe('a payment order', () => {
  it('has the elements of pain.001.001.09 in the order of its schema', () => {
    const xml = paymentOrder(order([payout('A', 150), payout('B', 5)]));
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain\.001\.001\.09">/,
    );
    expect(elements(xml)).toEqual([HEADER, BLOCK, TRANSFER, TRANSFER].join(' ').split(' '));
  });

  it('gives count and sum twice, and the time of the close', () => {
    const xml = paymentOrder(order([payout('A', 150), payout('B', 5)]));
    expect(xml.match(/<NbOfTxs>2<\/NbOfTxs>\s*<CtrlSum>1\.55<\/CtrlSum>/g)).toHaveLength(2);
    expect(xml).toContain('<MsgId>OPENPURSE-00000007</MsgId>');
    expect(xml).toContain('<CreDtTm>2026-02-02T02:40:00Z</CreDtTm>');
    expect(xml).toContain('<InstdAmt Ccy="INR">0.05</InstdAmt>');
    expect(xml).toContain('<EndToEndId>7-B</EndToEndId>');
  });

  it('writes an IBAN and a BIC where there is one', () => {
    const xml = paymentOrder(
      order([payout('A', 1, { number: 'GB33BUKB20201555555555', bic: 'BUKBGB22' })]),
    );
    expect(xml).toContain('<IBAN>GB33BUKB20201555555555</IBAN>');
    expect(xml).toContain('<BICFI>BUKBGB22</BICFI>');
  });

  it('escapes what XML would take for its own', () => {
    const xml = paymentOrder(order([payout('A', 1, { holder: 'Böhm & <Söhne> "茶"' })]));
    expect(xml).toContain('<Nm>Böhm &amp; &lt;Söhne&gt; &quot;茶&quot;</Nm>');
  });

  it.each([
    ['a name of 141 characters', 'x'.repeat(141)],
    ['no name', ''],
    ['a control character', 'a\u0001b'],
  ])('refuses %s and names the payout', (_what, holder) => {
    expect(() => paymentOrder(order([payout('A', 1, { holder })]))).toThrow(
      /"payouts\.7-A\.account\.holder" expected 1 to 140 printable characters, got/,
    );
  });
});
