// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { BATCH_HEADER, BATCH_TRAILER, SIGNATURE_SIZE } from '../../../src/clearing/batch-layout.ts';
import { BatchReader } from '../../../src/clearing/batch-reader.ts';
import { signingKeyId, writeBatch } from '../../../src/clearing/batch-writer.ts';
import { encodeRecord, RECORD_SIZE } from '../../../src/clearing/record.ts';
import { ed25519PublicKey, ed25519Sign } from '../../../src/crypto/ed25519.ts';
import { sha256 } from '../../../src/crypto/sha256.ts';
import { DecodeError } from '../../../src/errors/fault.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { decodeErrorOf, faultOf, thrownBy } from '../errors/thrown.ts';
import { batchOf, header, readBatch, recordFields, SEED, threeRecords } from './build.ts';

const PUBLIC_KEY = ed25519PublicKey(SEED);
const HEAD = BATCH_HEADER.size;
const TAIL = BATCH_TRAILER.size + SIGNATURE_SIZE;

describe('a batch', () => {
  const records = threeRecords();
  const bytes = batchOf(records);

  it('is header, records, trailer and signature', () => {
    expect(bytes).toHaveLength(HEAD + 3 * RECORD_SIZE + TAIL);
    expect(toHex(bytes.slice(0, 4))).toBe('4F504201');
    expect(bytes.slice(HEAD, -TAIL)).toEqual(concat(...records));
  });

  it('says all about itself', () => {
    const { batch } = readBatch(bytes);
    expect(batch.header).toEqual({ ...header(3), signingKeyId: sha256(PUBLIC_KEY).slice(0, 8) });
    expect(batch.header.signingKeyId).toEqual(signingKeyId(PUBLIC_KEY));
    expect(batch.trailer).toEqual({
      purchaseCount: 1,
      purchaseSum: 500,
      loadCount: 1,
      loadSum: 2000,
      uncertainCount: 1,
      uncertainSum: 70,
      firstSequence: 1,
      lastSequence: 4,
      digest: sha256(bytes.slice(0, -TAIL)),
    });
  });

  it('is signed by its terminal over domain, header and trailer', () => {
    const { batch } = readBatch(bytes);
    expect(batch.isSignedBy(PUBLIC_KEY)).toBe(true);
    const signed = concat(
      new TextEncoder().encode('openpurse batch 1'),
      bytes.slice(0, HEAD),
      bytes.slice(-TAIL, -SIGNATURE_SIZE),
    );
    expect(bytes.slice(-SIGNATURE_SIZE)).toEqual(ed25519Sign(SEED, signed));
  });

  it('reads the same cut anywhere in two', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const read = readBatch(bytes, [cut]);
      expect(read.records, `cut at ${cut}`).toEqual(concat(...records));
      expect(read.batch.isSignedBy(PUBLIC_KEY), `cut at ${cut}`).toBe(true);
    }
  });

  it('reads the same byte by byte, its records handed on one by one', () => {
    const cuts = Array.from({ length: bytes.length }, (_, index) => index);
    const read = readBatch(bytes, cuts);
    expect(read.records).toEqual(concat(...records));
    expect(read.firstIndexes).toEqual([0, 1, 2]);
  });

  it('is read without keeping the chunk, which the caller may reuse', () => {
    const reader = new BatchReader();
    const buffer = new Uint8Array(100);
    for (let from = 0; from < bytes.length; from += buffer.length) {
      const part = bytes.slice(from, from + buffer.length);
      buffer.set(part);
      reader.push(buffer.subarray(0, part.length));
      buffer.fill(0xff);
    }
    expect(reader.end().trailer.lastSequence).toBe(4);
  });

  it('may be empty', () => {
    const { batch, records: none } = readBatch(batchOf([]));
    expect(none).toHaveLength(0);
    expect(batch.trailer).toMatchObject({ purchaseCount: 0, firstSequence: 0, lastSequence: 0 });
    expect(batch.isSignedBy(PUBLIC_KEY)).toBe(true);
  });
});

