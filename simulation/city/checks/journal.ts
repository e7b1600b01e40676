// SPDX-License-Identifier: MIT
/**
 * What a card did is held against the journal of its terminal after every tap (truth/observe.ts). At the end it
 * is asked of every card whether it has done anything that nobody saw.
 */
import type { City } from '../world/city.ts';
import { Violation } from './violation.ts';

/** @throws Violation */
export function checkUnseen(city: City): void {
  for (const { data, serial, balance, offline, online } of city.purses) {
    const seen = `balance ${balance}, counters ${offline} and ${online}`;
    const found = `balance ${data.balance('purse')}, counters ${data.counter('offline')} and ${data.counter('online')}`;
    if (found === seen) continue;
    const subject = `card ${serial}`;
    throw new Violation('journal', { subject, expected: `${seen}, as last seen`, found });
  }
}
