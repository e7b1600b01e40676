// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { reconciliationReport } from '../../../host/report/reconciliation.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { cardStatement } from '../../../host/report/statements.ts';
import { expectBooksRight } from './books-check.ts';
import { batch, reEnveloped } from './host-world.ts';
import {
  terminal,
  card,
  loaded,
  buy,
  purchases,
  rules,
  prepared,
  disposeAll,
} from './intake-fixtures.ts';

afterEach(disposeAll);

describe('a batch', () => {
  it('is posted, acknowledged and kept', async () => {
    const test = await prepared();
    const ack = await test.upload(batch(terminal, [loaded, ...purchases]));
    expect(ack).toMatchObject({ result: 'accepted', batchNumber: 1, missing: [] });
    expect(rules(ack.records)).toEqual(['1-5 accepted']);
    expect(test.rawFiles()).toHaveLength(1);
    expectBooksRight(test.host.store);
    expect(test.host.store.balance('2040:SHOP' as never)).toBe(-40);
  });

  it('again gets its first answer again and changes nothing', async () => {
    const test = await prepared();
    const bytes = batch(terminal, [loaded, ...purchases]);
    const first = await test.upload(bytes);
    const before = stateHash(test.host.store);
    expect(await test.upload(bytes)).toEqual({ ...first, result: 'duplicate' });
    expect(stateHash(test.host.store)).toBe(before);
    expect([...test.host.store.entries()]).toHaveLength(3);
    expect(test.rawFiles()).toHaveLength(1);
  });

  it('twice at the same time is posted once', async () => {
    const test = await prepared({ sliceRecords: 2 });
    const bytes = batch(terminal, [loaded, ...purchases]);
    const acks = await Promise.all([test.upload(bytes), test.upload(bytes), test.upload(bytes)]);
    expect(acks.map(({ result }) => result).sort()).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(test.host.store.recordCount()).toBe(5);
    expectBooksRight(test.host.store);
  });

  it.runIf(process.platform === 'linux')('twice at the same time leaves no file open', async () => {
    const test = await prepared({ sliceRecords: 1 });
    const bytes = batch(terminal, [loaded, ...purchases]);
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    await test.upload(batch(terminal, [loaded], { batchNumber: 9 }));
    const before = openFiles();
    await Promise.all(Array.from({ length: 8 }, () => test.upload(bytes)));
    expect(openFiles()).toBe(before);
  });

  it('cut anew with some of the same records posts only the new ones', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, ...purchases.slice(0, 3)]));
    const ack = await test.upload(batch(terminal, purchases.slice(1), { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual(['3-4 duplicateRecord', '5-5 accepted']);
    expect(test.host.store.balance('2040:SHOP' as never)).toBe(-40);
    expectBooksRight(test.host.store);
  });

  it('with the same evidence in another envelope has no effect', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, ...purchases]));
    const again = purchases.map((bytes) => reEnveloped(bytes, 5));
    const ack = await test.upload(batch(terminal, again, { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual(['2-5 duplicateEnvelope']);
    expect(cardStatement(test.host.store, card.serial).records).toHaveLength(5);
    expectBooksRight(test.host.store);
  });

  it('counts the highest hotlist version that an envelope claims, whichever comes first', async () => {
    const hashes: string[] = [];
    for (const versions of [
      [0, 5],
      [5, 0],
    ]) {
      const test = await prepared();
      await test.upload(batch(terminal, [loaded]));
      test.host.hotlistCard(card.serial, 'lost');
      for (const [index, version] of versions.entries()) {
        const records = [reEnveloped(buy(0, 100), version)];
        await test.upload(batch(terminal, records, { batchNumber: index + 2 }));
        expectBooksRight(test.host.store);
      }
      const found = test.host.store.allFindings().map(({ rule }) => rule);
      expect(found).toEqual(['hotlistedAtTerminal']);
      hashes.push(stateHash(test.host.store));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('without records is acknowledged', async () => {
    const test = await prepared();
    expect(await test.upload(batch(terminal, []))).toMatchObject({
      result: 'accepted',
      records: [],
    });
  });

  it('tells which of the terminal sequences are missing, until they come', async () => {
    const test = await prepared();
    const early = await test.upload(batch(terminal, [loaded, buy(3, 70)]));
    expect(early.missing).toEqual([{ from: 2, to: 4 }]);
    const later = await test.upload(batch(terminal, [buy(1, 90)], { batchNumber: 2 }));
    expect(later.missing).toEqual([
      { from: 2, to: 2 },
      { from: 4, to: 4 },
    ]);
    expect(rules(later.records)).toEqual(['3-3 counterGap']);
    const last = await test.upload(batch(terminal, [buy(0, 100)], { batchNumber: 3 }));
    expect(rules(last.records)).toEqual(['2-2 lateRecord']);
    const report = reconciliationReport(test.host);
    expect(report.exceptionsByRule).toMatchObject({ terminalGap: 1, counterGap: 1 });
  });

  it('whose number was used for another one is taken record by record', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded]));
    const ack = await test.upload(batch(terminal, [purchases[0]!]));
    expect(rules(ack.records)).toEqual(['2-2 accepted']);
    expect(test.rawFiles()).toHaveLength(2);
  });

  it('with the same card many times in many slices equals one with one slice', async () => {
    const one = await prepared({ sliceRecords: 1 });
    const all = await prepared();
    const bytes = batch(terminal, [loaded, ...purchases]);
    await one.upload(bytes);
    await all.upload(bytes);
    expect(stateHash(one.host.store)).toBe(stateHash(all.host.store));
  });
});
