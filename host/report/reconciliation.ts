// SPDX-License-Identifier: MIT
/** The reconciliation report: totals, every exception with both values, and the conservation identity. */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD } from '../../src/clearing/record.ts';
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import {
  amount,
  negate,
  sum,
  type Amount,
  type SignedAmount,
  ZERO,
} from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { account } from '../ledger/accounts.table.ts';
import type { HostStore } from '../store/store.ts';
import { ledgerConservation, type LedgerConservation } from './conservation.ts';

/** One line of the exception list. Money in minor units. */
export interface ExceptionLine {
  readonly ruleNumber: number;
  readonly rule: RuleName;
  readonly verdict: string;
  readonly severity: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly moneyAtRisk: Amount;
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

function line(
  rule: RuleName,
  values: Pick<ExceptionLine, 'evidence' | 'expected' | 'found' | 'moneyAtRisk' | 'subject'>,
): ExceptionLine {
  const { number, verdict, severity, meaning, resolution } = RULES[rule];
  return { ruleNumber: number, rule, verdict, severity, meaning, resolution, ...values };
}

function* exceptionLines(store: HostStore): Generator<ExceptionLine> {
  for (const finding of store.allFindings()) {
    const record = finding.recordId === null ? undefined : store.record(finding.recordId);
    yield line(finding.rule, {
      subject: `card ${formatSerialNumber(finding.serial)} counter ${finding.counter}`,
      expected: finding.expected,
      found: finding.found,
      moneyAtRisk: amount(finding.atRisk),
      evidence: record === undefined ? null : toHex(record.bytes),
    });
  }
  for (const row of store.quarantine()) {
    const record = RECORD.decode(row.bytes);
    const when = formatCivil(record);
    yield line(row.rule, {
      subject: `card ${formatSerialNumber(row.serial)} counter ${record.counterBefore}`,
      expected:
        row.rule === 'cardNotIssued'
          ? 'an issued card'
          : `the TAC of key version ${record.keyVersion}`,
      found: `${record.amount} at terminal ${toHex(record.terminalId)} number ${record.terminalCounter}, ${when}, TAC ${toHex(record.tac)}`,
      moneyAtRisk: record.amount,
      evidence: toHex(row.bytes),
    });
  }
  for (const load of store.loadsInFlight()) {
    yield line('loadInFlight', {
      subject: `card ${formatSerialNumber(load.serial)} online counter ${load.counter}`,
      expected: `a load record of ${load.amount}`,
      found: 'authorised, not proven yet',
      moneyAtRisk: amount(load.amount),
      evidence: null,
    });
  }
  for (const terminal of store.terminals()) {
    for (const { from, to } of store.terminalGaps(terminal.id)) {
      yield line('terminalGap', {
        subject: `terminal ${terminal.id}`,
        expected: `records ${from} to ${to}`,
        found: 'never received',
        moneyAtRisk: ZERO,
        evidence: null,
      });
    }
  }
}

const compareText = (left: string, right: string): number =>
  left < right ? -1 : Number(left > right);

/** Builds the report; reads the whole database. */
export function reconciliationReport(store: HostStore, currency: string): ReconciliationReport {
  const exceptions = [...exceptionLines(store)].sort(
    (left, right) => left.ruleNumber - right.ruleNumber || compareText(left.subject, right.subject),
  );
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
