// SPDX-License-Identifier: MIT
/** The reconciliation report: totals, every exception with both values, and the conservation identity. */
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { negate, sum, type Amount, type SignedAmount } from '../../src/money/amount.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Instant } from '../../src/time/instant.ts';
import { listExceptions } from '../exceptions/list.ts';
import type { Exception } from '../exceptions/model.ts';
import { account } from '../ledger/accounts.table.ts';
import type { HostStore } from '../store/store.ts';
import { ledgerConservation, type LedgerConservation } from './conservation.ts';

/** One line of the exception list. Money in minor units. */
export interface ExceptionLine {
  readonly id: string;
  readonly ruleNumber: number;
  readonly rule: RuleName;
  readonly verdict: string;
  readonly severity: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly moneyAtRisk: Amount;
  readonly liable: string;
  readonly merchant: string | null;
  /** Milliseconds since 1970 UTC; null where no clock runs. */
  readonly deadline: Instant | null;
  readonly meaning: string;
  readonly resolution: string;
  /** The record as it was signed, hexadecimal, where there is one. */
  readonly evidence: string | null;
}

export interface MerchantLine {
  readonly merchant: string;
  readonly payable: SignedAmount;
}

export interface ReconciliationReport {
  readonly currency: string;
  readonly batches: number;
  readonly terminals: number;
  readonly records: number;
  readonly merchants: readonly MerchantLine[];
  readonly exceptions: readonly ExceptionLine[];
  readonly exceptionsByRule: Readonly<Record<string, number>>;
  readonly moneyAtRisk: Amount;
  readonly conservation: LedgerConservation;
}

function lineOf(exception: Exception): ExceptionLine {
  const { number, verdict, severity, meaning, resolution } = RULES[exception.rule];
  const { id, rule, subject, expected, found, moneyAtRisk, liable, merchant, evidence } = exception;
  const [first] = evidence.filter((name) => name.startsWith('record '));
  return {
    id,
    ruleNumber: number,
    rule,
    verdict,
    severity,
    subject,
    expected,
    found,
    moneyAtRisk,
    liable,
    merchant,
    deadline: exception.deadline,
    meaning,
    resolution,
    evidence: first?.slice('record '.length) ?? null,
  };
}

/** Builds the report; reads the whole database. */
export function reconciliationReport(host: {
  readonly store: HostStore;
  readonly currency: string;
  readonly clock: Clock;
}): ReconciliationReport {
  const { store, currency } = host;
  const exceptions = listExceptions(store, host.clock.now()).map(lineOf);
  const exceptionsByRule: Record<string, number> = {};
  for (const { rule } of exceptions) exceptionsByRule[rule] = (exceptionsByRule[rule] ?? 0) + 1;
  const merchants = [...new Set(store.terminals().map((terminal) => terminal.merchant))].sort();
  return {
    currency,
    batches: store.batches().length,
    terminals: store.terminals().length,
    records: store.recordCount(),
    merchants: merchants.map((merchant) => ({
      merchant,
      payable: negate(store.balance(account('2040', merchant))),
    })),
    exceptions,
    exceptionsByRule,
    moneyAtRisk: sum(exceptions.map((row) => row.moneyAtRisk)),
    conservation: ledgerConservation(store),
  };
}
