// SPDX-License-Identifier: MIT
/** Which decisions a person may take on a card now: everything else is refused before it becomes evidence. */
import { ZERO, type Amount } from '../../src/money/amount.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Decision, DecisionAction } from './decisions.table.ts';
import { claimActions, claimTarget, gapTarget, overspent } from './decisions.ts';
import type { CardEvidence, CardJudgement } from './model.ts';

export interface DecidableTarget {
  readonly target: string;
  readonly actions: readonly DecisionAction[];
  /** Minor units that the decision is about. */
  readonly value: Amount;
}

/** Everything on a card that may be decided. */
export function decidable(
  evidence: CardEvidence,
  judged: CardJudgement,
): readonly DecidableTarget[] {
  const claims = evidence.records.flatMap((record): DecidableTarget[] => {
    const rule = judged.ruleOfRecord.get(record.id);
    if (rule === undefined || record.kind !== 'purchase') return [];
    const actions = claimActions(rule);
    return actions.length === 0
      ? []
      : [{ target: claimTarget(record), actions, value: record.amount }];
  });
  const gaps = judged.gaps
    .filter((gap) => gap.value > 0)
    .map((gap) => ({
      target: gapTarget(gap),
      actions: ['expire', 'refundHolder'] as const,
      value: gap.value,
    }));
  const beyond = overspent(judged.movements);
  return [
    ...claims,
    ...gaps,
    ...(beyond > ZERO
      ? [{ target: 'overspend', actions: ['writeOff'] as const, value: beyond }]
      : []),
    ...(judged.balance > ZERO
      ? [{ target: 'balance', actions: ['refundHolder'] as const, value: judged.balance }]
      : []),
  ];
}

/** The value that a decision is about. @throws DECISION_REFUSED when the card has no such open matter. */
export function checkDecision(decision: Decision, open: readonly DecidableTarget[]): Amount {
  const matter = open.find(({ target }) => target === decision.target);
  if (matter === undefined) {
    throw new Fault(
      'DECISION_REFUSED',
      `"target" expected one of ${open.map(({ target }) => target).join(', ') || 'none: nothing is open'}, got ${decision.target}`,
    );
  }
  if (!matter.actions.includes(decision.action)) {
    throw new Fault(
      'DECISION_REFUSED',
      `"action" expected ${matter.actions.join(' or ')}, got ${decision.action}`,
    );
  }
  return matter.value;
}
