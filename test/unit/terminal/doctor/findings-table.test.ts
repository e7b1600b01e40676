// SPDX-License-Identifier: MIT
/** The numbers are for scripts and for people at a telephone: each has one meaning, for good. */
import { describe, expect, it } from 'vitest';
import { FINDINGS, type FindingRow } from '../../../../terminal/reader/doctor/findings.table.ts';

const ROWS: readonly (readonly [string, FindingRow])[] = Object.entries(FINDINGS);

describe('the table of findings', () => {
  it('gives every code once, in ascending order', () => {
    const codes = ROWS.map(([, { code }]) => code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
  });

  it('says what to do about every error and warning, on every system', () => {
    const silent = ROWS.filter(([, { severity, advice }]) => {
      const texts = typeof advice === 'string' ? [advice] : Object.values(advice);
      return (severity === 'error' || severity === 'warning') && texts.includes('');
    });
    expect(silent).toEqual([]);
  });

  it('keeps the codes that were given out', () => {
    const given = Object.fromEntries(ROWS.map(([name, { code }]) => [name, code]));
    expect(given).toMatchObject({
      addonMissing: 101,
      addonNotBuilt: 102,
      libraryMissing: 103,
      addonOtherNode: 104,
      serviceMissing: 201,
      serviceStopped: 202,
      accessDenied: 205,
      kernelDriverHolds: 301,
      noReader: 501,
      cardHeld: 512,
    });
  });
});
