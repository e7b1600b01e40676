// SPDX-License-Identifier: MIT
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BATCH_HEADER } from '../../../src/clearing/batch-layout.ts';
import { RECORD, RECORD_SIZE } from '../../../src/clearing/record.ts';
import type { AckRange } from '../../../src/clearing/messages.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { reconciliationReport } from '../../../host/report/reconciliation.ts';
import { cardStatement } from '../../../host/report/statements.ts';
import { expectBooksRight } from './books-check.ts';
import {
  ALL_KEYS,
  batch,
  enrol,
  hostOptions,
  issuerKeys,
  loadRequest,
  openTestHost,
  record,
  reEnveloped,
  testCard,
  testTerminal,
  type RecordFields,
  type TestHost,
} from './host-world.ts';
import { crc32 } from '../../../src/bytes/crc32.ts';

const terminal = testTerminal(1, 'SHOP');
const other = testTerminal(2, 'METRO');
const card = testCard(1, 'aes');
const second = testCard(2, 'tdes');

const opened: TestHost[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.dispose();
});

/** A host with two terminals and two cards, the first loaded with 100. */
async function prepared(options: Parameters<typeof openTestHost>[0] = {}): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', ...options });
  opened.push(test);
  enrol(test.host, terminal, other);
  await test.host.registerCard(card);
  await test.host.registerCard(second);
  await test.host.authoriseLoad(
    loadRequest({ card, terminal, amount: 100, before: 0, counter: 0 }),
  );
  return test;
}

const loaded = record({
  terminal,
  card,
  kind: 'load',
  amount: 100,
  before: 0,
  counter: 0,
  sequence: 1,
});
const buy = (counter: number, before: number, changes: Partial<RecordFields> = {}): Uint8Array =>
  record({ terminal, card, counter, amount: 10, before, sequence: counter + 2, ...changes });
const purchases = [buy(0, 100), buy(1, 90), buy(2, 80), buy(3, 70)];

const rules = (ranges: readonly AckRange[]): readonly string[] =>
  ranges.map(({ from, to, rule }) => `${from}-${to} ${rule}`);

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
    expect(rules(ack.records)).toEqual(['2-5 duplicateRecord']);
    expect(cardStatement(test.host.store, card.serial).records).toHaveLength(5);
    expectBooksRight(test.host.store);
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
    const report = reconciliationReport(test.host.store, 'INR');
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

describe('a refused batch', () => {
  async function expectRefused(test: TestHost, bytes: Uint8Array, code: string): Promise<void> {
    const before = stateHash(test.host.store);
    const files = test.rawFiles();
    await expect(test.upload(bytes)).rejects.toMatchObject({ code });
    expect(stateHash(test.host.store)).toBe(before);
    expect(test.rawFiles()).toEqual(files);
  }

  it('leaves nothing behind, wherever a byte of it is flipped', async () => {
    const test = await prepared();
    const good = batch(terminal, [loaded, purchases[0]!]);
    const before = stateHash(test.host.store);
    const accepted: number[] = [];
    for (let at = 0; at < good.length; at++) {
      const bytes = good.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      await test.upload(bytes).then(
        () => accepted.push(at),
        (error: unknown) => {
          expect(error).toMatchObject({
            name: expect.stringMatching(/Fault|DecodeError/) as string,
          });
        },
      );
    }
    expect(accepted).toEqual([]);
    expect(stateHash(test.host.store)).toBe(before);
    expect(test.rawFiles()).toEqual([]);
  });

  it('leaves nothing behind, wherever it is cut off', async () => {
    const test = await prepared();
    const good = batch(terminal, [loaded]);
    for (let size = 0; size < good.length; size++) {
      await expect(test.upload(good.slice(0, size))).rejects.toMatchObject({
        code: 'DECODE_FAILED',
      });
    }
    expect(test.rawFiles()).toEqual([]);
  });

  it('is one with bytes behind its end', async () => {
    const test = await prepared();
    await expectRefused(test, Uint8Array.of(...batch(terminal, [loaded]), 0), 'DECODE_FAILED');
  });

  it('is one that another key has signed', async () => {
    const test = await prepared();
    const forged = batch({ ...terminal, seed: other.seed }, [loaded]);
    await expectRefused(test, forged, 'BATCH_REFUSED');
  });

  it('is one of a terminal that is not enrolled', async () => {
    const test = await prepared();
    const stranger = testTerminal(7);
    await expectRefused(test, batch(stranger, []), 'TERMINAL_NOT_FOUND');
  });

  it('is one of another currency', async () => {
    const test = await prepared();
    await expectRefused(test, batch(terminal, [loaded], { currencyNumber: 156 }), 'BATCH_REFUSED');
  });

  it('with the content of an accepted one neither gets an answer nor replaces the evidence', async () => {
    const test = await prepared();
    const good = batch(terminal, [loaded]);
    await test.upload(good);
    const copy = good.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
    await expectRefused(test, copy, 'BATCH_REFUSED');
    const [name = ''] = test.rawFiles();
    expect(new Uint8Array(readFileSync(join(test.directory, 'raw', name)))).toEqual(good);
  });

  it.each<[string, Partial<Record<string, number>>]>([
    ['a load that is called a purchase', { kind: 1 }],
    ['a transaction type that is not cleared', { transactionType: 5 }],
    ['an algorithm that is not known', { algorithmId: 7 }],
    ['a date that does not exist', { date: 0xaa }],
    ['a time that does not exist', { time: 0x99 }],
    ['a place with a control character', { place: 7 }],
  ])('is one with %s, though signed and with good checksums', async (_name, bytes) => {
    const test = await prepared();
    const damaged = loaded.slice();
    for (const [field, value] of Object.entries(bytes))
      damaged[RECORD.offsetOf(field)] = value ?? 0;
    const checksum = RECORD.offsetOf('checksum');
    new DataView(damaged.buffer).setUint32(checksum, crc32(damaged, 0, checksum));
    await expectRefused(test, batch(terminal, [damaged]), 'DECODE_FAILED');
  });

  it('names the record, the field and the byte', async () => {
    const test = await prepared();
    const wrong = record({
      terminal,
      card,
      counter: 0,
      amount: 0,
      before: 0,
      sequence: 2,
      transactionType: 2,
    });
    const at = BATCH_HEADER.size + RECORD_SIZE + RECORD.offsetOf('transactionType');
    await expect(test.upload(batch(terminal, [loaded, wrong]))).rejects.toThrow(
      `"batch.records[1].transactionType" at byte ${at}`,
    );
  });
});

