// SPDX-License-Identifier: MIT
/** Small steps (host/chain/advance.ts) against the judgement of the whole card, in every order of arrival. */
import { describe, expect, it } from 'vitest';
import {
  appendLoad,
  fillGap,
  leapAhead,
  waitForLoad,
  type Advance,
} from '../../../host/chain/advance.ts';
import { judgeCard } from '../../../host/chain/fold.ts';
import {
  CHAIN_MODE,
  type CardEvidence,
  type CardJudgement,
  type GapState,
} from '../../../host/chain/model.ts';
import type { EntryKind } from '../../../host/ledger/model.ts';
import { amount } from '../../../src/money/amount.ts';
import { load, order, purchase, summary } from './chain-fixtures.ts';
import {
  NOTHING,
  ODD_DAYS,
  ordered,
  permutations,
  taken,
  withEvent,
  type Event,
} from './odd-days.ts';

type Kind = 'appendLoad' | 'fillGap' | 'leapAhead' | 'waitForLoad';

/** The step that the host tries for an event, as host/chain/plan-step.ts chooses it. */
function stepFor(
  was: CardJudgement,
  evidence: CardEvidence,
  event: Event,
): readonly [Kind, Advance | undefined] | undefined {
  if (was.mode === CHAIN_MODE.contested) return undefined;
  const isCalm = was.gaps.length + was.findings.length === 0;
  const { orders } = evidence;
  if (event.order !== undefined) {
    return isCalm ? ['waitForLoad', waitForLoad(was, event.order, orders)] : undefined;
  }
  const { record } = event;
  if (record.kind === 'load') {
    return isCalm ? ['appendLoad', appendLoad(was, record, orders)] : undefined;
  }
  if (record.counter > was.nextOffline) return ['leapAhead', leapAhead(was, record)];
  const behind = (key: string): number | null =>
    was.findings.find((finding) => finding.key === key)?.recordId ?? null;
  return ['fillGap', fillGap(was, record, was.gaps, behind)];
}

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

/** What is kept of a card in the books. */
function books(judged: Omit<CardJudgement, 'orderStates' | 'ruleOfRecord'>): unknown {
  const { nextOffline, nextOnline, balance, mode, movements, gaps, findings } = judged;
  return {
    head: { nextOffline, nextOnline, balance, mode },
    accounts: summary({ ...judged, orderStates: new Map(), ruleOfRecord: new Map() }).accounts,
    claims: movements.flatMap(({ claim }) => claim?.id ?? []).sort(),
    gaps: sorted(gaps),
    findings: sorted(findings),
  };
}

/** What a judgement becomes by a step. */
function after(was: CardJudgement, step: Advance): CardJudgement {
  // A judgement leaves out what moves nothing.
  const moved = step.movements.filter(({ amount }) => amount > 0);
  const gaps = was.gaps.filter((gap) => gap.from !== step.removedGap?.from);
  const findings = was.findings.filter(({ key }) => key !== step.removedFinding);
  return {
    ...was,
    ...step.head,
    movements: [...was.movements, ...moved.map((movement) => ({ ...movement, key: '' }))],
    gaps: [...gaps, ...step.addedGaps],
    findings: [...findings, ...step.addedFindings],
  };
}

const inFlight = (judged: CardJudgement): number => 0 - (summary(judged).accounts['2015'] ?? 0);
const proven = ({ orderStates }: CardJudgement): readonly string[] =>
  [...orderStates]
    .filter(([, state]) => state === 'proven')
    .map(([id]) => id)
    .sort();

/** Holds a step against the judgement of all evidence. */
function compare(was: CardJudgement, is: CardJudgement, event: Event, step: Advance): void {
  expect(books(after(was, step))).toEqual(books(is));
  expect(step.inFlight).toBe(inFlight(is) - inFlight(was));
  const isProven = step.provenLoad === null ? [] : [step.provenLoad.id];
  expect(proven(is)).toEqual([...proven(was), ...isProven].sort());
  if (event.record === undefined) return;
  const { id, kind, counter } = event.record;
  const isLate = counter < (kind === 'purchase' ? was.nextOffline : was.nextOnline);
  expect(step.rule).toBe(is.ruleOfRecord.get(id) ?? (isLate ? 'lateRecord' : 'accepted'));
}

/** What the journal calls the entry of a step. */
const ENTRY: Readonly<Record<Kind, EntryKind>> = {
  appendLoad: 'loadProven',
  fillGap: 'lateRecord',
  leapAhead: 'exception',
  waitForLoad: 'loadAuthorised',
};

/** Takes the events in every order, behind those of `start`, and counts the small steps by their kind. */
function takeInEveryOrder(
  start: readonly Event[],
  events: readonly Event[],
): Readonly<Partial<Record<Kind, number>>> {
  const counts: Partial<Record<Kind, number>> = {};
  for (const order of permutations(events)) {
    let evidence = NOTHING;
    for (const event of [...start, ...order]) {
      const was = judgeCard(evidence);
      const [kind, step] = stepFor(was, evidence, event) ?? [];
      evidence = withEvent(evidence, event);
      if (kind === undefined || step === undefined) continue;
      compare(was, judgeCard(evidence), event, step);
      expect(step.entry).toBe(ENTRY[kind]);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}

describe('small steps end where judging the whole card ends, whatever the order', () => {
  const start = [ordered(order(0, 0, 100)), taken(load(0, 0, 100))];
  const day = [taken(purchase(0, 100, 10)), taken(purchase(1, 90, 20)), taken(purchase(2, 70, 0))];

  it('of a day of purchases', () => {
    const counts = takeInEveryOrder([], [...start, ...day]);
    expect(Object.keys(counts).sort()).toEqual([
      'appendLoad',
      'fillGap',
      'leapAhead',
      'waitForLoad',
    ]);
  });

  it('of a load between two purchases', () => {
    const more = [ordered(order(1, 90, 50)), taken(load(1, 90, 50))];
    takeInEveryOrder(start, [taken(purchase(0, 100, 10)), ...more, taken(purchase(1, 140, 20))]);
  });

  it.each(ODD_DAYS)('when %s', (_what, more) => {
    takeInEveryOrder(start, [taken(purchase(0, 100, 10)), ...more]);
  });
});

describe('no small step is made', () => {
  const head = { nextOffline: 1, nextOnline: 1, balance: amount(90), mode: CHAIN_MODE.contested };
  const gap = { from: 0, to: 1, value: amount(10), high: amount(100), isClear: true } as const;
  const waiting = order(1, 90, 20);
  it.each<[Kind, Advance | undefined]>([
    ['leapAhead', leapAhead(head, purchase(2, 80, 10))],
    ['fillGap', fillGap(head, purchase(0, 100, 10), [{ ...gap, state: 'open' }], () => null)],
    ['appendLoad', appendLoad(head, load(1, 90, 20), [waiting])],
    ['waitForLoad', waitForLoad(head, waiting, [])],
  ])('on a contested card: %s', (_kind, step) => {
    expect(step).toBeUndefined();
  });

  it('into a gap that somebody has decided on', () => {
    const settled = { ...head, mode: CHAIN_MODE.endsWithPurchase };
    const fill = (state: GapState): Advance | undefined =>
      fillGap(settled, purchase(0, 100, 10), [{ ...gap, state }], () => null);
    expect([fill('open')?.rule, fill('expired'), fill('refunded')]).toEqual([
      'lateRecord',
      undefined,
      undefined,
    ]);
  });
});
