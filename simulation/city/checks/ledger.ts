// SPDX-License-Identifier: MIT
import type { HostStore } from '../../../host/store/store.ts';
import { Violation } from './violation.ts';

/** Every entry after one of the ledger sums to zero, and so do all balances. @throws Violation */
export function checkLedger(store: HostStore, afterEntry: number): void {
  const newest = store.lastEntry()?.id ?? 0;
  for (const { id, postings } of store.entriesBetween(afterEntry, newest)) {
    const sum = postings.reduce((total, { amount }) => total + amount, 0);
    if (sum !== 0) fail(`entry ${id}`, sum);
  }
  checkTrialBalance(store);
}

/** All balances sum to zero: asked after every answer of the host. @throws Violation */
export function checkTrialBalance(store: HostStore): void {
  const total = store.trialTotal();
  if (total !== 0) fail('trial balance', total);
}

function fail(subject: string, found: number): never {
  throw new Violation('ledger', { subject, expected: '0', found: `${found}` });
}
