// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../simulation/world/seeded-random.ts';
import { VirtualClock } from '../../../simulation/world/virtual-clock.ts';
import { instant } from '../../../src/time/instant.ts';

const draw = (random: SeededRandom): readonly number[] =>
  Array.from({ length: 20 }, () => random.int(0, 1_000_000));

describe('seeded randomness', () => {
  it('is the same for the same seed and another for another', () => {
    expect(draw(new SeededRandom(7))).toEqual(draw(new SeededRandom(7)));
    expect(draw(new SeededRandom(7))).not.toEqual(draw(new SeededRandom(8)));
  });

  it('forks streams that do not shift each other', () => {
    const left = new SeededRandom(7);
    const leftFork = left.fork();
    const right = new SeededRandom(7);
    const rightFork = right.fork();
    draw(leftFork);
    expect(draw(left)).toEqual(draw(right));
    expect(draw(leftFork)).not.toEqual(draw(rightFork));
  });

  it('is never true for a share of 0 and always for a share of 1', () => {
    const random = new SeededRandom(1);
    const many = Array.from({ length: 1000 });
    expect(many.some(() => random.chance(0))).toBe(false);
    expect(many.every(() => random.chance(1))).toBe(true);
  });

  it('refuses to pick from nothing', () => {
    expect(() => new SeededRandom(1).pick([])).toThrow('"items" expected at least one');
  });

  it('draws bytes', () => {
    expect(new SeededRandom(1).bytes(16)).toHaveLength(16);
  });
});

describe('virtual time', () => {
  it('stands still until it is moved', () => {
    const clock = new VirtualClock(instant(1000));
    expect(clock.now()).toBe(1000);
    clock.advance(5);
    expect(clock.now()).toBe(1005);
  });
});
