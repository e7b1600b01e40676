// SPDX-License-Identifier: MIT
/** Judging a card from a settled point on (host/chain/settled.ts) against judging everything, in every order. */
import { describe, expect, it } from 'vitest';
import { judgeCard } from '../../../host/chain/fold.ts';
import type { CardEvidence, CardJudgement } from '../../../host/chain/model.ts';
import { hasOnlyMissing, isSettled, judgeFrom } from '../../../host/chain/settled.ts';
import { load, order, purchase } from './chain-fixtures.ts';
import {
  NOTHING,
  ODD_DAYS,
  ordered,
  permutations,
  taken,
  withEvent,
  type Event,
} from './odd-days.ts';

const sorted = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();

/** All that the books keep of a judgement, behind what they had at a settled point. */
function books(judged: CardJudgement, before?: CardJudgement): unknown {
  const { balance, findings, gaps, mode, nextOffline, nextOnline } = judged;
  return {
    head: { balance, mode, nextOffline, nextOnline },
    movements: sorted([...(before?.movements ?? []), ...judged.movements]),
    gaps: sorted(gaps),
    findings: sorted(findings),
    orders: [...new Map([...(before?.orderStates ?? []), ...judged.orderStates])].sort(),
  };
}

/** Whether a terminal's number was used before: such a record is not judged from a point. */
function isReused({ records }: CardEvidence, { record }: Event): boolean {
  return record?.kind === 'purchase' && records.some(hasNumberOf(record));
}

const hasNumberOf =
  (record: { readonly terminalId: string; readonly terminalCounter: number }) =>
  (other: typeof record): boolean =>
    other.terminalId === record.terminalId && other.terminalCounter === record.terminalCounter;

/**
 * Takes events behind settled ones in every order, those of `first` before them, and counts how often the
 * point was enough.
 */
function judgeInEveryOrder(
  start: readonly Event[],
  events: readonly Event[],
  first: readonly Event[] = [],
): number {
  const settled = start.reduce(withEvent, NOTHING);
  const at = judgeCard(settled);
  expect(isSettled(at, () => at.gaps.length + at.findings.length === 0)).toBe(true);
  let count = 0;
  for (const order of permutations(events)) {
    let [all, since] = [settled, NOTHING];
    for (const event of [...first, ...order]) {
      const was = judgeCard(all);
      const isNear = hasOnlyMissing(was.findings) && !isReused(all, event);
      all = withEvent(all, event);
      since = withEvent(since, event);
      const judged = isNear ? judgeFrom(at, since) : undefined;
      if (judged === undefined) continue;
      expect(books(judged, at)).toEqual(books(judgeCard(all)));
      count++;
    }
  }
  return count;
}

const START = [
  ordered(order(0, 0, 100)),
  taken(load(0, 0, 100)),
  taken(purchase(0, 100, 10)),
] as const;

describe('a settled point is enough for', () => {
  it('a day of purchases, whatever comes first', () => {
    const day = [purchase(1, 90, 20), purchase(2, 70, 0), purchase(3, 70, 30)].map(taken);
    expect(judgeInEveryOrder(START, day)).toBe(18);
  });

  it('a day with a load in the middle', () => {
    const day = [purchase(1, 90, 10), load(1, 80, 50), purchase(2, 130, 20)].map(taken);
    expect(judgeInEveryOrder(START, day, [ordered(order(1, 80, 50))])).toBe(6 * 4);
  });

  it('a day with two loads of one amount', () => {
    const orders = [order(1, 90, 50), order(2, 120, 50)].map(ordered);
    const day = [load(1, 90, 50), purchase(1, 140, 20), load(2, 120, 50), purchase(2, 170, 20)];
    expect(judgeInEveryOrder(START, day.map(taken), orders)).toBe(24 * 6);
  });
});

describe('judging from a settled point is judging everything', () => {
  it.each(ODD_DAYS)('when %s', (_what, more) => {
    judgeInEveryOrder(START, [...more.filter(({ record }) => record !== START[2].record)]);
  });

  it.each<readonly [string, readonly Event[]]>([
    ['a purchase claims a counter of the past', [taken(purchase(0, 100, 25, { tac: 'C' }))]],
    ['a load claims a counter of the past', [taken(load(0, 0, 60, { tac: 'C' }))]],
    ['a load starts from the past', [ordered(order(1, 100, 20)), taken(load(1, 100, 20))]],
    ['the next purchase starts from the past', [taken(purchase(1, 100, 10))]],
    ['it does, and a load comes from the past', [taken(purchase(1, 95, 5)), taken(load(1, 95, 5))]],
    ['it does behind a load of nothing', [taken(load(1, 90, 0)), taken(purchase(1, 100, 10))]],
    ['nothing is paid after nothing is loaded', [taken(load(1, 90, 0)), taken(purchase(1, 90, 0))]],
  ])('when %s', (_what, more) => {
    judgeInEveryOrder(START, [...more, taken(purchase(2, 80, 10)), taken(purchase(3, 70, 10))]);
  });
});

describe('a settled point is not enough where something else is known', () => {
  const at = judgeCard(START.reduce(withEvent, NOTHING));
  const decided = { target: 'balance', action: 'refundHolder' } as const;
  it.each<Partial<CardEvidence>>([
    { decisions: [decided] },
    { sharedNumbers: [{ terminalId: 'T1', terminalCounter: 7, otherCard: '02' }] },
    { given: { refunded: order(0, 0, 0).amount, paid: order(0, 0, 5).amount } },
  ])('%j', (more) => {
    expect(judgeFrom(at, { ...NOTHING, ...more })).toBeUndefined();
  });

  it('but a card that never paid has none', () => {
    const loaded = START.slice(0, 2).reduce(withEvent, NOTHING);
    expect(isSettled({ ...judgeCard(loaded), mode: 0 }, () => true)).toBe(false);
  });
});
