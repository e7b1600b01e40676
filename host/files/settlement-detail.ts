// SPDX-License-Identifier: MIT
/**
 * What a merchant was credited in a window, transaction by transaction. One sign rule: positive is owed to
 * the merchant. Lines depend on the evidence of the transactions alone and stand in its order, so whatever
 * order the batches came in, the file is the same.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { readUint } from '../../src/bytes/integer.ts';
import { RECORD_OFFSET, RECORD } from '../../src/clearing/record.ts';
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { invariant } from '../../src/errors/invariant.ts';
import {
  addSigned,
  negate,
  signedAmount,
  sumSigned,
  type SignedAmount,
} from '../../src/money/amount.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { evidenceBytes } from '../chain/decode-record.ts';
import type { Adjustment, MerchantSettlement } from '../settlement/model.ts';
import type { HostStore } from '../store/store.ts';
import type { CsvRow } from './csv.ts';

/** One transaction in one window: what it moved, all its items together. */
export interface CreditedRecord {
  readonly merchant: string;
  readonly bytes: Uint8Array;
  /** Minor units; never zero. */
  readonly amount: SignedAmount;
  /** The rule by which it was last credited or taken back; null when it was plainly appended. */
  readonly cause: RuleName | null;
}

/** The stretch of records that were appended while a window was open. */
export interface RecordStretch {
  readonly window: number;
  /** The last record of the window before; 0 for the first one. */
  readonly after: number;
  readonly last: number;
}

/** Terminal id and terminal counter lie side by side: `plainRecords` is in their order. */
const ORDER_FROM = RECORD_OFFSET.terminalId;
const ORDER_TO = RECORD_OFFSET.terminalCounter + 4;

interface Keyed extends CreditedRecord {
  readonly key: string;
}

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
const inOrder = (left: Omit<Keyed, 'amount' | 'cause'>, right: typeof left): number =>
  compare(left.merchant, right.merchant) || compare(left.key, right.key);

function keyed(record: CreditedRecord): Keyed {
  const { bytes } = record;
  const key = toHex(bytes.subarray(ORDER_FROM, ORDER_TO)) + toHex(evidenceBytes(bytes));
  return { ...record, key };
}

type DetailStore = Pick<HostStore, 'merchantItems' | 'plainRecords' | 'record'>;

/**
 * Everything that was credited or taken back in a stretch, by merchant, terminal and terminal counter. What
 * was credited and taken back within it is not listed: it depends on the order of arrival whether it was.
 */
export function* creditedRecords(
  store: DetailStore,
  stretch: RecordStretch,
): Generator<CreditedRecord> {
  const judged = judgedRecords(store, stretch.window);
  let index = 0;
  for (const { bytes, merchant } of store.plainRecords(stretch.after, stretch.last)) {
    const amount = signedAmount(readUint(bytes, RECORD_OFFSET.amount, 4));
    const plain = { merchant, bytes, amount, cause: null };
    if (index === judged.length) {
      yield plain;
      continue;
    }
    const next = keyed(plain);
    let other = judged[index];
    for (; other !== undefined && inOrder(other, next) < 0; other = judged[++index]) {
      if (other.amount !== 0) yield other;
    }
    if (other === undefined || inOrder(other, next) > 0) yield plain;
    else {
      index++;
      const net = addSigned(amount, other.amount);
      if (net !== 0) yield { ...other, amount: net };
    }
  }
  yield* judged.slice(index).filter((row) => row.amount !== 0);
}

/** The items of a window, those of one transaction together. */
export function judgedRecords(store: DetailStore, window: number): readonly Keyed[] {
  const joined = new Map<string, Keyed>();
  for (const { amount, cause, merchant, record } of store.merchantItems(window)) {
    const bytes = store.record(record)?.bytes;
    invariant(bytes !== undefined, `an item of window ${window} has its record ${record}`);
    const row = keyed({ merchant, bytes, amount, cause });
    const name = `${merchant} ${row.key}`;
    const known = joined.get(name)?.amount ?? signedAmount(0);
    joined.set(name, { ...row, amount: addSigned(known, amount) });
  }
  return [...joined.values()].sort(inOrder);
}

/** `************0042` */
function maskedSerial(serial: string): string {
  return '*'.repeat(Math.max(0, serial.length - 4)) + serial.slice(-4);
}

/** What a merchant's detail is of, besides its records. */
export interface DetailOf {
  readonly settlement: MerchantSettlement;
  readonly adjustments: readonly Adjustment[];
  readonly currency: CurrencyCode;
}

function recordRow(record: CreditedRecord, { settlement, currency }: DetailOf): CsvRow<'detail'> {
  const decoded = RECORD.decode(record.bytes);
  const terminal = toHex(decoded.terminalId);
  const isTaken = record.amount < 0;
  return {
    entry: isTaken ? 'takenBack' : 'credit',
    ...headOf(settlement),
    terminal,
    time: formatCivil(decoded),
    type: typeName(decoded.transactionType),
    counter: decoded.terminalCounter,
    reference: `${terminal}-${decoded.terminalCounter}`,
    card: maskedSerial(formatSerialNumber(decoded.applicationSerialNumber)),
    gross: record.amount,
    net: record.amount,
    currency,
    // Which rule of one verdict it was may depend on what came first; the exception has the rule.
    reason: isTaken && record.cause !== null ? RULES[record.cause].verdict : '',
  };
}

function headOf({
  businessDate: date,
  merchant,
  window,
}: MerchantSettlement): Pick<CsvRow<'detail'>, 'date' | 'merchant' | 'window'> {
  return { merchant, window, date };
}

/** Refuses to tell a merchant other than what was settled with it. */
function expectTotal(
  { settlement: { merchant, window } }: DetailOf,
  what: string,
  settled: SignedAmount,
  listed: SignedAmount,
): void {
  invariant(
    settled === listed,
    `detail of ${merchant} in window ${window} expected ${what} of ${settled}, got ${listed}`,
  );
}

/**
 * The rows of a merchant: its transactions, then its fees by type, then what was adjusted.
 * @throws Defect when the transactions are not those that the settlement was made of.
 */
export function* detailRows(
  records: Iterable<CreditedRecord>,
  of: DetailOf,
): Generator<CsvRow<'detail'>> {
  const { adjustments, settlement, currency } = of;
  const adjusted = sumSigned(adjustments.map((row) => row.amount));
  expectTotal(of, 'adjustments', settlement.adjustments, adjusted);
  let gross = signedAmount(0);
  for (const record of records) {
    gross = addSigned(gross, record.amount);
    yield recordRow(record, of);
  }
  expectTotal(of, 'gross', sumSigned(settlement.lines.map((line) => line.gross)), gross);
  for (const { fee, feeVersion, type } of settlement.lines) {
    if (fee === 0) continue;
    yield {
      entry: 'fee',
      ...headOf(settlement),
      type: typeName(type),
      fee: negate(fee),
      net: negate(fee),
      currency,
      reason: feeNote(feeVersion),
    };
  }
  for (const { amount, reason } of adjustments) {
    const row = { entry: 'adjustment', gross: amount, net: amount, currency, reason };
    yield { ...row, ...headOf(settlement) };
  }
}

/** How the version of a fee schedule is written. */
export function feeNote(version: number | null): string {
  return version === null ? '' : `fee schedule ${version}`;
}