describe('a damaged batch', () => {
  const bytes = batchOf(threeRecords());

  /** How a batch fares with a host that knows the terminal's key. */
  function verdictOn(
    damaged: Uint8Array,
  ): 'accepted' | 'unsigned' | DecodeError | { code: string } {
    try {
      const { batch } = readBatch(damaged);
      if (batch.isSignedBy(PUBLIC_KEY)) return 'accepted';
      batch.checkTotals();
      return 'unsigned';
    } catch (error) {
      return error instanceof DecodeError ? error : faultOf(() => readBatch(damaged));
    }
  }

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('with bit %i flipped in any one byte is refused', (bit) => {
    for (let index = 0; index < bytes.length; index++) {
      const damaged = bytes.slice();
      damaged[index]! ^= 1 << bit;
      const verdict = verdictOn(damaged);
      const where = `byte ${index}`;
      expect(verdict, where).not.toBe('accepted');
      if (verdict === 'unsigned') {
        // Only the signature itself is covered by nothing but the signature.
        expect(index, where).toBeGreaterThanOrEqual(bytes.length - SIGNATURE_SIZE);
      } else if (verdict instanceof DecodeError) {
        // `batch` alone: fewer records announced than there are, so bytes are left over at its end.
        expect(verdict.path, where).toMatch(/^batch(\.header|\.records\[\d\]|\.trailer|$)/);
        expect(verdict.message, where).toContain(`"${verdict.path}" at byte ${verdict.offset} `);
      } else {
        // A record count above the limit.
        expect(verdict, where).toMatchObject({ code: 'LIMIT_EXCEEDED' });
        expect(index, where).toBeGreaterThanOrEqual(BATCH_HEADER.offsetOf('recordCount'));
        expect(index, where).toBeLessThan(HEAD);
      }
    }
  });

  it('names the record that is damaged, however the batch was cut', () => {
    for (let index = HEAD; index < HEAD + 3 * RECORD_SIZE; index++) {
      const damaged = bytes.slice();
      damaged[index]! ^= 0x10;
      const number = Math.floor((index - HEAD) / RECORD_SIZE);
      const place = {
        path: `batch.records[${number}].checksum`,
        offset: HEAD + (number + 1) * RECORD_SIZE - 4,
      };
      expect(decodeErrorOf(() => readBatch(damaged))).toEqual(place);
      expect(decodeErrorOf(() => readBatch(damaged, [HEAD + 5, HEAD + 100, 300]))).toEqual(place);
    }
  });

  it('names the field of the trailer that is damaged', () => {
    const start = bytes.length - TAIL;
    for (const { name, offset } of BATCH_TRAILER.placements) {
      const damaged = bytes.slice();
      damaged[start + offset]! ^= 0x01;
      expect(
        decodeErrorOf(() => {
          readBatch(damaged).batch.checkTotals();
        }),
        name,
      ).toEqual({
        path: `batch.trailer.${name}`,
        offset: start + offset,
      });
    }
  });

  it('is refused cut off at any length, with the place where it ends', () => {
    for (let length = 0; length < bytes.length; length++) {
      const { path, offset } = decodeErrorOf(() => readBatch(bytes.slice(0, length)));
      expect(offset, `${length} bytes`).toBeLessThanOrEqual(length);
      const whole = Math.floor((length - HEAD) / RECORD_SIZE);
      const expected =
        length < HEAD ? 'batch.header' : whole < 3 ? `batch.records[${whole}]` : 'batch.trailer';
      expect(path, `${length} bytes`).toBe(expected);
    }
  });

  it('is refused with bytes left over, in one piece or another', () => {
    const longer = concat(bytes, fromHex('00'));
    const place = { path: 'batch', offset: bytes.length };
    expect(decodeErrorOf(() => readBatch(longer))).toEqual(place);
    expect(decodeErrorOf(() => readBatch(longer, [bytes.length]))).toEqual(place);
    expect(decodeErrorOf(() => readBatch(concat(bytes, bytes)))).toEqual(place);
  });
});

