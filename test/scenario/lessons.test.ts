// SPDX-License-Identifier: MIT
/**
 * What went wrong with other ledgers and clearing systems, each as a test named after its lesson. The
 * sources are public issue trackers and reports; they are named in the titles. Those about people are in lessons-people.test.ts.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { importBankFile, setFloatAccount } from '../../host/bank/import.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import type { HostStore } from '../../host/store/store.ts';
import { BATCH_TRAILER } from '../../src/clearing/batch-layout.ts';
import { RECORD } from '../../src/clearing/record.ts';
import { OURS, statement } from '../unit/host/bank/bank-fixtures.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import { batch, record, reEnveloped, type TestHost } from '../unit/host/host-world.ts';
import {
  buy,
  card,
  disposeAll,
  loaded,
  prepared,
  purchases,
  terminal,
} from '../unit/host/intake-fixtures.ts';
import { ANN, DAY, openShop } from '../unit/host/settlement/settlement-fixtures.ts';

afterEach(disposeAll);

/** What the shop is owed for its sales, minor units. */
const owed = ({ store }: TestHost['host'], merchant = terminal.merchant): number =>
  0 - store.balance(account('2040', merchant));

const entryCount = (store: HostStore): number => [...store.entries()].length;

/** A store that breaks at the first call of one verb, and after that works. */
function breakingAt(verb: keyof HostStore): {
  readonly wrap: (store: HostStore) => HostStore;
  readonly arm: () => void;
} {
  let isArmed = false;
  return {
    arm: () => void (isArmed = true),
    wrap: (store) =>
      new Proxy(store, {
        get(target, name) {
          if (name === verb && isArmed) {
            return () => {
              isArmed = false;
              throw new Error('power cut');
            };
          }
          return Reflect.get(target, name) as unknown;
        },
      }),
  };
}

describe('the balance and the transaction stand or fall together (blnk #233)', () => {
  it.each([
    'setBalance',
    'insertEntry',
    'updateCardHead',
    'addToWindowTotal',
    'insertBatch',
  ] as const)('where the host breaks at %s', async (verb) => {
    const breaking = breakingAt(verb);
    const test = await prepared({ wrapStore: breaking.wrap });
    const { host } = test;
    await test.upload(batch(terminal, [loaded]));
    const before = stateHash(host.store);
    const entries = entryCount(host.store);
    // A late record besides, so that the card is judged and its head written.
    const bytes = batch(terminal, [buy(0, 100), buy(2, 80), buy(1, 90, { sequence: 9 })], {
      batchNumber: 2,
    });
    breaking.arm();
    // Alone, the piece is tried once; what broke once is then whole, or nothing was kept.
    await expect(test.upload(bytes)).rejects.toThrow('power cut');
    expect(stateHash(host.store)).toBe(before);
    expect(entryCount(host.store)).toBe(entries);
    expectBooksRight(host.store);
    await test.upload(bytes);
    expect(owed(host)).toBe(30);
    expectBooksRight(host.store);
  });
});

describe('closing a window while records come in loses nothing (mojaloop #4375, #2105)', () => {
  it('at any moment between and during the batches', async () => {
    for (let moment = 0; moment <= purchases.length; moment++) {
      const shop = await openShop({ sliceRecords: 1 });
      const { host } = shop.test;
      await shop.test.upload(batch(terminal, [loaded]));
      const work: Promise<unknown>[] = [];
      for (const [index, bytes] of purchases.entries()) {
        if (index === moment) work.push(shop.close('2026-02-02'));
        work.push(shop.test.upload(batch(terminal, [bytes], { batchNumber: index + 2 })));
      }
      await Promise.all(work);
      await shop.close('2026-02-03');
      const grosses = host.store
        .windows()
        .map(({ id }) => host.store.windowTotals(id).reduce((sum, { gross }) => sum + gross, 0));
      expect({ moment, gross: grosses.reduce((a, b) => a + b) }).toEqual({ moment, gross: 40 });
      shop.check();
      await disposeAll();
    }
  });

  it('and a record is counted in one window only, by its total and by its detail (#2304)', async () => {
    const shop = await openShop();
    await shop.sell();
    await shop.close('2026-02-02');
    await shop.ride();
    await shop.sell();
    await shop.close('2026-02-03');
    const { store } = shop.test.host;
    const [first, second] = store.windows();
    const details = [
      [...store.plainRecords(0, first?.lastRecord ?? 0)],
      [...store.plainRecords(first?.lastRecord ?? 0, second?.lastRecord ?? 0)],
    ].map((rows) => rows.map(({ merchant }) => merchant));
    expect(details).toEqual([['SHOP', 'SHOP', 'SHOP', 'SHOP'], ['METRO']]);
    expect(
      [1, 2].map((id) => store.windowTotals(id).map(({ count, gross }) => [count, gross])),
    ).toEqual([[[4, 40]], [[1, 7]]]);
  });
});

