// SPDX-License-Identifier: MIT
/** Fees are exact: the shares are the fee, no share is rounded up, and the residue has one owner. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { RecordFees, splitFee } from '../../host/settlement/fees.ts';
import { checkTerms, type FeeTerms } from '../../host/settlement/fee-terms.ts';

const parties = [
  { party: 'operator', name: '' },
  { party: 'acquirer', name: 'A' },
  { party: 'bank', name: 'B' },
  { party: 'agent', name: 'C' },
] as const;

const money = fc.oneof(
  fc.integer({ min: 0, max: 500 }),
  fc.integer({ min: 0, max: 10_000_000 }),
  fc.constantFrom(0, 1, 9_999, 10_000, 9_000_000_000_000_000),
);

const termsOf = (
  count: number,
  tierCount: number,
): fc.Arbitrary<Omit<FeeTerms, 'basis' | 'cap' | 'minimum'>> =>
  fc
    .record({
      steps: fc.array(fc.integer({ min: 1, max: 5000 }), {
        minLength: tierCount,
        maxLength: tierCount,
      }),
      rates: fc.array(
        fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: count, maxLength: count }),
        { minLength: tierCount, maxLength: tierCount },
      ),
      residue: fc.nat({ max: count - 1 }),
    })
    .map(({ steps, rates, residue }) => {
      let from = -(steps[0] ?? 0);
      return {
        recipients: parties.slice(0, count),
        residue: parties[residue]!.party,
        tiers: rates.map((basisPoints, index) => {
          from += steps[index] ?? 0;
          return { from: amount(from), basisPoints };
        }),
      };
    });

const terms: fc.Arbitrary<FeeTerms> = fc
  .tuple(
    fc
      .integer({ min: 1, max: 4 })
      .chain((count) =>
        fc.integer({ min: 1, max: 3 }).chain((tierCount) => termsOf(count, tierCount)),
      ),
    fc.integer({ min: 0, max: 30 }),
    fc.option(fc.integer({ min: 30, max: 2000 })),
  )
  .map(([rest, minimum, cap]) => ({
    ...rest,
    basis: 'window',
    minimum: amount(minimum),
    cap: cap === null ? null : amount(cap),
  }));

/** The rate of one recipient on a basis, in ten-thousandths, unit by unit of the tiers: slow and plain. */
function slowWeight({ tiers }: FeeTerms, basis: number, place: number): bigint {
  return tiers.reduce((total, { from, basisPoints }, index) => {
    const until = Math.min(basis, tiers[index + 1]?.from ?? basis);
    return total + BigInt(Math.max(0, until - from)) * BigInt(basisPoints[place] ?? 0);
  }, 0n);
}

describe('a fee', () => {
  it('is split exactly, and is what the rates, the minimum and the cap say', () => {
    fc.assert(
      fc.property(terms, money, (schedule, basis) => {
        checkTerms(schedule, false);
        const { fee, shares } = splitFee(schedule, amount(basis));
        const weights = schedule.recipients.map((_r, place) => slowWeight(schedule, basis, place));
        const plain = Number(weights.reduce((a, b) => a + b, 0n) / 10_000n);
        const bounded = Math.min(Math.max(plain, schedule.minimum), schedule.cap ?? Infinity);
        expect(fee).toBe(Math.min(bounded, basis));
        expect(shares.reduce((a, b) => a + b, 0)).toBe(fee);
        if (fee !== plain) return;
        const owner = schedule.recipients.findIndex(({ party }) => party === schedule.residue);
        for (const [place, share] of shares.entries()) {
          const floor = Number(weights[place]! / 10_000n);
          if (place === owner) expect(share - floor).toBeLessThan(shares.length);
          else expect(share).toBe(floor);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('by record does not depend on the order, and a record taken back leaves no trace', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(terms, amounts, fc.integer({ min: 0, max: 3000 }), (schedule, values, gone) => {
        const total = (list: readonly number[]): unknown => {
          const fees = new RecordFees(schedule);
          for (const value of list) fees.count(signedAmount(value));
          return fees.total();
        };
        expect(total([gone, ...values.toReversed(), 0 - gone])).toEqual(total(values));
      }),
      { numRuns: 200 },
    );
  });
});
