// SPDX-License-Identifier: MIT
/**
 * A file of the bank, of whichever kind. Sources: ISO 20022 CustomerPaymentStatusReport (pain.002),
 * FIToFIPaymentStatusReport (pacs.002), PaymentReturn (pacs.004); statements: statement.ts.
 */
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import type { BankFile, BankFileKind, OrderRejection, PaymentStatus } from './model.ts';
import { amountOf, readStatement } from './statement.ts';
import { parseXml, refuseFile, type XmlElement } from './xml.ts';

/** The element below `Document` says which message it is. */
const KINDS: Readonly<Record<string, BankFileKind>> = {
  BkToCstmrStmt: 'camt.053',
  BkToCstmrDbtCdtNtfctn: 'camt.054',
  CstmrPmtStsRpt: 'pain.002',
  FIToFIPmtStsRpt: 'pacs.002',
  PmtRtr: 'pacs.004',
};

function reasonOf(element: XmlElement, name: 'RtrRsnInf' | 'StsRsnInf'): string {
  return element
    .all(name)
    .flatMap((info) => [
      info.text('Rsn', 'Cd') || info.text('Rsn', 'Prtry'),
      ...info.all('AddtlInf').map(({ own }) => own),
    ])
    .filter((text) => text !== '')
    .join(' ');
}

function statusOf(element: XmlElement): PaymentStatus {
  const status = element.requiredText('TxSts');
  return {
    kind: status === 'RJCT' ? 'rejected' : 'underway',
    endToEndId: element.requiredText('OrgnlEndToEndId'),
    status,
    reason: reasonOf(element, 'StsRsnInf'),
    amount: null,
    reference: element.text('AcctSvcrRef'),
  };
}

function returnOf(element: XmlElement, currency: CurrencyCode): PaymentStatus {
  return {
    kind: 'returned',
    endToEndId: element.requiredText('OrgnlEndToEndId'),
    status: 'RTRN',
    reason: reasonOf(element, 'RtrRsnInf'),
    amount: amountOf(element.required('RtrdIntrBkSttlmAmt'), currency),
    reference: element.text('RtrId'),
  };
}

/** The order as a whole, or its one payment block, was rejected. */
function rejectedOrders(report: XmlElement): readonly OrderRejection[] {
  const groups = report.all('OrgnlGrpInfAndSts');
  const blocks = report.all('OrgnlPmtInfAndSts');
  return [
    ...groups.map((element) => ({ element, id: 'OrgnlMsgId', status: 'GrpSts' })),
    ...blocks.map((element) => ({ element, id: 'OrgnlPmtInfId', status: 'PmtInfSts' })),
  ]
    .filter(({ element, status }) => element.text(status) === 'RJCT')
    .map(({ element, id }) => ({
      messageId: element.requiredText(id),
      status: 'RJCT',
      reason: reasonOf(element, 'StsRsnInf'),
    }));
}

/** pain.002 has its transactions in payment blocks, pacs.002 beside the header. */
function reported(report: XmlElement): readonly XmlElement[] {
  const blocks = report.all('OrgnlPmtInfAndSts').flatMap((block) => block.all('TxInfAndSts'));
  return [...blocks, ...report.all('TxInfAndSts')];
}

/**
 * What a file says.
 * @throws BANK_FILE_REFUSED with the path of the element that is missing or wrong; LIMIT_EXCEEDED.
 */
export function readBankFile(bytes: Uint8Array, currency: CurrencyCode): BankFile {
  const root = parseXml(bytes);
  const name = Object.keys(KINDS).find((known) => root.find(known) !== undefined);
  const kind = name === undefined ? undefined : KINDS[name];
  if (name === undefined || kind === undefined) {
    return refuseFile('Document', `one of ${Object.keys(KINDS).join(', ')}`, undefined);
  }
  const message = root.required(name);
  const messageId = message.requiredText('GrpHdr', 'MsgId');
  const nothing = { statements: [], statuses: [], rejectedOrders: [] };
  const file = { kind, messageId, ...nothing };
  switch (kind) {
    case 'camt.053':
    case 'camt.054': {
      const isStatement = kind === 'camt.053';
      const statements = message
        .all(isStatement ? 'Stmt' : 'Ntfctn')
        .map((element) => readStatement(element, isStatement, currency));
      return { ...file, statements };
    }
    case 'pain.002':
    case 'pacs.002': {
      const statuses = bounded(reported(message)).map(statusOf);
      return { ...file, statuses, rejectedOrders: rejectedOrders(message) };
    }
    case 'pacs.004': {
      const returned = bounded(message.all('TxInf'));
      return { ...file, statuses: returned.map((element) => returnOf(element, currency)) };
    }
  }
}

function bounded(elements: readonly XmlElement[]): readonly XmlElement[] {
  const { max } = LIMITS.bankFileLines;
  if (elements.length <= max) return elements;
  throw new Fault('LIMIT_EXCEEDED', `"file" expected at most ${max} payments`);
}
