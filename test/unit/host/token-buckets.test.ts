// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from '../../../host/access/token-buckets.ts';
import { instant } from '../../../src/time/instant.ts';

function at(rate: { burst: number; perSecond: number }): {
  readonly buckets: TokenBuckets;
  pass(ms: number): void;
} {
  let now = 1_770_000_000_000;
  return {
    buckets: new TokenBuckets(rate, { now: () => instant(now) }),
    pass: (ms) => (now += ms),
  };
}

describe('a token bucket', () => {
  it('gives its burst at once, then one whenever there is one, and says how long that takes', () => {
    const { buckets, pass } = at({ burst: 3, perSecond: 0.5 });
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 2]);
    pass(1000);
    expect(buckets.take('a')).toBe(1);
    pass(1000);
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 2]);
  });

  it('never holds more than its burst', () => {
    const { buckets, pass } = at({ burst: 2, perSecond: 100 });
    buckets.take('a');
    pass(3_600_000);
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 1]);
  });

  it('is apart from those of others', () => {
    const { buckets } = at({ burst: 1, perSecond: 1 });
    expect([buckets.take('a'), buckets.take('b'), buckets.take('a')]).toEqual([0, 0, 1]);
  });

  it('gains nothing from a clock that is set back', () => {
    const { buckets, pass } = at({ burst: 1, perSecond: 1 });
    buckets.take('a');
    pass(-5000);
    expect(buckets.take('a')).toBe(1);
  });

  it('is forgotten, the idlest first, when there are too many', () => {
    const { buckets } = at({ burst: 1, perSecond: 1 });
    buckets.take('idle');
    buckets.take('busy');
    for (let index = 0; index < 9_998; index++) buckets.take(`x${index}`);
    expect(buckets.take('busy')).toBe(1);
    buckets.take('one more');
    // Forgotten, so it is full again.
    expect(buckets.take('idle')).toBe(0);
    expect(buckets.take('busy')).toBe(1);
  });
});
