// SPDX-License-Identifier: MIT
/**
 * Statements and notifications: camt.053 and camt.054. Source: ISO 20022 message definitions
 * BankToCustomerStatement and BankToCustomerDebitCreditNotification, versions 02 to 11; what differs
 * between them is read either way.
 */
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  addSigned,
  negate,
  sumWithin,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { parseAmount } from '../../src/money/decimal.ts';
import { isIsoDate } from '../../src/time/civil.ts';
import type { Statement, StatementBalances, StatementLine } from './model.ts';
import { refuseFile, type XmlElement } from './xml.ts';

/** An amount in our currency. @throws BANK_FILE_REFUSED, LIMIT_EXCEEDED */
export function amountOf(element: XmlElement, currency: CurrencyCode): Amount {
  const given = element.attribute('Ccy');
  if (given !== currency) refuseFile(`${element.path}@Ccy`, currency, given);
  let amount: Amount;
  try {
    amount = parseAmount(element.own, currency);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return refuseFile(element.path, `a decimal in ${currency}`, element.own);
  }
  sumOf(element.path, [amount]);
  return amount;
}

/** The sum of amounts of a file, so far below 2^53 that no account gets there. @throws LIMIT_EXCEEDED */
function sumOf(path: string, amounts: readonly SignedAmount[]): SignedAmount {
  const { max } = LIMITS.fileMoney;
  const sum = sumWithin(amounts, max);
  if (sum !== undefined) return sum;
  throw new Fault('LIMIT_EXCEEDED', `"${path}" expected at most ${max} minor units`);
}

function signed(element: XmlElement, value: Amount): SignedAmount {
  const indicator = element.requiredText('CdtDbtInd');
  if (indicator === 'CRDT') return value;
  if (indicator === 'DBIT') return negate(value);
  return refuseFile(`${element.path}/CdtDbtInd`, 'CRDT or DBIT', indicator);
}

/** The day of `Dt`, or of `DtTm`. */
function dayOf(element: XmlElement): string {
  const text = (element.text('Dt') + element.text('DtTm')).slice(0, 10);
  return isIsoDate(text) ? text : refuseFile(element.path, 'a date', text);
}

/** A balance by its codes, the first one that is there; undefined when none is. */
function balance(
  statement: XmlElement,
  codes: readonly string[],
  currency: CurrencyCode,
): SignedAmount | undefined {
  for (const code of codes) {
    const found = statement
      .all('Bal')
      .find((element) => element.text('Tp', 'CdOrPrtry', 'Cd') === code);
    if (found !== undefined) return signed(found, amountOf(found.required('Amt'), currency));
  }
  return undefined;
}

function balancesOf(statement: XmlElement, currency: CurrencyCode): StatementBalances {
  const path = `${statement.path}/Bal`;
  // PRCD, the closing balance of the statement before, stands where a bank gives no opening one.
  const opening =
    balance(statement, ['OPBD', 'PRCD'], currency) ??
    refuseFile(path, 'an opening balance (OPBD)', undefined);
  const closing =
    balance(statement, ['CLBD'], currency) ??
    refuseFile(path, 'a closing balance (CLBD)', undefined);
  return { opening, closing };
}

/** Version 02 has the status as text, later ones as a code. */
const isBooked = (entry: XmlElement): boolean =>
  (entry.text('Sts') || entry.text('Sts', 'Cd')).trim() === 'BOOK';

function partyName(details: XmlElement, isCredit: boolean): string {
  const party = details.find('RltdPties', isCredit ? 'Dbtr' : 'Cdtr');
  // From version 08 on, the name is in a choice of party and agent.
  return party?.find('Pty', 'Nm')?.own ?? party?.text('Nm') ?? '';
}

/** Longest id or reference (ISO 20022 has Max35Text), name, and remittance that is kept. */
const ID_MAX = 35;
const NAME_MAX = 140;
const REMITTANCE_MAX = 1000;

function boundedId(place: string, text: string): string {
  return text.length <= ID_MAX ? text : refuseFile(place, `at most ${ID_MAX} characters`, text);
}