describe('a record that cannot be judged yet', () => {
  it('of a card that is registered later is released then', async () => {
    const test = await prepared();
    const late = testCard(5, 'aes');
    const held = record({ terminal, card: late, counter: 0, amount: 0, before: 0, sequence: 9 });
    const ack = await test.upload(batch(terminal, [held]));
    expect(rules(ack.records)).toEqual(['9-9 cardNotIssued']);
    expectBooksRight(test.host.store);
    await test.host.registerCard(late);
    expect(test.host.store.quarantine()).toEqual([]);
    expect(cardStatement(test.host.store, late.serial)).toMatchObject({ nextOffline: 1 });
    expectBooksRight(test.host.store);
  });

  it('of a key version that is added later is released when the host opens with it', async () => {
    let test = await prepared({ keys: issuerKeys(1) });
    const newer = testCard(6, 'tdes', 2);
    await test.host.registerCard(newer);
    const held = record({ terminal, card: newer, counter: 0, amount: 0, before: 0, sequence: 9 });
    const ack = await test.upload(batch(terminal, [held]));
    expect(rules(ack.records)).toEqual(['9-9 tacUnverifiable']);
    test = await test.reopen({ keys: ALL_KEYS });
    opened.splice(0, 1, test);
    expect(test.host.store.quarantine()).toEqual([]);
    expectBooksRight(test.host.store);
  });

  it('for want of both is released once it has both', async () => {
    let test = await prepared({ keys: issuerKeys(1) });
    const newer = testCard(6, 'aes', 2);
    const held = record({ terminal, card: newer, counter: 0, amount: 0, before: 0, sequence: 9 });
    await test.upload(batch(terminal, [held]));
    test = await test.reopen({ keys: ALL_KEYS });
    opened.splice(0, 1, test);
    expect(test.host.store.quarantine().map(({ rule }) => rule)).toEqual(['cardNotIssued']);
    await test.host.registerCard(newer);
    expect(test.host.store.quarantine()).toEqual([]);
    expectBooksRight(test.host.store);
  });

  it('is released once, whoever asks how often at the same time', async () => {
    const test = await prepared();
    const late = testCard(5, 'aes');
    const held = record({ terminal, card: late, counter: 0, amount: 0, before: 0, sequence: 9 });
    await test.upload(batch(terminal, [held]));
    await Promise.all([
      test.host.registerCard(late),
      test.host.retryHeld(),
      test.host.registerCard(testCard(6, 'aes')),
    ]);
    expect(test.host.store.recordCount()).toBe(1);
    expectBooksRight(test.host.store);
  });

  it('counts as seen for its terminal: the number cannot be used again unseen', async () => {
    const test = await prepared();
    const late = testCard(5, 'tdes');
    const fields = { terminal, card: late, amount: 0, before: 0, terminalCounter: 500 };
    await test.upload(batch(terminal, [record({ ...fields, counter: 0, sequence: 9 })]));
    await test.host.registerCard(late);
    const replay = record({ ...fields, counter: 1, sequence: 10 });
    const ack = await test.upload(batch(terminal, [replay], { batchNumber: 2 }));
    expect(rules(ack.records)).toEqual(['10-10 terminalCounterReused']);
    expectBooksRight(test.host.store);
  });

  it('with a TAC of the other suite is not that of an issued card', async () => {
    const test = await prepared();
    const impostor = record({
      terminal,
      card: { ...card, suite: 'tdes' },
      counter: 0,
      amount: 0,
      before: 0,
      sequence: 9,
    });
    const ack = await test.upload(batch(terminal, [impostor]));
    expect(rules(ack.records)).toEqual(['9-9 cardNotIssued']);
    expect(await test.host.retryHeld()).toBe(0);
    expectBooksRight(test.host.store);
  });

  it('with a TAC that is not the card’s moves no money, now or later', async () => {
    const test = await prepared();
    const ack = await test.upload(batch(terminal, [loaded, buy(0, 100, { forged: true })]));
    expect(rules(ack.records)).toEqual(['1-1 accepted', '2-2 tacInvalid']);
    expect(await test.host.retryHeld()).toBe(0);
    expect(test.host.store.balance('2040:SHOP' as never)).toBe(0);
    expect(test.host.store.balance('9010' as never)).toBe(10);
    expectBooksRight(test.host.store);
  });
});

