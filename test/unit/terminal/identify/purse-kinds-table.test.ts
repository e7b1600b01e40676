// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { PURSE_KINDS, type PurseKindRow } from '../../../../terminal/identify/purse-kinds.table.ts';

const ROWS: readonly (readonly [string, PurseKindRow])[] = Object.entries(PURSE_KINDS);

describe('the table of purse kinds', () => {
  it.each(ROWS)('has the pieces of %s inside the files that are read', (_, row) => {
    const { serial, otherSerial, startDate, expiryDate, city } = row;
    for (const piece of [serial, otherSerial, startDate, expiryDate, city]) {
      if (piece === undefined) continue;
      const file = row.files.find(({ shortFileId }) => shortFileId === piece.shortFileId);
      expect(piece.offset + piece.size).toBeLessThanOrEqual(file?.size ?? 0);
    }
  });

  it.each(ROWS)('has a row for cards with the name of %s and no known mark', (_, row) => {
    const marks = ROWS.filter(([, { aid }]) => aid === row.aid).map(([, { mark }]) => mark);
    expect(marks.indexOf(undefined)).toBe(marks.length - 1);
  });
});