describe('a file whose totals are wrong is not believed (mojaloop #2653)', () => {
  it('a batch whose trailer another hand has changed is refused, and changes nothing', async () => {
    const test = await prepared();
    const bytes = batch(terminal, [loaded, ...purchases]);
    const before = stateHash(test.host.store);
    const trailerAt = bytes.length - 64 - BATCH_TRAILER.size;
    for (let at = trailerAt; at < bytes.length - 64; at++) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 0x01;
      await expect(test.upload(wrong)).rejects.toThrow(/expected/);
    }
    expect(stateHash(test.host.store)).toBe(before);
    expect(test.rawFiles()).toEqual([]);
  });

  it('a statement of the bank that does not add up to its closing balance is refused', async () => {
    const shop = await openShop();
    const { settlement, store } = shop.test.host;
    setFloatAccount(settlement, OURS);
    const before = stateHash(store);
    const bytes = statement({ opening: 0, closing: 41, entries: [{ amount: 40 }] });
    expect(() => importBankFile(settlement, bytes, ANN)).toThrow(/expected/);
    expect(stateHash(store)).toBe(before);
  });
});

describe('an amount is never a fraction (mojaloop #4007)', () => {
  it('a load of ten and a half minor units is refused, and of anything that is not a whole number', async () => {
    const test = await prepared();
    const request = { terminalId: terminal.id, serial: card.serial, algorithmId: 0x88 };
    for (const amount of [10.5, 0.1 + 0.2, 2 ** 53, Number.NaN]) {
      const load = {
        ...request,
        keyVersion: 1,
        transactionType: 2,
        amount,
        balanceBefore: 100,
        onlineCounter: 1,
        cardRandom: 'A1B2C3D4E5F60718',
        mac1: '00000000',
      };
      await expect(test.host.authoriseLoad(load)).rejects.toThrow(/expected|card can hold/);
    }
    expect(owed(test.host)).toBe(0);
  });

  it('0.10 and 0.20 in the books are 0.30', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, buy(0, 100), buy(1, 90, { amount: 20 })]));
    expect(owed(test.host)).toBe(30);
    for (const { balance } of test.host.store.balances())
      expect(Number.isSafeInteger(balance)).toBe(true);
  });
});

describe('what is sent again is not charged again (stripe-terminal-android #747)', () => {
  it('however the queue is cut after a reconnection, and whatever the envelopes say', async () => {
    const test = await prepared();
    const all = [loaded, ...purchases];
    await test.upload(batch(terminal, all));
    const before = { hash: stateHash(test.host.store), entries: entryCount(test.host.store) };
    const cuts = [[all], [all.slice(0, 2), all.slice(2)], all.map((one) => [one])];
    let number = 2;
    for (const cut of cuts) {
      for (const records of cut) {
        const again = batch(terminal, records, { batchNumber: number++ });
        const ack = await test.upload(again);
        expect(ack.records.map(({ verdict }) => verdict)).toEqual(['duplicate']);
      }
    }
    expect(owed(test.host)).toBe(40);
    expect({ hash: stateHash(test.host.store), entries: entryCount(test.host.store) }).toEqual(
      before,
    );
    await test.upload(
      batch(
        terminal,
        purchases.map((bytes) => reEnveloped(bytes, 7)),
        { batchNumber: number },
      ),
    );
    expect(owed(test.host)).toBe(40);
  });

  it('nor under numbers of its own, so that a key of the batch would have told them apart (Truxify #1726)', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, ...purchases]));
    const renumbered = purchases.map((bytes, index) =>
      record({
        terminal,
        card,
        counter: index,
        amount: 10,
        before: 100 - 10 * index,
        sequence: 50 + index,
        terminalCounter: RECORD.decode(bytes).terminalCounter,
      }),
    );
    const ack = await test.upload(batch(terminal, renumbered, { batchNumber: 2 }));
    expect(ack.records.map(({ rule }) => rule)).toEqual(['duplicateEnvelope']);
    expect(owed(test.host)).toBe(40);
  });
});

