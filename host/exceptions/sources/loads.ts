// SPDX-License-Identifier: MIT
/** Loads that were authorised and are not proven yet. */
import { amount } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { utcOffsetOf } from '../../clocks/local-time.ts';
import type { HostStore } from '../../store/store.ts';
import { exceptionOf, type OpenMatter } from '../model.ts';

export function* loadExceptions(store: HostStore): Generator<OpenMatter> {
  const offset = utcOffsetOf(store);
  for (const { id, serial, counter, amount: value, at, agent } of store.loadsInFlight()) {
    yield exceptionOf(
      {
        rule: 'loadInFlight',
        subject: `card ${formatSerialNumber(serial)} online counter ${counter}`,
        expected: `a load record of ${value}`,
        found: 'authorised, not proven yet',
        moneyAtRisk: amount(value),
        openedAt: instantOf({ date: at.slice(0, 8), time: at.slice(8) }, offset),
        terminal: agent,
      },
      id,
    );
  }
}
