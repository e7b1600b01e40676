// SPDX-License-Identifier: MIT
/**
 * Batches, mutated. Damage is refused and changes nothing. What its terminal, or the card, signed all the
 * same is taken or refused, and the books are right after it: a terminal that makes nonsense must not stop
 * the host.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExceptionDesk } from '../../host/exceptions/desk.ts';
import {
  merchantExceptions,
  merchantRecords,
  merchantStatement,
} from '../../host/report/merchant-view.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { stateHash } from '../../host/report/state-hash.ts';
import { cardStatement } from '../../host/report/statements.ts';
import { concat } from '../../src/bytes/concat.ts';
import { crc32 } from '../../src/bytes/crc32.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { writeUint } from '../../src/bytes/integer.ts';
import { BATCH_HEADER, BATCH_TRAILER, SIGNATURE_DOMAIN } from '../../src/clearing/batch-layout.ts';
import { BatchReader } from '../../src/clearing/batch-reader.ts';
import { RECORD, RECORD_KIND, RECORD_OFFSET, RECORD_SIZE } from '../../src/clearing/record.ts';
import { ed25519Sign } from '../../src/crypto/ed25519.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import { Fault } from '../../src/errors/fault.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { expectBooksRight } from '../unit/host/books-check.ts';
import { record, type TestHost } from '../unit/host/host-world.ts';
import { disposeAll, opened, other, prepared, terminal } from '../unit/host/intake-fixtures.ts';
import { corpusBytes, hexText } from './corpus.ts';
import { hunt, HUNT_TIMEOUT_MS } from './hunt.ts';
import { mutatedBytes } from './mutate.ts';

const ENTRIES = corpusBytes('batch');
const mutated = mutatedBytes(ENTRIES.map(({ bytes }) => bytes));
const REFUSALS = ['BATCH_REFUSED', 'DECODE_FAILED', 'LIMIT_EXCEEDED', 'TERMINAL_NOT_FOUND'];
const TAIL_SIZE = BATCH_TRAILER.size + 64;

/** Everything that a batch may change. */
function stateOf({ host, rawFiles }: TestHost): string {
  return [stateHash(host.store), host.store.lastEntry()?.id, host.store.recordCount()]
    .concat(rawFiles())
    .join();
}

/** Uploads; what came of it in a word. @throws what is no refusal of the catalogue. */
async function outcomeOf(test: TestHost, bytes: Uint8Array): Promise<string> {
  try {
    return (await test.upload(bytes)).result;
  } catch (error) {
    if (error instanceof Fault && REFUSALS.includes(error.code)) return error.code;
    throw error;
  }
}

describe('a damaged batch', () => {
  let test: TestHost;
  beforeAll(async () => {
    test = await prepared();
    for (const { bytes } of ENTRIES) await outcomeOf(test, bytes);
  });
  afterAll(disposeAll);

  it.each(ENTRIES)('$name again changes nothing', async ({ bytes }) => {
    const before = stateOf(test);
    await outcomeOf(test, bytes);
    expect(stateOf(test)).toBe(before);
  });

  it(
    'is refused, or is one that was taken before, and changes nothing',
    async () => {
      const before = stateOf(test);
      const outcomes = new Set<string>();
      await hunt({
        input: mutated,
        usual: 500,
        show: hexText,
        check: async (bytes) => {
          outcomes.add(await outcomeOf(test, bytes));
          expect(stateOf(test)).toBe(before);
        },
      });
      for (const outcome of ['DECODE_FAILED', 'BATCH_REFUSED', 'duplicate']) {
        expect([...outcomes]).toContain(outcome);
      }
    },
    HUNT_TIMEOUT_MS,
  );

  it(
    'is read alike in pieces of any size',
    async () => {
      const read = (bytes: Uint8Array, size: number): string => {
        const reader = new BatchReader();
        try {
          for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size));
          return JSON.stringify(reader.end().counted);
        } catch (error) {
          if (error instanceof Fault) return error.code;
          throw error;
        }
      };
      await hunt({
        input: fc.tuple(mutated, fc.integer({ min: 1, max: 200 })),
        usual: 500,
        show: ([bytes]) => hexText(bytes),
        check: ([bytes, size]) => expect(read(bytes, size)).toBe(read(bytes, bytes.length)),
      });
    },
    HUNT_TIMEOUT_MS,
  );
});

type Signer = 'card' | 'terminal';

/** A record as its card would have made it, where it is one; else as its terminal would have. */
function mendedRecord(bytes: Uint8Array, signer: Signer): Uint8Array {
  const summed = bytes.slice();
  writeUint(summed, RECORD_OFFSET.checksum, 4, crc32(summed, 0, RECORD_OFFSET.checksum));
  if (signer === 'terminal') return summed;
  try {
    const { applicationSerialNumber, kind, ...fields } = RECORD.decode(summed);
    const names = { 1: 'purchase', 2: 'load', 3: 'uncertain' } as const;
    return record({
      ...fields,
      terminal: { id: toHex(fields.terminalId), merchant: '', seed: terminal.seed },
      card: {
        serial: toHex(applicationSerialNumber),
        suite: fields.algorithmId === 0 ? 'tdes' : 'aes',
        keyVersion: fields.keyVersion,
      },
      kind: kind === RECORD_KIND.load ? 'load' : names[kind],
      counter: fields.counterBefore,
      before: fields.balanceBefore,
      after: fields.balanceAfter,
      sequence: fields.terminalSequence,
    });
  } catch (error) {
    // No card makes such a record, and the keys know no such version.
    if (error instanceof Fault) return summed;
    throw error;
  }
}

