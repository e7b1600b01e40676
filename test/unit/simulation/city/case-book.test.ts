// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { CaseBook } from '../../../../simulation/city/adversaries/case-book.ts';
import { FRAUDS, type FraudName } from '../../../../simulation/city/adversaries/frauds.table.ts';
import type { DetectionLine } from '../../../../simulation/city/result.ts';
import { DAY_MS } from '../../../../simulation/city/world/durations.ts';
import { instant, type Instant } from '../../../../src/time/instant.ts';

const NOTHING = {
  ...{ injected: 0, found: 0, falseAlarms: 0, precision: null, recall: null },
  ...{ daysMedian: null, daysMost: null },
};

const day = (number: number): Instant => instant(Math.round(number * DAY_MS));

function lineOf(book: CaseBook, fraud: FraudName): DetectionLine {
  const line = book.lines().find((one) => one.fraud === fraud);
  if (line === undefined) throw new Error(`expected a line of ${fraud}, got none`);
  return line;
}

describe('the case book', () => {
  it('has a line for every fraud, and empty ones where nothing was done', () => {
    const lines = new CaseBook().lines();
    expect(lines.map(({ fraud }) => fraud)).toEqual(Object.keys(FRAUDS));
    for (const line of lines) expect(line).toMatchObject(NOTHING);
  });

  it('counts cases, those that are found, and the days to the first sign', () => {
    const book = new CaseBook();
    for (const [index, subject] of ['A', 'B', 'C', 'D'].entries()) {
      book.commit('clone', subject, day(index));
    }
    book.see(['clone'], 'A', day(1));
    book.see(['clone'], 'B', day(3.5));
    book.see(['clone'], 'C', day(12));
    // A later sign of the same is no other case, and no earlier one.
    book.see(['clone'], 'A', day(20));
    expect(lineOf(book, 'clone')).toMatchObject({
      ...{ injected: 4, found: 3, falseAlarms: 0, precision: 1, recall: 0.75 },
      ...{ daysMedian: 2.5, daysMost: 10 },
    });
    expect(lineOf(book, 'rollback')).toMatchObject(NOTHING);
  });

  it('takes the same fraud on the same subject for one case, from its first act on', () => {
    const book = new CaseBook();
    book.commit('replay', 'batch', day(1));
    book.commit('replay', 'batch', day(4));
    book.see(['replay'], 'batch', day(5));
    expect(lineOf(book, 'replay')).toMatchObject({ injected: 1, found: 1, daysMost: 4 });
  });

  it('calls a sign without a case a false alarm of the first kind, once for a subject', () => {
    const book = new CaseBook();
    book.commit('rollback', 'A', day(1));
    book.see(['rollback', 'clone'], 'A', day(2));
    book.see(['rollback', 'clone'], 'innocent', day(2));
    book.see(['rollback', 'clone'], 'innocent', day(3));
    book.see(['rollback', 'clone'], 'another', day(3));
    expect(lineOf(book, 'rollback')).toMatchObject({
      ...{ injected: 1, found: 1, falseAlarms: 2, precision: 0.3333, recall: 1 },
    });
    expect(lineOf(book, 'clone')).toMatchObject(NOTHING);
  });

  it('gives a sign of several kinds to every case with its subject', () => {
    const book = new CaseBook();
    book.commit('clone', 'A', day(1));
    book.commit('leakedCardKey', 'A', day(1));
    book.commit('clone', 'B', day(1));
    book.see(['rollback', 'clone', 'leakedCardKey'], 'A', day(2));
    expect(lineOf(book, 'clone')).toMatchObject({ injected: 2, found: 1, recall: 0.5 });
    expect(lineOf(book, 'leakedCardKey')).toMatchObject({ injected: 1, found: 1 });
    expect(lineOf(book, 'rollback')).toMatchObject(NOTHING);
  });

  it('makes an attempt a case when a sign of it is seen, since the attempt', () => {
    const book = new CaseBook();
    book.attempt('constantMac', 'A', day(1));
    book.attempt('constantMac', 'B', day(1));
    expect(lineOf(book, 'constantMac')).toMatchObject(NOTHING);
    book.see(['constantMac'], 'A', day(3));
    expect(lineOf(book, 'constantMac')).toMatchObject({
      ...{ injected: 1, found: 1, falseAlarms: 0, precision: 1, recall: 1 },
      ...{ daysMedian: 2, daysMost: 2 },
    });
  });

  it('has no precision and no days where a case was not found, and no recall where none was', () => {
    const book = new CaseBook();
    book.commit('clone', 'A', day(1));
    book.see(['replay'], 'innocent', day(2));
    expect(lineOf(book, 'clone')).toMatchObject({ ...NOTHING, injected: 1, recall: 0 });
    expect(lineOf(book, 'replay')).toMatchObject({ ...NOTHING, falseAlarms: 1, precision: 0 });
  });

  it('knows what was committed on whom', () => {
    const book = new CaseBook();
    book.commit('clone', 'A', day(1));
    book.attempt('clone', 'B', day(1));
    expect(book.has(['rollback', 'clone'], 'A')).toBe(true);
    expect(book.has(['rollback'], 'A')).toBe(false);
    expect(book.has(['clone'], 'B')).toBe(false);
  });
});
