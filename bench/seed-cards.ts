// SPDX-License-Identifier: MIT
/** Registers the benchmark's cards with one authorised and proven load each, in one transaction. */
import type { ClearingHost } from '../host/host.ts';
import { account } from '../host/ledger/accounts.table.ts';
import { post } from '../host/ledger/ledger.ts';
import { NetPostings } from '../host/ledger/postings.ts';
import { add, ZERO, type Amount } from '../src/money/amount.ts';
import type { Instant } from '../src/time/instant.ts';
import type { ClearingWorld } from './clearing-world.ts';

export function seedCards(host: ClearingHost, world: ClearingWorld, at: Instant): void {
  const { store } = host;
  store.transaction(() => {
    let total: Amount = ZERO;
    for (let card = 0; card < world.cards; card++) {
      const serial = world.serial(card);
      const load = world.loadRecord(card);
      store.insertCard({ serial, suite: world.suite.name, keyVersion: 1 }, at);
      store.insertLoad({
        id: `bench-${card}`,
        serial,
        number: 1,
        counter: 0,
        amount: load.amount,
        before: ZERO,
        at: '20260203080000',
        agent: 'bench',
        state: 'proven',
        request: '',
        answer: '',
      });
      const lastRecord = store.appendRecord(0, load.bytes);
      store.updateCardHead(serial, {
        nextOffline: 0,
        nextOnline: 1,
        balance: load.amount,
        lastRecord,
        mode: 0,
      });
      total = add(total, load.amount);
    }
    const postings = new NetPostings()
      .transfer(account('1030', 'bench'), account('2010'), total)
      .net();
    post(store, { source: 'bench:loads', kind: 'loadProven', postings }, at);
  });
}
