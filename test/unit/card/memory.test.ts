// SPDX-License-Identifier: MIT
/** The journalled memory by itself: commits, tears, recovery, and what it refuses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CardTorn } from '../../../card-applet-sim/memory/card-torn.ts';
import { crc32 } from '../../../src/bytes/crc32.ts';
import {
  journalSize,
  NonVolatileMemory,
  type MemoryChange,
} from '../../../card-applet-sim/memory/non-volatile-memory.ts';
import { Defect } from '../../../src/errors/invariant.ts';

const BODY = 64;
const START = journalSize(BODY);
const SIZE = 100;

function blank(): NonVolatileMemory {
  const memory = new NonVolatileMemory('card', new Uint8Array(START + SIZE), START);
  memory.powerUp();
  return memory;
}

const dataOf = (memory: NonVolatileMemory): Uint8Array => memory.cells.slice(START);

const change: fc.Arbitrary<MemoryChange> = fc
  .tuple(fc.integer({ min: 0, max: SIZE - 12 }), fc.uint8Array({ minLength: 1, maxLength: 12 }))
  .map(([offset, bytes]) => ({ address: START + offset, bytes }));

describe('non-volatile memory', () => {
  it('checks with the CRC-32 of everybody', () => {
    const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
    expect(crc32(digits, 0, digits.length)).toBe(0xcbf43926);
  });

  it('makes all changes of a commit and clears its journal', () => {
    const memory = blank();
    memory.commit([
      { address: START + 1, bytes: Uint8Array.of(1, 2) },
      { address: START + 90, bytes: Uint8Array.of(3) },
    ]);
    expect([...dataOf(memory).subarray(0, 4), dataOf(memory)[90]]).toEqual([0, 1, 2, 0, 3]);
    expect([...memory.cells.subarray(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    // Body, marker, two changes, marker.
    expect(memory.writeCount).toBe(5);
  });

  it('is at the old or the new state after any tear at any byte, the recovery torn too', () => {
    fc.assert(
      fc.property(
        fc.record({
          first: fc.array(change, { minLength: 1, maxLength: 4 }),
          second: fc.array(change, { minLength: 1, maxLength: 4 }),
          write: fc.integer({ min: 1, max: 7 }),
          phase: fc.constantFrom('before' as const, 'inside' as const, 'after' as const),
          bytes: fc.nat(70),
          recoveries: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(20)), {
            maxLength: 3,
          }),
        }),
        ({ first, second, write, phase, bytes, recoveries }) => {
          const memory = blank();
          memory.commit(first);
          const before = dataOf(memory);
          const whole = blank();
          whole.commit(first);
          whole.commit(second);
          memory.placeTear(phase === 'inside' ? { phase, write, bytes } : { phase, write });
          const isTorn = tears(() => memory.commit(second));
          memory.removeTear();
          for (const [at, reached] of recoveries) {
            memory.placeTear({ phase: 'inside', write: at, bytes: reached });
            tears(() => memory.powerUp());
            memory.removeTear();
          }
          memory.powerUp();
          const found = dataOf(memory);
          if (!isTorn) expect(found).toEqual(dataOf(whole));
          else expect([before, dataOf(whole)]).toContainEqual(found);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('does no commit without power', () => {
    const memory = blank();
    memory.powerOff();
    expect(() => memory.commit([{ address: START, bytes: Uint8Array.of(1) }])).toThrow(Defect);
  });

  it.each([
    ['no changes', []],
    ['a change in the journal', [{ address: 3, bytes: Uint8Array.of(1) }]],
    ['a change past the end', [{ address: START + SIZE, bytes: Uint8Array.of(1) }]],
    ['more than the journal holds', [{ address: START, bytes: new Uint8Array(BODY) }]],
  ])('refuses %s before it writes', (_name, changes) => {
    const memory = blank();
    expect(() => memory.commit(changes)).toThrow(Defect);
    expect(memory.writeCount).toBe(0);
  });

  it('takes no journal whose entries lead outside for a commit', () => {
    const cells = new Uint8Array(START + SIZE);
    const body = Uint8Array.of(0xff, 0xff, 0, 1, 0xaa);
    cells.set(body, 7);
    const crc = crc32(body, 0, body.length);
    cells.set([0, body.length, crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255, 0xa5]);
    const memory = new NonVolatileMemory('card', cells, START);
    memory.powerUp();
    expect([...dataOf(memory)].every((byte) => byte === 0)).toBe(true);
    expect([...memory.cells.subarray(0, 7)].every((byte) => byte === 0)).toBe(true);
  });

  it('takes no journal whose body does not fit its checksum for a commit', () => {
    const torn = blank();
    torn.placeTear({ phase: 'after', write: 2 });
    tears(() => torn.commit([{ address: START, bytes: Uint8Array.of(0x55, 0x66) }]));
    for (const [at, expected] of [
      [-1, 0x55],
      [7 + 4, 0],
    ] as const) {
      const cells = torn.cells.slice();
      if (at >= 0) cells[at] = (cells[at] ?? 0) ^ 1;
      const copy = new NonVolatileMemory('card', cells, START);
      copy.powerUp();
      expect(dataOf(copy)[0]).toBe(expected);
    }
  });

  it('counts a tear from the next physical write, over commits', () => {
    const memory = blank();
    memory.placeTear({ phase: 'after', write: 6 });
    memory.commit([{ address: START, bytes: Uint8Array.of(1) }]);
    expect(() => memory.commit([{ address: START, bytes: Uint8Array.of(2) }])).toThrow(
      new CardTorn('the card lost power after physical write 6'),
    );
    expect(memory.isPowered).toBe(false);
  });
});

function tears(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof CardTorn) return true;
    throw error;
  }
}
