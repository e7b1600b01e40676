// SPDX-License-Identifier: MIT
/** What judging cards found (chain/fold.ts). */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD } from '../../../src/clearing/record.ts';
import type { RuleName } from '../../../src/clearing/rules.table.ts';
import { amount } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { gapTarget, HELD_RULES, WITHHELD_RULES } from '../../chain/decisions.ts';
import { gapOf } from '../../chain/walk.ts';
import type { HostStore, OpenFinding } from '../../store/store.ts';
import { exceptionOf, merchantOf, type OpenMatter, type ExceptionTarget } from '../model.ts';

/** Findings about value beyond what a card was loaded with. */
const OVERSPEND_RULES: ReadonlySet<RuleName> = new Set([
  'balanceBreakAbove',
  'loadUnfunded',
  'overspendLimit',
]);

/** One exception for each finding. */
export function* findingExceptions(store: HostStore): Generator<OpenMatter> {
  for (const finding of store.allFindings()) yield findingException(store, finding);
}

/** The exception of a finding. */
export function findingException(store: HostStore, finding: OpenFinding): OpenMatter {
  const stored = finding.recordId === null ? undefined : store.record(finding.recordId);
  const record = stored === undefined ? undefined : RECORD.decode(stored.bytes);
  const terminal = record === undefined ? null : toHex(record.terminalId);
  return exceptionOf(
    {
      rule: finding.rule,
      subject: `card ${formatSerialNumber(finding.serial)} counter ${finding.counter}`,
      expected: finding.expected,
      found: finding.found,
      moneyAtRisk: amount(finding.atRisk),
      openedAt: finding.openedAt,
      evidence: stored === undefined ? [] : [`record ${toHex(stored.bytes)}`],
      terminal,
      merchant: merchantOf(store, terminal),
      target: targetOf(store, finding),
    },
    finding.key,
  );
}

function targetOf(store: HostStore, finding: OpenFinding): ExceptionTarget | null {
  const { serial, rule, key } = finding;
  const target = (name: string): ExceptionTarget => ({
    kind: 'card',
    serial: formatSerialNumber(serial),
    key: name,
  });
  if (HELD_RULES.has(rule) || WITHHELD_RULES.has(rule)) {
    return target(`held:${key.slice(rule.length + 1)}`);
  }
  if (OVERSPEND_RULES.has(rule)) return target('overspend');
  const open = store.gaps(serial).filter(({ value, state }) => value > 0 && state === 'open');
  const gap = gapOf(finding, open);
  return gap === undefined ? null : target(gapTarget(gap));
}