describe('an earlier claim that arrives late', () => {
  it('takes the float by reversing entries, and the one that had it is held', async () => {
    const test = await prepared();
    const later = buy(0, 100, { time: '130000' });
    await test.upload(batch(terminal, [loaded, later]));
    const earlier = record({
      terminal: other,
      card,
      counter: 0,
      amount: 25,
      before: 100,
      sequence: 1,
      time: '110000',
    });
    const ack = await test.upload(batch(other, [earlier]));
    expect(rules(ack.records)).toEqual(['1-1 lateRecord']);
    const { store } = test.host;
    expect(store.balance('2040:METRO' as never)).toBe(-25);
    expect(store.balance('2040:SHOP' as never)).toBe(0);
    expect(store.balance('2075' as never)).toBe(-10);
    expect([...store.entries()].at(-1)).toMatchObject({
      kind: 'correction',
      postings: [
        { account: '1060', amount: 10 },
        { account: '2010', amount: 15 },
        { account: '2040:METRO', amount: -25 },
        { account: '2040:SHOP', amount: 10 },
        { account: '2075', amount: -10 },
      ],
    });
    expectBooksRight(store);
  });
});

describe('opening a host', () => {
  it('takes a batch that was kept and never posted', async () => {
    let test = await prepared();
    const bytes = batch(terminal, [loaded, ...purchases]);
    await test.upload(bytes);
    const expected = stateHash(test.host.store);
    const [name = ''] = test.rawFiles();
    await test.host.close();
    // The power went between the raw file and the books.
    const bare = await prepared();
    await bare.host.close();
    writeFileSync(join(bare.directory, 'raw', name), bytes);
    test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(1, 1, test);
    expect(stateHash(test.host.store)).toBe(expected);
    rmSync(opened[0]!.directory, { recursive: true });
    opened.splice(0, 1);
  });

  it('sets a kept batch aside that cannot be taken, and opens', async () => {
    const bare = await prepared();
    await bare.host.close();
    const bytes = batch({ ...terminal, seed: other.seed }, [loaded]);
    writeFileSync(join(bare.directory, 'raw', `X-1-${'0'.repeat(64)}.opb`), bytes);
    const test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(0, 1, test);
    expect(test.rawFiles()).toEqual([`X-1-${'0'.repeat(64)}.opb.refused`]);
    expect(test.host.store.recordCount()).toBe(0);
  });

  it('removes what a dead process was receiving, and leaves what a living one is', async () => {
    const bare = await prepared();
    await bare.host.close();
    const raw = join(bare.directory, 'raw');
    // Process 1 lives as long as the machine; no process has the highest number.
    for (const owner of [1, 4194304]) writeFileSync(join(raw, `incoming-${owner}-0`), 'OPB');
    const test = await openTestHost({ durability: 'none' }, bare.directory);
    opened.splice(0, 1, test);
    expect(test.rawFiles()).toEqual(['incoming-1-0']);
  });

  it('in another currency is refused, and the database is closed again', async () => {
    const test = await prepared();
    await test.host.close();
    const options = hostOptions(test.directory, { currency: 'CNY', durability: 'none' });
    await expect(openTestHost(options, test.directory)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    opened.splice(0, 1, await openTestHost({ durability: 'none' }, test.directory));
  });
});

describe('enrolling a terminal', () => {
  it.each([
    ['an id in lower case', { terminalId: 'abcdefabcdef' }],
    ['an id that is too short', { terminalId: '00' }],
    ['a merchant with a space', { merchant: 'A B' }],
    ['a key that is none', { publicKey: new Uint8Array(31) }],
  ])('refuses %s', async (_name, changes) => {
    const test = await prepared();
    const good = { terminalId: '0000000000AA', merchant: 'M', publicKey: new Uint8Array(32) };
    expect(() => test.host.enrol({ ...good, ...changes })).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });

  it('again with another merchant or key is refused, the same again is not', async () => {
    const test = await prepared();
    enrol(test.host, terminal);
    expect(() => enrol(test.host, { ...terminal, merchant: 'NEW' })).toThrow(
      expect.objectContaining({ code: 'TERMINAL_EXISTS' }) as Error,
    );
    expect(() => enrol(test.host, { ...terminal, seed: other.seed })).toThrow(
      expect.objectContaining({ code: 'TERMINAL_EXISTS' }) as Error,
    );
  });

  it('registers a card once', async () => {
    const test = await prepared();
    await expect(test.host.registerCard(card)).rejects.toMatchObject({ code: 'CARD_EXISTS' });
  });
});