interface FieldEdit {
  readonly record: number;
  readonly field: (typeof RECORD.placements)[number];
  readonly value: number | 'another record';
}

/** A value at its edge, any small one, or that of another record, in one field of one record. */
const fieldEdit: fc.Arbitrary<FieldEdit> = fc.record({
  record: fc.nat(9),
  field: fc.constantFrom(...RECORD.placements),
  value: fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 0xff, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe, 0xffffffff),
    fc.nat(300),
    fc.constant('another record' as const),
  ),
});

/** Most edits of bytes are refused as damage: these leave records that are records. */
function withFields(bytes: Uint8Array, edits: readonly FieldEdit[]): Uint8Array {
  const edited = bytes.slice();
  const count = Math.floor((bytes.length - BATCH_HEADER.size - TAIL_SIZE) / RECORD_SIZE);
  for (const { record: number, field, value } of count > 0 ? edits : []) {
    const at = (index: number): number =>
      BATCH_HEADER.size + (index % count) * RECORD_SIZE + field.offset;
    if (value === 'another record') {
      const from = at(number + 1);
      edited.set(edited.slice(from, from + field.size), at(number));
    } else {
      const width = Math.min(4, field.size);
      writeUint(edited, at(number) + field.size - width, width, value % 256 ** width);
    }
  }
  return edited;
}

const nonsense = fc.oneof(mutated, {
  weight: 3,
  arbitrary: fc
    .tuple(
      fc.constantFrom(...ENTRIES.map(({ bytes }) => bytes)),
      fc.array(fieldEdit, { minLength: 1, maxLength: 3 }),
    )
    .map(([bytes, edits]) => withFields(bytes, edits)),
});

/** The batch with as many records as it has room for, its count, checksums, digest and signature mended. */
function signedAnew(bytes: Uint8Array, signer: Signer): Uint8Array {
  const size = Math.max(0, bytes.length - BATCH_HEADER.size - TAIL_SIZE);
  const recordCount = Math.floor(size / RECORD_SIZE);
  const whole = new Uint8Array(BATCH_HEADER.size + recordCount * RECORD_SIZE + TAIL_SIZE);
  whole.set(bytes.slice(0, whole.length));
  const header = whole.slice(0, BATCH_HEADER.size);
  writeUint(header, BATCH_HEADER.offsetOf('recordCount'), 4, recordCount);
  const records = Array.from({ length: recordCount }, (_, index) => {
    const at = BATCH_HEADER.size + index * RECORD_SIZE;
    return mendedRecord(whole.slice(at, at + RECORD_SIZE), signer);
  });
  const trailer = whole.slice(-TAIL_SIZE, -64);
  trailer.set(sha256(concat(header, ...records)), BATCH_TRAILER.offsetOf('digest'));
  const at = BATCH_HEADER.offsetOf('terminalId');
  const isOther = toHex(header.slice(at, at + 6)) === other.id;
  const { seed } = isOther ? other : terminal;
  const signature = ed25519Sign(seed, concat(SIGNATURE_DOMAIN, header, trailer));
  return concat(header, ...records, trailer, signature);
}

/** The books are right, and whoever asks about them gets an answer. */
function expectReported({ host }: TestHost): void {
  expectBooksRight(host.store);
  reconciliationReport(host);
  for (const { serial } of host.store.cards()) {
    cardStatement(host.store, formatSerialNumber(serial));
  }
  new ExceptionDesk(host).list({ name: 'ann', role: 'operator', merchant: null });
  for (const { merchant } of [terminal, other]) {
    merchantRecords(host.store, merchant, 0);
    merchantExceptions(host.store, merchant);
    merchantStatement(host.store, merchant, host.currency);
  }
}

describe.each<Signer>(['card', 'terminal'])('nonsense that the %s has signed', (signer) => {
  async function clear(bytes: Uint8Array, outcomes: Set<string>): Promise<void> {
    const test = await prepared();
    try {
      const before = stateOf(test);
      const outcome = await outcomeOf(test, signedAnew(bytes, signer));
      outcomes.add(outcome);
      if (outcome === 'accepted') expectReported(test);
      else expect(stateOf(test)).toBe(before);
      // What came before and after it is taken as ever.
      for (const entry of ENTRIES) await outcomeOf(test, entry.bytes);
      expectReported(test);
    } finally {
      opened.splice(opened.indexOf(test), 1);
      await test.dispose();
    }
  }

  it.each(ENTRIES)('is taken or refused: $name', async ({ bytes }) => {
    await clear(bytes, new Set());
  });

  it(
    'is taken or refused, and the books are right',
    async () => {
      const outcomes = new Set<string>();
      await hunt({
        input: nonsense,
        usual: 30,
        show: hexText,
        check: (bytes) => clear(bytes, outcomes),
      });
      expect([...outcomes]).toContain('accepted');
    },
    HUNT_TIMEOUT_MS,
  );
});
