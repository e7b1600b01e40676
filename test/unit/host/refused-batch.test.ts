// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/bytes/crc32.ts';
import { BATCH_HEADER } from '../../../src/clearing/batch-layout.ts';
import { RECORD, RECORD_SIZE } from '../../../src/clearing/record.ts';
import { stateHash } from '../../../host/report/state-hash.ts';
import { batch, record, testTerminal, type TestHost } from './host-world.ts';
import {
  terminal,
  other,
  card,
  loaded,
  purchases,
  prepared,
  disposeAll,
} from './intake-fixtures.ts';

afterEach(disposeAll);

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
