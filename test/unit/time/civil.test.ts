// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { Defect } from '../../../src/errors/invariant.ts';
import {
  civilTime,
  formatCivil,
  instantOf,
  isCalendarDate,
  isIsoDate,
  isTimeOfDay,
  plusDays,
} from '../../../src/time/civil.ts';
import { instant, plusMs } from '../../../src/time/instant.ts';
import { faultOf, thrownBy } from '../errors/thrown.ts';

const CHINA = 480;
const INDIA = 330;

describe('civil time', () => {
  it.each([
    [0, 0, '19700101', '000000'],
    [0, CHINA, '19700101', '080000'],
    [0, -1, '19691231', '235900'],
    [-1, 0, '19691231', '235959'],
    [999, 0, '19700101', '000000'],
    [951_782_400_000, 0, '20000229', '000000'],
    [1_709_164_800_000, 0, '20240229', '000000'],
    [1_735_482_060_000, CHINA, '20241229', '222100'],
    [1_770_106_530_000, INDIA, '20260203', '134530'],
    [4_107_542_400_000, 0, '21000301', '000000'],
    [253_402_300_799_000, 0, '99991231', '235959'],
  ])('at %i ms, %i minutes ahead, is %s %s', (epochMs, offset, date, time) => {
    expect(civilTime(instant(epochMs), offset)).toEqual({ date, time });
  });

  it('agrees with the calendar of the platform on every day of five centuries', () => {
    const day = 86_400_000;
    for (let days = Math.floor(Date.UTC(1899, 11, 25) / day); days < 157_000; days += 1) {
      const iso = new Date(days * day).toISOString().slice(0, 10).replaceAll('-', '');
      const { date } = civilTime(instant(days * day), 0);
      if (date !== iso) expect(date).toBe(iso);
      if (instantOf({ date, time: '000000' }, 0) !== days * day) expect(date).toBe('round trip');
    }
    expect(civilTime(instant(156_999 * day), 0).date).toBe('23991107');
  });

  it.each([0, CHINA, INDIA, -300, 840, -720])('round-trips %i minutes ahead of UTC', (offset) => {
    const at = instant(1_735_481_860_000);
    expect(instantOf(civilTime(at, offset), offset)).toBe(at);
  });

  it('is an instant where clocks are ahead by as much', () => {
    expect(instantOf({ date: '19700101', time: '080000' }, CHINA)).toBe(0);
    expect(instantOf({ date: '19700101', time: '000000' }, CHINA)).toBe(-28_800_000);
  });

  it('is shown with separators', () => {
    expect(formatCivil({ date: '20260203', time: '081530' })).toBe('2026-02-03 08:15:30');
  });
});

describe('a calendar date', () => {
  it.each(['19700101', '20000229', '20240229', '20231231', '20240430'])('may be %s', (date) => {
    expect(isCalendarDate(date)).toBe(true);
    expect(isTimeOfDay(date)).toBe(false);
  });

  it.each([
    '19000229',
    '20230229',
    '21000229',
    '20240431',
    '20240100',
    '20240132',
    '20240001',
    '20241301',
    '2024013',
    '202401011',
    '2024-1-1',
    '',
  ])('is never "%s"', (date) => {
    expect(isCalendarDate(date)).toBe(false);
    expect(faultOf(() => instantOf({ date, time: '000000' }, 0)).code).toBe('USAGE');
  });
});

describe('a time of day', () => {
  it.each(['000000', '095959', '195959', '235959'])('may be %s', (time) => {
    expect(isTimeOfDay(time)).toBe(true);
  });

  it.each(['240000', '006000', '000060', '00000', '0000000', '1:2:03', ''])(
    'is never "%s"',
    (time) => {
      expect(isTimeOfDay(time)).toBe(false);
      expect(faultOf(() => instantOf({ date: '20240101', time }, 0)).code).toBe('USAGE');
    },
  );
});

describe('an instant', () => {
  it('is a whole number of milliseconds', () => {
    expect(instant(-1)).toBe(-1);
    expect(thrownBy(() => instant(0.5))).toBeInstanceOf(Defect);
    expect(thrownBy(() => instant(Number.NaN))).toBeInstanceOf(Defect);
  });

  it('moves by a duration', () => {
    expect(plusMs(instant(1000), 250)).toBe(1250);
    expect(plusMs(instant(1000), -250)).toBe(750);
    expect(thrownBy(() => plusMs(instant(Number.MAX_SAFE_INTEGER), 1))).toBeInstanceOf(Defect);
  });
});

describe('a date with hyphens', () => {
  it.each(['2024-02-29', '2026-12-31'])('%s is a day', (date) => {
    expect(isIsoDate(date)).toBe(true);
  });

  it.each(['2026-02-29', '20260228', '2026-2-28', '2026-02-28 ', ''])('"%s" is none', (date) => {
    expect(isIsoDate(date)).toBe(false);
    expect(faultOf(() => plusDays(date, 1)).code).toBe('USAGE');
  });

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-01-31', 30, '2026-03-02'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-03-01', 0, '2026-03-01'],
  ])('%s and %i days is %s', (date, days, later) => {
    expect(plusDays(date, days)).toBe(later);
  });
});
