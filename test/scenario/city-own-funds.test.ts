// SPDX-License-Identifier: MIT
/** What the float is short of the operator pays in with its own money, the night that it is. */
import { expect, it } from 'vitest';
import { account } from '../../host/ledger/accounts.table.ts';
import { post } from '../../host/ledger/ledger.ts';
import { NetPostings } from '../../host/ledger/postings.ts';
import { FLOAT_BANK } from '../../host/settlement/payouts.ts';
import type { City } from '../../simulation/city/world/city.ts';
import { amount } from '../../src/money/amount.ts';
import { BUG_SEED, doAt, type Moment } from './city-bug.ts';
import { runOf, SMALL_CALM } from './city-world.ts';

/** Far more than the fees of a few people. */
const BANK_FEE = amount(1_000_00);

/** The bank helps itself to the money of holders. */
function takeFee(city: City, when: Moment): void {
  doAt(city, when, () => {
    const { store } = city.parts.box.host;
    const postings = new NetPostings()
      .transfer(account('5020'), account('1010', FLOAT_BANK), BANK_FEE)
      .net();
    post(store, { source: 'test:fee', kind: 'bankLine', postings }, city.now);
  });
}

it('an audit finds holders covered although a bank took more than all fees bring', async () => {
  let paidIn = 0;
  const { violation } = await runOf(SMALL_CALM, BUG_SEED, {
    onBuilt: (city) => {
      takeFee(city, { day: 2, hour: 23 });
    },
    onEnd: ({ parts }) => {
      paidIn = 0 - parts.box.host.store.balance(account('3010'));
    },
  });
  expect(violation).toBeNull();
  expect(paidIn).toBeGreaterThan(0);
  expect(paidIn).toBeLessThan(BANK_FEE);
}, 60_000);
