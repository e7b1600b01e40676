// SPDX-License-Identifier: MIT
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  hotlistDigest,
  isHotlistUpdate,
  netChanges,
  withDelta,
  type HotlistChange,
  type HotlistDelta,
} from '../../../src/clearing/hotlist.ts';
import { faultOf } from '../errors/thrown.ts';

const serialOf = (card: number): string => card.toString().padStart(20, '0');

/** A history: each version puts a card on the list or takes it off, where that changes anything. */
function historyOf(cards: readonly number[]): readonly HotlistChange[] {
  const listed = new Set<number>();
  return cards.map((card, index) => {
    const op = listed.has(card) ? 'remove' : 'add';
    if (op === 'add') listed.add(card);
    else listed.delete(card);
    return { version: index + 1, serial: serialOf(card), op };
  });
}

/** The list of a version, card by card: the slow and obvious way. */
function listAt(history: readonly HotlistChange[], version: number): readonly string[] {
  const listed = new Set<string>();
  for (const { serial, op } of history.slice(0, version)) {
    if (op === 'add') listed.add(serial);
    else listed.delete(serial);
  }
  return [...listed].sort();
}

function deltaOf(history: readonly HotlistChange[], from: number, version: number): HotlistDelta {
  const digest = hotlistDigest(version, listAt(history, version));
  const changes = netChanges(history.slice(from, version));
  return { kind: 'delta', from, version, issuedAtMs: 0, digest, ...changes };
}

describe('the differences of a hotlist', () => {
  it('make the full list for any history and any steps in which they are fetched', () => {
    const history = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 25 }).map(historyOf);
    const steps = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 25 });
    fc.assert(
      fc.property(history, steps, (changes, sizes) => {
        let held = { version: 0, serials: [] as readonly string[] };
        for (const size of [...sizes, changes.length]) {
          const version = Math.min(held.version + size, changes.length);
          if (version === held.version) continue;
          held = applyDelta(held, deltaOf(changes, held.version, version));
          expect(held.serials).toEqual(listAt(changes, version));
        }
        expect(held.serials).toEqual(listAt(changes, changes.length));
      }),
    );
  });

  it('leave out a card that went on and off again, but for taking it off where it was on', () => {
    expect(netChanges(historyOf([1, 2, 1]))).toEqual({
      added: [serialOf(2)],
      removed: [serialOf(1)],
    });
    expect(withDelta([serialOf(3)], netChanges(historyOf([1, 1])))).toEqual([serialOf(3)]);
  });

  it('are refused for a list of another version, and where the result is not the list', () => {
    const history = historyOf([1, 2, 3]);
    const delta = deltaOf(history, 1, 3);
    const held = { version: 1, serials: listAt(history, 1) };
    expect(applyDelta(held, delta).serials).toEqual(listAt(history, 3));
    for (const wrong of [
      () => applyDelta({ ...held, version: 2 }, delta),
      () => applyDelta({ ...held, serials: [] }, delta),
      () => applyDelta(held, { ...delta, added: [] }),
      () => applyDelta(held, { ...delta, version: 4 }),
    ]) {
      expect(faultOf(wrong).code).toBe('HOST_REFUSED');
    }
  });

  it('have a form that is checked before anything is done with them', () => {
    const delta = deltaOf(historyOf([1]), 0, 1);
    const full = { ...delta, kind: 'full', serials: [serialOf(1)] };
    expect([delta, full, { kind: 'current' }].map(isHotlistUpdate)).toEqual([true, true, true]);
    const wrong = [
      null,
      [],
      { kind: 'other' },
      { ...delta, from: -1 },
      { ...delta, added: ['1'] },
      { ...delta, removed: 'all' },
      { ...full, serials: [1] },
      { ...full, version: 0.5 },
      { ...full, issuedAtMs: undefined },
    ];
    expect(wrong.filter(isHotlistUpdate)).toEqual([]);
  });
});
