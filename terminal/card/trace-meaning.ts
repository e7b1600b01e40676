// SPDX-License-Identifier: MIT
/** Values of fields in words, for traces. By the names that the layouts of src/purse give to fields. */
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { decodeTlv, type Tlv } from '../../src/iso7816/tlv.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount } from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatAmount } from '../../src/money/decimal.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { INDUSTRY, TRIP_TYPE } from '../../src/purse/file-layouts.ts';
import { suiteByAlgorithm } from '../../src/purse/suites.table.ts';
import { TRANSACTION_TYPES, transactionTypeName } from '../../src/purse/transaction-types.table.ts';
import { isoDate } from '../../src/time/civil.ts';

/** One field of a command or a response. */
export interface TraceField {
  readonly name: string;
  readonly hex: string;
  /** In words, where there is more to say than the bytes. */
  readonly meaning: string | undefined;
}

type Meaning = (bytes: Uint8Array, currency: CurrencyCode) => string | undefined;

const money: Meaning = (bytes, currency) =>
  `${formatAmount(amount(readUint(bytes, 0, bytes.length)), currency)} ${currency}`;
const number: Meaning = (bytes) => String(readUint(bytes, 0, bytes.length));

const date: Meaning = (bytes) => isoDate(toHex(bytes));

const time: Meaning = (bytes) => {
  const digits = toHex(bytes);
  return `${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
};

/** Printable ASCII up to the zeros at its end. */
function text(bytes: Uint8Array): string | undefined {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const characters = bytes.subarray(0, end);
  const isText = end > 0 && characters.every((byte) => byte >= 0x20 && byte <= 0x7e);
  return isText ? `"${String.fromCharCode(...characters)}"` : undefined;
}

const transactionType: Meaning = ([code = 0]) => {
  const name = transactionTypeName(code);
  return name === undefined ? undefined : TRANSACTION_TYPES[name].meaning;
};

const algorithm: Meaning = ([code = 0]) => suiteByAlgorithm(code)?.name;

function nameIn(table: Readonly<Record<string, number>>): Meaning {
  const names = new Map(Object.entries(table).map(([name, code]) => [code, name]));
  return ([code = -1]) => names.get(code);
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['amount', money],
  ['balance', money],
  ['balanceBefore', money],
  ['maximumFare', money],
  ['overdraftLimit', money],
  ['oldLimit', money],
  ['newLimit', money],
  ['offlineCounter', number],
  ['onlineCounter', number],
  ['counterAfter', number],
  ['terminalCounter', number],
  ['keyIndex', number],
  ['keyVersion', number],
  ['maximumMinutes', number],
  ['date', date],
  ['startDate', date],
  ['expiryDate', date],
  ['time', time],
  ['transactionType', transactionType],
  ['algorithmId', algorithm],
  ['tripType', nameIn(TRIP_TYPE)],
  ['industry', nameIn(INDUSTRY)],
  ['station', text],
]);

/** The value of a named field in words. */
export function fieldMeaning(
  name: string,
  hex: string,
  currency: CurrencyCode,
): string | undefined {
  return MEANINGS.get(name)?.(fromHex(hex), currency);
}

const DF_MEANINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(DF_NAMES).map(([name, hex]) => [hex, name]),
);

/** Which of the known applications and directories a name is. */
export function dfMeaning(hex: string): string | undefined {
  return DF_MEANINGS.get(hex) ?? text(fromHex(hex));
}

const TAG_NAMES: Readonly<Record<number, string>> = {
  0x6f: 'FCI',
  0x84: 'DF name',
  0xa5: 'proprietary data',
  0x88: 'short file identifier',
  0xbf0c: 'issuer discretionary data',
  0x61: 'application',
  0x4f: 'AID',
  0x50: 'label',
  0x70: 'record',
  0x9f08: 'version',
  0x9f0c: 'issuer data (EF15)',
};

/** The primitive data objects of a TLV answer; undefined when it is none. */
export function tlvFields(data: Uint8Array): readonly TraceField[] | undefined {
  try {
    return decodeTlv(data).flatMap(fieldsOf);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function fieldsOf(object: Tlv): readonly TraceField[] {
  if ('children' in object) return object.children.flatMap(fieldsOf);
  const tag = object.tag.toString(16).toUpperCase();
  const name = `${tag} ${TAG_NAMES[object.tag] ?? 'data object'}`;
  return [{ name, hex: toHex(object.value), meaning: text(object.value) }];
}
