// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { planDay } from '../../../../simulation/city/lives/plan-day.ts';
import type { Person, Plan } from '../../../../simulation/city/lives/person.ts';
import { HOUR_MS } from '../../../../simulation/city/world/durations.ts';
import { SeededRandom } from '../../../../simulation/world/seeded-random.ts';
import type { Station } from '../../../../src/gtfs/model.ts';
import { runs, SEED } from '../../../property/seeded-runs.ts';
import { smallFeed } from '../../gtfs/feed-builder.ts';

const [HOME, WORK, PARK] = smallFeed().stations as readonly [Station, Station, Station];
const BUSY = { commuters: 1, lunch: 1, outings: 1 };
const DAYS = runs(2000);
/** The host closes its window at two at night. */
const CLOSE_HOUR = 26;

function person(isCommuter: boolean): Person {
  return { number: 1, isCommuter, home: HOME, work: WORK, at: HOME, purse: undefined };
}

/** Many days of one kind, of people with no end of energy unless it is said otherwise. */
function daysOf(
  day: { readonly isCommuter: boolean; readonly isWorkday: boolean },
  demand = BUSY,
): readonly (readonly Plan[])[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: DAYS }, () =>
    planDay(person(day.isCommuter), {
      isWorkday: day.isWorkday,
      demand,
      random,
      elsewhere: () => PARK,
    }),
  );
}

const EVERY_KIND = [true, false].flatMap((isCommuter) =>
  [true, false].map((isWorkday) => ({ isCommuter, isWorkday })),
);

const ridesTo = (plans: readonly Plan[], station: Station): readonly number[] =>
  plans.flatMap((plan) => (plan.kind === 'ride' && plan.to === station ? [plan.at] : []));

describe('a day that is planned', () => {
  it.each(EVERY_KIND)('lies between midnight and the close, in order: %o', (kind) => {
    for (const plans of daysOf(kind)) {
      const times = plans.map(({ at }) => at);
      expect(times).toEqual([...times].sort((left, right) => left - right));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...times)).toBeLessThan(CLOSE_HOUR * HOUR_MS);
    }
  });

  it('is over by midnight', () => {
    const times = EVERY_KIND.flatMap((kind) => daysOf(kind)).flat();
    expect(Math.max(...times.map(({ at }) => at))).toBeLessThan(24 * HOUR_MS);
  });

  it('takes a commuter to work in the morning and home in the evening of a workday', () => {
    for (const plans of daysOf({ isCommuter: true, isWorkday: true }, { ...BUSY, outings: 0 })) {
      const [there, ...more] = ridesTo(plans, WORK);
      const [back, ...others] = ridesTo(plans, HOME);
      expect([more, others]).toEqual([[], []]);
      expect(there).toBeLessThan(12 * HOUR_MS);
      expect(back).toBeGreaterThan(14 * HOUR_MS);
    }
  });

  it.each(EVERY_KIND.slice(1))('takes nobody else to work: %o', (kind) => {
    for (const plans of daysOf(kind)) expect(ridesTo(plans, WORK)).toEqual([]);
  });

  it('is spent at home by whoever has neither work nor plans', () => {
    const idle = { commuters: 1, lunch: 0, outings: 0 };
    for (const kind of EVERY_KIND.slice(1)) {
      for (const plans of daysOf(kind, idle)) expect(plans).toEqual([]);
    }
  });

  it('has lunch near work on a workday, and else near home', () => {
    const lunch = { ...BUSY, outings: 0 };
    for (const kind of EVERY_KIND) {
      const near = kind.isCommuter && kind.isWorkday ? WORK : HOME;
      for (const plans of daysOf(kind, lunch)) {
        const bought = plans.filter((plan) => plan.kind === 'buy');
        expect(bought.map((plan) => plan.near)).toEqual([near]);
      }
    }
  });

  it('has an outing there and back, and mostly buys something there', () => {
    let bought = 0;
    for (const plans of daysOf({ isCommuter: false, isWorkday: true }, { ...BUSY, lunch: 0 })) {
      const [first, ...rest] = plans;
      expect(first).toMatchObject({ kind: 'ride', to: PARK });
      expect(rest.at(-1)).toMatchObject({ kind: 'ride', to: HOME });
      if (rest.length > 1) {
        bought++;
        expect(rest[0]).toMatchObject({ kind: 'buy', near: PARK });
      }
      expect(rest.length).toBeLessThanOrEqual(2);
    }
    expect(bought / DAYS).toBeGreaterThan(0.7);
    expect(bought / DAYS).toBeLessThan(0.8);
  });

  it('comes as often as the demand says', () => {
    const some = { commuters: 1, lunch: 0.3, outings: 0 };
    const days = daysOf({ isCommuter: false, isWorkday: true }, some);
    const share = days.filter((plans) => plans.length > 0).length / DAYS;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });

  it('is the same for the same seed', () => {
    const kind = { isCommuter: true, isWorkday: true };
    expect(daysOf(kind)).toEqual(daysOf(kind));
  });
});
