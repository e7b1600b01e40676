// SPDX-License-Identifier: MIT
/**
 * What a merchant sees: its own money, records and exceptions. Where a card's records contradict each
 * other, what the others claim is nobody's business here: only the merchant's own record is shown.
 */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD } from '../../src/clearing/record.ts';
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { amount, negate, ZERO, type Amount, type SignedAmount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { account } from '../ledger/accounts.table.ts';
import type { WindowState } from '../store/settlement-store.ts';
import type { HostStore, SequenceRange } from '../store/store.ts';

/** One row per type and window. Money in minor units. */
export interface MerchantStatement {
  readonly merchant: string;
  readonly currency: string;
  /** What is owed to the merchant now, gross; negative where it owes. */
  readonly payable: SignedAmount;
  readonly windows: readonly {
    readonly window: number;
    readonly state: WindowState;
    readonly businessDate: string | null;
    readonly lines: readonly {
      readonly type: string;
      readonly count: number;
      readonly gross: SignedAmount;
    }[];
  }[];
}

export interface OwnRecord {
  readonly serial: string;
  readonly terminal: string;
  readonly terminalSequence: number;
  readonly at: string;
  readonly type: string;
  readonly amount: Amount;
}

export interface MerchantRecords {
  readonly merchant: string;
  readonly records: readonly (OwnRecord & { readonly id: number; readonly place: string })[];
  /** Ask for what comes after it; null at the end. A page may be empty and have a next one. */
  readonly next: number | null;
}

export interface MerchantException {
  readonly ruleNumber: number;
  readonly rule: RuleName;
  readonly verdict: string;
  readonly severity: string;
  readonly meaning: string;
  readonly moneyAtRisk: Amount;
  readonly terminal: string;
  readonly record: OwnRecord | null;
  /** Terminal sequences that were never received. */
  readonly missing: SequenceRange | null;
}

/** Rows of the store that one page of records looks at. */
const PAGE_ROWS = 2000;

/** @throws USAGE when no terminal is this merchant's. */
export function merchantStatement(
  store: HostStore,
  merchant: string,
  currency: string,
): MerchantStatement {
  ownTerminals(store, merchant);
  const windows = store.windows().map(({ id, state, businessDate }) => ({
    window: id,
    state,
    businessDate,
    lines: store
      .windowTotals(id)
      .filter((total) => total.merchant === merchant)
      .map(({ type, count, gross }) => ({ type: typeName(type), count, gross })),
  }));
  return {
    merchant,
    currency,
    payable: negate(store.balance(account('2040', merchant))),
    windows: windows.filter(({ lines }) => lines.length > 0),
  };
}

/** A page of the records of a merchant's terminals. @throws USAGE when no terminal is this merchant's. */
export function merchantRecords(
  store: HostStore,
  merchant: string,
  after: number,
): MerchantRecords {
  ownTerminals(store, merchant);
  const last = after + PAGE_ROWS;
  return {
    merchant,
    records: store.merchantRecords(merchant, after, last).map(({ id, bytes }) => {
      const { place } = RECORD.decode(bytes);
      return { id, ...ownRecord(bytes), place };
    }),
    next: last < store.lastRecordId() ? last : null,
  };
}

/** Everything open about the merchant's own records and terminals. @throws USAGE when no terminal is its. */
export function merchantExceptions(
  store: HostStore,
  merchant: string,
): readonly MerchantException[] {
  const own = ownTerminals(store, merchant);
  return [...openMatters(store)].filter(({ terminal }) => own.has(terminal));
}

function* openMatters(store: HostStore): Generator<MerchantException> {
  for (const { rule, atRisk, recordId } of store.allFindings()) {
    const bytes = recordId === null ? undefined : store.record(recordId)?.bytes;
    if (bytes !== undefined) yield matter(rule, amount(atRisk), ownRecord(bytes));
  }
  for (const { rule, bytes } of store.quarantine()) {
    const record = ownRecord(bytes);
    yield matter(rule, record.amount, record);
  }
  for (const { id } of store.terminals()) {
    for (const { from, to } of store.terminalGaps(id)) {
      yield { ...matter('terminalGap', ZERO, null), terminal: id, missing: { from, to } };
    }
  }
}

function matter(rule: RuleName, moneyAtRisk: Amount, record: OwnRecord | null): MerchantException {
  const { number, verdict, severity, meaning } = RULES[rule];
  const terminal = record?.terminal ?? '';
  const of = { ruleNumber: number, rule, verdict, severity, meaning, moneyAtRisk };
  return { ...of, terminal, record, missing: null };
}

function ownRecord(bytes: Uint8Array): OwnRecord {
  const record = RECORD.decode(bytes);
  return {
    serial: formatSerialNumber(record.applicationSerialNumber),
    terminal: toHex(record.terminalId),
    terminalSequence: record.terminalSequence,
    at: formatCivil(record),
    type: typeName(record.transactionType),
    amount: record.amount,
  };
}

function ownTerminals(store: HostStore, merchant: string): ReadonlySet<string> {
  const own = store.terminals().filter((terminal) => terminal.merchant === merchant);
  if (own.length === 0) {
    throw new Fault('USAGE', `"merchant" expected one with a terminal, got "${merchant}"`);
  }
  return new Set(own.map(({ id }) => id));
}