function detailLine(
  details: XmlElement | undefined,
  entry: { readonly element: XmlElement; readonly amount: SignedAmount },
  amount: SignedAmount,
): StatementLine {
  const { path } = entry.element;
  const reference =
    entry.element.text('AcctSvcrRef') || (details?.text('Refs', 'AcctSvcrRef') ?? '');
  const words = (details?.find('RmtInf')?.all('Ustrd') ?? []).map(({ own }) => own);
  // NOTPROVIDED is how ISO 20022 says that there is none.
  const id = details?.text('Refs', 'EndToEndId') ?? '';
  return {
    amount,
    bookedOn: dayOf(entry.element.required('BookgDt')),
    endToEndId: id === 'NOTPROVIDED' ? '' : boundedId(`${path}/EndToEndId`, id),
    reference: boundedId(`${path}/AcctSvcrRef`, reference),
    counterparty: details === undefined ? '' : partyName(details, amount > 0).slice(0, NAME_MAX),
    remittance: words.join(' ').slice(0, REMITTANCE_MAX),
  };
}

/** The amount of one transaction of an entry, where it has one. */
function detailAmount(
  details: XmlElement,
  entry: XmlElement,
  currency: CurrencyCode,
): SignedAmount | undefined {
  const element = details.find('Amt') ?? details.find('AmtDtls', 'TxAmt', 'Amt');
  if (element === undefined) return undefined;
  const direction = details.find('CdtDbtInd') === undefined ? entry : details;
  return signed(direction, amountOf(element, currency));
}

/** The movements of one entry: one for each transaction where their amounts are given, else one in all. */
function entryLines(element: XmlElement, currency: CurrencyCode): readonly StatementLine[] {
  const amount = signed(element, amountOf(element.required('Amt'), currency));
  if (amount === 0) return [];
  const entry = { element, amount };
  const details = element.all('NtryDtls').flatMap((part) => part.all('TxDtls'));
  const [only] = details;
  if (details.length <= 1) return [detailLine(only, entry, amount)];
  const amounts = details.map((each) => detailAmount(each, element, currency));
  const known = amounts.filter((value) => value !== undefined);
  if (known.length < details.length) return [detailLine(undefined, entry, amount)];
  const total = sumOf(`${element.path}/NtryDtls`, known);
  if (total !== amount) {
    refuseFile(`${element.path}/NtryDtls`, `transactions that add up to ${amount}`, total);
  }
  return details
    .map((each, index) => detailLine(each, entry, known[index] ?? amount))
    .filter((line) => line.amount !== 0);
}

function sequenceOf(statement: XmlElement): number | null {
  const text = statement.text('ElctrncSeqNb') || statement.text('LglSeqNb');
  if (text === '') return null;
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : refuseFile(`${statement.path}/ElctrncSeqNb`, 'a number', text);
}

/**
 * A `Stmt` or `Ntfctn`.
 * @throws BANK_FILE_REFUSED when an element is missing or wrong, or a statement's lines do not lead from its
 * opening to its closing balance; LIMIT_EXCEEDED.
 */
export function readStatement(
  element: XmlElement,
  hasBalances: boolean,
  currency: CurrencyCode,
): Statement {
  const entries = element.all('Ntry');
  const account = element.required('Acct', 'Id');
  const lines = entries.filter(isBooked).flatMap((entry) => entryLines(entry, currency));
  if (lines.length > LIMITS.bankFileLines.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"${element.path}" expected at most ${LIMITS.bankFileLines.max} lines, got ${lines.length}`,
    );
  }
  const balances = hasBalances ? balancesOf(element, currency) : null;
  const moved = sumOf(
    element.path,
    lines.map((line) => line.amount),
  );
  if (balances !== null) {
    const reached = addSigned(balances.opening, moved);
    if (reached !== balances.closing) {
      refuseFile(
        `${element.path}/Bal`,
        `a closing balance of ${reached}, where opening balance and lines lead`,
        balances.closing,
      );
    }
  }
  return {
    id: element.requiredText('Id'),
    account: account.text('IBAN') || account.requiredText('Othr', 'Id'),
    sequence: sequenceOf(element),
    balances,
    lines,
  };
}