describe('a forged batch', () => {
  it('is detected when another key signed it', () => {
    const records = threeRecords();
    const otherSeed = new Uint8Array(32).fill(9);
    const { batch } = readBatch(concat(...writeBatch(header(3), records, otherSeed)));
    expect(batch.isSignedBy(PUBLIC_KEY)).toBe(false);
    expect(batch.isSignedBy(ed25519PublicKey(otherSeed))).toBe(true);
  });

  it('is detected when a record was changed and everything but the signature recomputed', () => {
    const signature = batchOf(threeRecords()).slice(-SIGNATURE_SIZE);
    const [first, ...rest] = threeRecords();
    const richer = encodeRecord(recordFields({ keyVersion: 2 }));
    expect(richer).toHaveLength(first!.length);
    const forged = batchOf([richer, ...rest]);
    forged.set(signature, forged.length - SIGNATURE_SIZE);
    expect(readBatch(forged).batch.isSignedBy(PUBLIC_KEY)).toBe(false);
  });

  it.each([
    ['of another terminal', { terminalId: fromHex('001122334456') }, 'terminalId'],
    ['out of sequence', { terminalSequence: 4 }, 'terminalSequence'],
    ['of sequence zero', { terminalSequence: 0 }, 'terminalSequence'],
  ])('is refused for a record %s, at its place', (_, changes, field) => {
    const records = threeRecords();
    records[2] = encodeRecord(recordFields({ terminalSequence: 5, ...changes }));
    if (field === 'terminalSequence')
      records[1] = encodeRecord(recordFields({ terminalSequence: 4 }));
    const error = decodeErrorOf(() => batchOf(records));
    expect(error.path).toBe(`batch.records[2].${field}`);
    expect(Math.floor((error.offset - HEAD) / RECORD_SIZE)).toBe(2);
  });

  it('is refused by the reader, too, where a writer did not check', () => {
    const records = threeRecords();
    const honest = batchOf(records);
    const reader = new BatchReader();
    const foreign = encodeRecord(recordFields({ terminalId: fromHex('001122334456') }));
    honest.set(foreign, HEAD);
    expect(decodeErrorOf(() => reader.push(honest))).toEqual({
      path: 'batch.records[0].terminalId',
      offset: HEAD + 29,
    });
  });
});

describe('a batch whose terminal counts wrong', () => {
  /** The records as they are, a trailer that says otherwise, and the terminal's signature over it. */
  function miscounted(
    changes: Partial<Record<'lastSequence' | 'purchaseSum', number>>,
  ): Uint8Array {
    const honest = batchOf(threeRecords());
    const { trailer } = readBatch(honest).batch;
    const wrong = BATCH_TRAILER.encode({ ...trailer, ...changes });
    const signature = ed25519Sign(
      SEED,
      concat(new TextEncoder().encode('openpurse batch 1'), honest.slice(0, HEAD), wrong),
    );
    return concat(honest.slice(0, -TAIL), wrong, signature);
  }

  it('is read, signed, and says which totals are not those of its records', () => {
    const { batch } = readBatch(miscounted({ purchaseSum: 501, lastSequence: 9 }));
    expect(batch.isSignedBy(PUBLIC_KEY)).toBe(true);
    expect(batch.imbalance).toEqual([
      { field: 'purchaseSum', expected: 500, found: 501 },
      { field: 'lastSequence', expected: 4, found: 9 },
    ]);
    expect(batch.counted).toMatchObject({ purchaseSum: 500, lastSequence: 4 });
  });

  it('has no imbalance when it counts right', () => {
    const { batch } = readBatch(miscounted({}));
    expect(batch.imbalance).toEqual([]);
    expect(() => {
      batch.checkTotals();
    }).not.toThrow();
  });
});

describe('the limits of a batch', () => {
  it('are checked before a record is written', () => {
    expect(faultOf(() => [...writeBatch(header(100_001), [], SEED)]).code).toBe('LIMIT_EXCEEDED');
  });

  it('are checked as soon as the header is read', () => {
    const head = BATCH_HEADER.encode({ ...header(100_001), signingKeyId: new Uint8Array(8) });
    expect(faultOf(() => new BatchReader().push(head)).code).toBe('LIMIT_EXCEEDED');
  });

  it('leave no batch with another number of records than it says', () => {
    expect(thrownBy(() => [...writeBatch(header(2), threeRecords(), SEED)])).toBeInstanceOf(Defect);
    expect(thrownBy(() => [...writeBatch(header(4), threeRecords(), SEED)])).toBeInstanceOf(Defect);
  });

  it('leave no record of another length in a batch', () => {
    const short = threeRecords()[0]!.slice(0, -1);
    const double = concat(threeRecords()[0]!, threeRecords()[1]!);
    expect(thrownBy(() => [...writeBatch(header(1), [short], SEED)])).toBeInstanceOf(Defect);
    expect(thrownBy(() => [...writeBatch(header(1), [double], SEED)])).toBeInstanceOf(Defect);
  });
});
