// SPDX-License-Identifier: MIT
/** A merchant that was paid too much owes it; until it pays, the operator covers the float with its own money. */
import { expect, it } from 'vitest';
import { account } from '../../host/ledger/accounts.table.ts';
import { runOf, scenarioOf } from './city-world.ts';

it('holders are covered where a merchant owes more than all fees bring', async () => {
  const scenario = scenarioOf('storm', { people: 20, days: 3 });
  let paidIn = 0;
  const { violation } = await runOf(scenario, 1, {
    onEnd: ({ parts }) => {
      paidIn = 0 - parts.box.host.store.balance(account('3010'));
    },
  });
  expect(violation).toBeNull();
  expect(paidIn).toBeGreaterThan(0);
}, 60_000);
