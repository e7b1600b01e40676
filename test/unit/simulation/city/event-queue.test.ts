// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../../simulation/city/engine/event-queue.ts';
import { runs, SEED } from '../../../property/seeded-runs.ts';

/** Everything that is left, in the order in which it comes. */
function drain<T>(queue: EventQueue<T>): readonly { readonly at: number; readonly item: T }[] {
  const drained: { at: number; item: T }[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    drained.push({ at: next.at, item: next.item });
  }
  return drained;
}

describe('the queue of events', () => {
  it('gives what is earliest first', () => {
    const queue = new EventQueue<string>();
    queue.push(30, 'evening');
    queue.push(10, 'morning');
    queue.push(20, 'noon');
    expect(drain(queue).map(({ item }) => item)).toEqual(['morning', 'noon', 'evening']);
  });

  it('gives what was pushed first of those at one time, also after pops', () => {
    const queue = new EventQueue<number>();
    for (let item = 0; item < 8; item++) queue.push(5, item);
    expect(queue.pop()?.item).toBe(0);
    expect(queue.pop()?.item).toBe(1);
    queue.push(5, 8);
    expect(drain(queue).map(({ item }) => item)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('says how many are left, and has nothing when none is', () => {
    const queue = new EventQueue<string>();
    expect(queue.pop()).toBeUndefined();
    queue.push(1, 'one');
    queue.push(2, 'two');
    expect(queue.size).toBe(2);
    queue.pop();
    expect(queue.size).toBe(1);
    queue.pop();
    expect(queue.size).toBe(0);
    expect(queue.pop()).toBeUndefined();
  });

  it('is a stable sort, whatever is pushed between pops', () => {
    // A number is pushed at its time; null pops.
    const steps = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { freq: 2, nil: null }));
    fc.assert(
      fc.property(steps, (script) => {
        const queue = new EventQueue<number>();
        const waiting: { at: number; item: number }[] = [];
        for (const [item, at] of script.entries()) {
          if (at === null) {
            waiting.sort((left, right) => left.at - right.at || left.item - right.item);
            const { at: poppedAt, item: popped } = queue.pop() ?? {};
            const expected = waiting.shift();
            expect([poppedAt, popped]).toEqual([expected?.at, expected?.item]);
          } else {
            queue.push(at, item);
            waiting.push({ at, item });
          }
          expect(queue.size).toBe(waiting.length);
        }
        waiting.sort((left, right) => left.at - right.at || left.item - right.item);
        expect(drain(queue)).toEqual(waiting);
      }),
      { numRuns: runs(300), seed: SEED },
    );
  });
});