describe('what is known of a card is known for life (open-bank-oss #947)', () => {
  it('a replay after forty closed windows and a year moves nothing', async () => {
    const shop = await openShop();
    const { host } = shop.test;
    await shop.sell();
    const before = stateHash(host.store);
    for (let window = 0; window < 40; window++) {
      shop.clock.nowMs += 9 * DAY;
      await shop.close();
    }
    const again = await shop.test.upload(batch(terminal, purchases, { batchNumber: 9 }));
    expect(again.records.map(({ verdict }) => verdict)).toEqual(['duplicate']);
    expect(stateHash(host.store)).toBe(before);
    expect(host.store.windowTotals(host.store.openWindow())).toEqual([]);
  });
});

describe('nothing is skipped that commits late under a low number (AI-Horde #536)', () => {
  it('a slice that waits for its TACs while a later batch is taken is in the window that was open', async () => {
    const shop = await openShop({ sliceRecords: 1 });
    const { store } = shop.test.host;
    await shop.test.upload(batch(terminal, [loaded]));
    const slow = shop.test.upload(batch(terminal, purchases, { batchNumber: 2 }));
    const quick = shop.ride();
    const closed = shop.close('2026-02-02');
    await Promise.all([slow, quick, closed]);
    await shop.close('2026-02-03');
    let [after, shown] = [0, 0];
    for (const { lastRecord } of store.windows().filter(({ state }) => state === 'settled')) {
      for (const { bytes } of store.plainRecords(after, lastRecord ?? 0))
        shown += RECORD.decode(bytes).amount;
      after = lastRecord ?? 0;
    }
    const items = store
      .windows()
      .flatMap(({ id }) => store.merchantItems(id))
      .reduce((sum, { amount }) => sum + amount, 0);
    expect(shown + items).toBe(47);
  });
});

describe('a balance is read, not added up, and is there at once (medici #38, #119; MIFOSX-1940)', () => {
  it('the report and the account have a batch as soon as it is acknowledged', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, ...purchases]));
    expect(owed(test.host)).toBe(40);
    expect(reconciliationReport(test.host).conservation.isHeld).toBe(true);
  });

  it('asking for it looks at no entry', async () => {
    const asked: string[] = [];
    const test = await prepared({
      wrapStore: (store) =>
        new Proxy(store, {
          get(target, name) {
            asked.push(String(name));
            return Reflect.get(target, name) as unknown;
          },
        }),
    });
    await test.upload(batch(terminal, [loaded, ...purchases]));
    asked.splice(0);
    owed(test.host);
    expect(asked).toEqual(['balance']);
  });
});

describe('no account is written for each record (cockroach #14670)', () => {
  it('fifty sales of one merchant are one entry, and one change of its account', async () => {
    let changes = 0;
    const test = await prepared({
      wrapStore: (store) => ({
        ...store,
        setBalance: (id, balance) => {
          if (id === account('2040', terminal.merchant)) changes++;
          store.setBalance(id, balance);
        },
      }),
    });
    await test.upload(batch(terminal, [loaded]));
    const entries = entryCount(test.host.store);
    const sales = Array.from({ length: 50 }, (_, index) => buy(index, 100 - index, { amount: 1 }));
    await test.upload(batch(terminal, sales, { batchNumber: 2 }));
    expect(owed(test.host)).toBe(50);
    expect(entryCount(test.host.store) - entries).toBe(1);
    expect(changes).toBe(1);
  });
});
