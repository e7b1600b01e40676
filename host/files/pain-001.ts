// SPDX-License-Identifier: MIT
/**
 * The payouts of a window as a credit transfer order: ISO 20022 pain.001.001.09, one payment information
 * block. Elements stand in the order of that message's schema. Every value comes from the window and its
 * payouts, so the same window gives the same bytes.
 */
import XmlBuilder from 'fast-xml-builder';
import { Fault } from '../../src/errors/fault.ts';
import { sum } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import { civilTime, isoDate } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { BankAccount, Payout } from '../settlement/model.ts';

const PAIN_001_NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** ISO 20022 Max35Text and Max140Text. */
const ID_MAX = 35;
const NAME_MAX = 140;

export interface PaymentOrder {
  readonly window: number;
  /** YYYY-MM-DD */
  readonly businessDate: string;
  /** When the window was closed. */
  readonly createdAt: Instant;
  readonly currency: CurrencyCode;
  /** Whose money it is. */
  readonly debtor: BankAccount;
  readonly payouts: readonly Payout[];
}

type Element = string | { readonly [name: string]: Element | readonly Element[] };

/** The message id of a window's order: the bank refuses a second one with the same id. */
export function messageId(window: number): string {
  return `OPENPURSE-${window.toString().padStart(8, '0')}`;
}

/** @throws FILE_REFUSED when the text cannot stand in the element. */
function bounded(name: string, text: string, max: number): string {
  // XML 1.0 has no way to write control characters.
  const hasControls = /\p{Cc}/u.test(text);
  if (text.length > 0 && text.length <= max && !hasControls) return text;
  throw new Fault(
    'FILE_REFUSED',
    `"${name}" expected 1 to ${max} printable characters, got ${JSON.stringify(text.slice(0, max + 1))}`,
  );
}

/** Two letters and two check digits begin an IBAN (ISO 13616); every other number is the bank's own. */
const isIban = (number: string): boolean => /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(number);

function accountElement(name: string, { number }: BankAccount): Element {
  const id = bounded(`${name}.number`, number, 34);
  return { Id: isIban(id) ? { IBAN: id } : { Othr: { Id: id } } };
}

function agentElement({ bic }: BankAccount): Element {
  return { FinInstnId: bic === '' ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: bic } };
}

function transfer(payout: Payout, order: PaymentOrder): Element {
  const name = `payouts.${payout.id}`;
  const id = bounded(`${name}.endToEndId`, payout.endToEndId, ID_MAX);
  return {
    PmtId: { InstrId: id, EndToEndId: id },
    Amt: {
      InstdAmt: { '@Ccy': order.currency, '#text': formatAmount(payout.amount, order.currency) },
    },
    CdtrAgt: agentElement(payout.account),
    Cdtr: { Nm: bounded(`${name}.account.holder`, payout.account.holder, NAME_MAX) },
    CdtrAcct: accountElement(`${name}.account`, payout.account),
    RmtInf: {
      Ustrd: bounded(`${name}.merchant`, `${payout.merchant} window ${payout.window}`, NAME_MAX),
    },
  };
}

/**
 * The order as XML text in UTF-8.
 * @throws FILE_REFUSED on a name or an id that the message cannot carry; Defect without payouts: an order
 * of nothing is no order.
 */
export function paymentOrder(order: PaymentOrder): string {
  const { currency, debtor, payouts, window } = order;
  const { date, time } = civilTime(order.createdAt, 0);
  const day = isoDate(date);
  const totals = {
    NbOfTxs: payouts.length.toString(),
    CtrlSum: formatAmount(sum(payouts.map((payout) => payout.amount)), currency),
  };
  const debtorName = bounded('debtor.holder', debtor.holder, NAME_MAX);
  const message = {
    GrpHdr: {
      MsgId: messageId(window),
      CreDtTm: `${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`,
      ...totals,
      InitgPty: { Nm: debtorName },
    },
    PmtInf: {
      PmtInfId: messageId(window),
      PmtMtd: 'TRF',
      // Each payout is a line of its own in the statement, so that it can be matched.
      BtchBookg: 'false',
      ...totals,
      ReqdExctnDt: { Dt: order.businessDate },
      Dbtr: { Nm: debtorName },
      DbtrAcct: accountElement('debtor', debtor),
      DbtrAgt: agentElement(debtor),
      ChrgBr: 'SLEV',
      CdtTrfTxInf: payouts.map((payout) => transfer(payout, order)),
    },
  };
  const builder = new XmlBuilder({
    format: true,
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    suppressEmptyNode: true,
  });
  const xml = builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    Document: { '@xmlns': PAIN_001_NAMESPACE, CstmrCdtTrfInitn: message },
  });
  return `${xml}\n`;
}
