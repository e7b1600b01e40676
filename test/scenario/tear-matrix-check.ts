// SPDX-License-Identifier: MIT
import { expect } from 'vitest';
import type { TearMatrix } from './tear-matrix.ts';

/** Every tear ended in exactly one sale, for card, journal and books alike. */
export function expectMoneyRight(matrix: TearMatrix): void {
  const { cases, price, apdus } = matrix;
  expect(cases).toHaveLength(apdus * 5);
  for (const { paid, outcomes, ...place } of cases) {
    expect({ ...place, paid, last: outcomes.at(-1) }).toEqual({
      ...place,
      paid: price,
      last: 'approved',
    });
    expect(outcomes).not.toContain('declined');
  }
  // One more: the purchase that counted the APDUs.
  expect(matrix).toMatchObject({ sales: cases.length + 1, pending: 0, isConserved: true });
  expect(matrix.ledgerBalance).toBe(matrix.cardBalance);
}
