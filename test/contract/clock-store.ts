// SPDX-License-Identifier: MIT
import { expect, it } from 'vitest';
import type { HostStore } from '../../host/store/store.ts';
import { instant } from '../../src/time/instant.ts';

const AT = instant(1_770_000_000_000);
const LATER = instant(1_770_000_000_001);

/** Settings of clocks, and holidays. */
export function clockContract(store: () => HostStore): void {
  it('keeps every setting of a clock in its order', () => {
    const settings = [
      { clock: 'gap', value: 90, setAt: LATER },
      { clock: 'gap', value: 30, setAt: AT },
    ] as const;
    for (const setting of settings) store().insertClockSetting(setting);
    expect(store().clockSettings()).toEqual(settings);
  });

  it('keeps holidays by their days, until they are none', () => {
    store().putHoliday({ day: '2026-12-25', name: 'Christmas' });
    store().putHoliday({ day: '2026-01-26', name: 'Republic Day' });
    store().putHoliday({ day: '2026-12-25', name: 'Christmas Day' });
    const names = (): readonly string[] =>
      store()
        .holidays()
        .map(({ name }) => name);
    expect(names()).toEqual(['Republic Day', 'Christmas Day']);
    expect([store().deleteHoliday('2026-01-26'), store().deleteHoliday('2026-01-26')]).toEqual([
      true,
      false,
    ]);
    expect(names()).toEqual(['Christmas Day']);
  });
}
