// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../src/clearing/limits.table.ts';
import { readBankFile } from '../../../../host/bank/read-file.ts';
import type { BankFile } from '../../../../host/bank/model.ts';
import {
  interbankStatus,
  notification,
  orderRejected,
  OURS,
  paymentReturn,
  paymentStatus,
  statement,
} from './bank-fixtures.ts';

const read = (bytes: Uint8Array): BankFile => readBankFile(bytes, 'INR');
const xml = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const changed = (bytes: Uint8Array, from: string, to: string): Uint8Array => {
  const text = Buffer.from(bytes).toString();
  expect(text).toContain(from);
  return xml(text.replace(from, to));
};

const day = statement({
  opening: 500,
  entries: [
    { amount: -40, endToEndId: '1-SHOP', reference: 'B1', remittance: 'SHOP &amp; more &#x8336;' },
    { amount: 100, endToEndId: 'NOTPROVIDED' },
    { amount: -7, status: 'PDNG' },
  ],
});

describe('a file of the bank', () => {
  it('has its booked movements, whatever the prefix of its elements', () => {
    expect(read(day)).toMatchObject({
      kind: 'camt.053',
      messageId: 'M-1',
      statements: [
        {
          id: 'S-1',
          account: OURS.number,
          sequence: 1,
          balances: { opening: 500, closing: 560 },
          lines: [
            {
              amount: -40,
              bookedOn: '2026-02-04',
              endToEndId: '1-SHOP',
              reference: 'B1',
              counterparty: 'Payee',
              remittance: 'SHOP & more 茶',
            },
            { amount: 100, endToEndId: '', reference: '', counterparty: 'Payer' },
          ],
        },
      ],
    });
  });

  it('has a line for each transaction of a batch entry, or one where amounts are missing', () => {
    const details = (one: string, two: string): string =>
      `<NtryDtls><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs>${one}</TxDtls><TxDtls><Refs><EndToEndId>B</EndToEndId></Refs>${two}</TxDtls></NtryDtls>`;
    const entry = (inner: string): Uint8Array =>
      changed(notification([{ amount: -30 }]), '<NtryDtls>', `${inner}<NtryDtls>`);
    const only = (inner: string): Uint8Array =>
      xml(
        Buffer.from(entry(inner))
          .toString()
          .replace(/<NtryDtls><TxDtls><Refs><\/Refs>[\s\S]*?<\/NtryDtls>/, ''),
      );
    const amount = (value: string): string =>
      `<AmtDtls><TxAmt><Amt Ccy="INR">${value}</Amt></TxAmt></AmtDtls>`;
    expect(read(only(details(amount('0.10'), amount('0.20')))).statements[0]?.lines).toMatchObject([
      { amount: -10, endToEndId: 'A' },
      { amount: -20, endToEndId: 'B' },
    ]);
    expect(read(only(details(amount('0.10'), ''))).statements[0]?.lines).toMatchObject([
      { amount: -30, endToEndId: '' },
    ]);
    expect(() => read(only(details(amount('0.10'), amount('0.21'))))).toThrow(
      /"Document\/BkToCstmrDbtCdtNtfctn\/Ntfctn\/Ntry\/NtryDtls" expected transactions that add up to -30, got -31/,
    );
  });

  it('reads the older form of status, account and day', () => {
    let file = notification([{ amount: 5 }]);
    file = changed(file, '<Sts><Cd>BOOK</Cd></Sts>', '<Sts>BOOK</Sts>');
    file = changed(file, `<IBAN>${OURS.number}</IBAN>`, '<Othr><Id>4711</Id></Othr>');
    file = changed(file, '<Dt>2026-02-04</Dt>', '<DtTm>2026-02-04T10:00:00+05:30</DtTm>');
    expect(read(file)).toMatchObject({
      kind: 'camt.054',
      statements: [{ account: '4711', balances: null, lines: [{ bookedOn: '2026-02-04' }] }],
    });
  });

  it('has what became of payments', () => {
    expect(read(paymentStatus('1-SHOP', 'RJCT')).statuses).toMatchObject([
      { kind: 'rejected', endToEndId: '1-SHOP', status: 'RJCT', reason: 'AC04 account closed' },
    ]);
    expect(read(paymentStatus('1-SHOP', 'ACSC')).statuses).toMatchObject([{ kind: 'underway' }]);
    expect(read(interbankStatus('1-SHOP', 'RJCT'))).toMatchObject({
      kind: 'pacs.002',
      statuses: [{ kind: 'rejected' }],
    });
    expect(read(paymentReturn('1-SHOP', 40))).toMatchObject({
      kind: 'pacs.004',
      statuses: [{ kind: 'returned', amount: 40, reason: 'AC04', reference: 'RTR-1' }],
    });
    expect(read(orderRejected('OPENPURSE-00000001')).rejectedOrders).toEqual([
      { messageId: 'OPENPURSE-00000001', status: 'RJCT', reason: 'FF01' },
    ]);
  });

  it.each([
    ['no XML', xml('hello'), /"file" expected well-formed XML/],
    ['no UTF-8', Uint8Array.of(0x3c, 0xff), /"file" expected text in UTF-8/],
    ['an element that does not end', xml('<Document><A></Document>'), /expected well-formed XML/],
    [
      'a document type',
      xml('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'),
      /"file" expected no document type/,
    ],
    [
      'an id that is too long',
      notification([{ amount: 1, endToEndId: 'x'.repeat(36) }]),
      /Ntry\/EndToEndId" expected at most 35 characters/,
    ],
    [
      'another message',
      xml('<Document><Foo/></Document>'),
      /"Document" expected one of BkToCstmrStmt/,
    ],
    [
      'a closing balance that its lines do not lead to',
      statement({ opening: 500, closing: 561, entries: [{ amount: 60 }] }),
      /Stmt\/Bal" expected a closing balance of 560, where opening balance and lines lead, got 561/,
    ],
    [
      'another currency',
      statement({ opening: 0, entries: [], currency: 'EUR' }),
      /Bal\[1\]\/Amt@Ccy" expected INR, got "EUR"/,
    ],
    [
      'a fraction of a minor unit',
      changed(day, '0.40', '0.405'),
      /Ntry\[1\]\/Amt" expected a decimal in INR, got "0\.405"/,
    ],
    [
      'no side',
      changed(day, '<c:CdtDbtInd>DBIT', '<c:CdtDbtInd>D'),
      /Ntry\[1\]\/CdtDbtInd" expected CRDT or DBIT, got "D"/,
    ],
    ['no account', changed(day, '<c:Acct>', '<c:Acct2>').subarray(), /well-formed/],
    [
      'a date that is none',
      changed(day, '<c:BookgDt><c:Dt>2026-02-04', '<c:BookgDt><c:Dt>2026-02-30'),
      /BookgDt" expected a date, got "2026-02-30"/,
    ],
  ])('is refused with %s', (_what, bytes, message) => {
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({
        code: 'BANK_FILE_REFUSED',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  it.each([
    [
      'elements that lie too deep',
      xml(`<Document>${'<a>'.repeat(32)}${'</a>'.repeat(32)}</Document>`),
    ],
    ['too many bytes', new Uint8Array(LIMITS.bankFileBytes.max + 1)],
    ['too large a balance', statement({ opening: LIMITS.fileMoney.max + 1, entries: [] })],
    [
      'movements that come to too much',
      notification([{ amount: LIMITS.fileMoney.max }, { amount: -1 }]),
    ],
  ])('is refused with %s', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }) as Error);
  });

  it('may move as much as the limit', () => {
    const { max } = LIMITS.fileMoney;
    expect(read(notification([{ amount: max - 1 }, { amount: -1 }])).statements).toMatchObject([
      { lines: [{ amount: max - 1 }, { amount: -1 }] },
    ]);
  });

  it('may be as deep as the limit', () => {
    const deep = `<Document>${'<a>'.repeat(31)}${'</a>'.repeat(31)}</Document>`;
    expect(() => read(xml(deep))).toThrow(/"Document" expected one of/);
  });
});
