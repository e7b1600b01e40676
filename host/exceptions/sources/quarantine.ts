// SPDX-License-Identifier: MIT
/**
 * Records outside every chain. Where many TACs of one terminal fail, its keys, clock or software are at
 * fault: that is one exception of the terminal, and no card is accused (rule 13).
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD, type ClearingRecord } from '../../../src/clearing/record.ts';
import type { RuleName } from '../../../src/clearing/rules.table.ts';
import { sum } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { formatCivil } from '../../../src/time/civil.ts';
import type { HostStore, QuarantineRow } from '../../store/store.ts';
import { exceptionOf, merchantOf, type OpenMatter } from '../model.ts';

/** So many failures, and so large a part of what the terminal ever sent, are no accident. */
const SUSPECT_KEYS = { records: 5, ofAll: 0.05 } as const;

/** Rules under which a purchase with a good TAC waits for an approval. */
export const RELEASABLE: ReadonlySet<RuleName> = new Set([
  'lateForApproval',
  'terminalInactive',
  'tooLate',
]);

interface Held {
  readonly row: QuarantineRow;
  readonly record: ClearingRecord;
  readonly terminal: string;
}

/** One exception for each record, or for a terminal whose keys are suspect. */
export function* quarantineExceptions(store: HostStore): Generator<OpenMatter> {
  const held = store.quarantine().map((row): Held => {
    const record = RECORD.decode(row.bytes);
    return { row, record, terminal: toHex(record.terminalId) };
  });
  const failed = new Map<string, Held[]>();
  for (const each of held) {
    if (each.row.rule !== 'tacInvalid') yield ofRecord(store, each);
    else failed.set(each.terminal, [...(failed.get(each.terminal) ?? []), each]);
  }
  for (const [terminal, records] of failed) {
    if (isSuspect(store, terminal, records.length)) yield ofTerminal(store, terminal, records);
    else for (const each of records) yield ofRecord(store, each);
  }
}

function isSuspect(store: HostStore, terminal: string, failures: number): boolean {
  const sent = store.terminal(terminal)?.headSequence ?? 0;
  return failures >= SUSPECT_KEYS.records && failures >= SUSPECT_KEYS.ofAll * sent;
}

function ofTerminal(store: HostStore, terminal: string, records: readonly Held[]): OpenMatter {
  const first = records.reduce((left, right) =>
    left.row.receivedAt <= right.row.receivedAt ? left : right,
  );
  return exceptionOf({
    rule: 'terminalKeysSuspect',
    subject: `terminal ${terminal}`,
    expected: 'TACs of the cards',
    found: `${records.length} of ${store.terminal(terminal)?.headSequence ?? 0} records with a TAC that fails`,
    moneyAtRisk: sum(records.map(({ record }) => record.amount)),
    openedAt: first.row.receivedAt,
    terminal,
    merchant: merchantOf(store, terminal),
    evidence: records.map(({ row }) => `record ${toHex(row.bytes)}`),
  });
}

const EXPECTED: Partial<Readonly<Record<RuleName, string>>> = {
  cardNotIssued: 'an issued card',
  lateForApproval: 'a record that comes in time, or an approval',
  tooLate: 'a record that comes in time',
  terminalInactive: 'a terminal and a merchant that are active',
};

function ofRecord(store: HostStore, { row, record, terminal }: Held): OpenMatter {
  const digest = toHex(row.digest);
  return exceptionOf(
    {
      rule: row.rule,
      subject: `card ${formatSerialNumber(row.serial)} counter ${record.counterBefore}`,
      expected: EXPECTED[row.rule] ?? `the TAC of key version ${record.keyVersion}`,
      found: `${record.amount} at terminal ${terminal} number ${record.terminalCounter}, ${formatCivil(record)}, TAC ${toHex(record.tac)}`,
      moneyAtRisk: record.amount,
      openedAt: row.receivedAt,
      terminal,
      merchant: merchantOf(store, terminal),
      evidence: [`record ${toHex(row.bytes)}`],
      target: RELEASABLE.has(row.rule) ? { kind: 'held', digest } : null,
    },
    digest,
  );
}
