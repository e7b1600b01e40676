// SPDX-License-Identifier: MIT
/** From the journal to the host: close, sign, carry or upload, and erase what is acknowledged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/hex.ts';
import { signAck } from '../../src/clearing/ack.ts';
import { BatchReader, type ReadBatch } from '../../src/clearing/batch-reader.ts';
import type { BatchAck, SignedAck } from '../../src/clearing/messages.ts';
import { RECORD_FLAG } from '../../src/clearing/record.ts';
import { ed25519PublicKey } from '../../src/crypto/ed25519.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Journal } from '../../terminal/journal/journal.ts';
import { MemoryJournal } from '../../terminal/journal/memory-journal.ts';
import { SqliteJournal } from '../../terminal/journal/sqlite-journal.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Crash, CrashPlan } from '../unit/terminal/crashes.ts';
import {
  FakeHost,
  HOST_SEED,
  isTacOf,
  newCard,
  openInProcess,
  openTerminal,
  rupees,
  SEED,
  TERMINAL_ID,
  TestClock,
} from '../unit/terminal/world.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openpurse-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function read(bytes: Uint8Array): ReadBatch {
  const reader = new BatchReader();
  reader.push(bytes);
  return reader.end();
}

async function sell(terminal: Terminal, ...serials: readonly string[]): Promise<void> {
  for (const serial of serials) {
    const card = openInProcess(newCard('aes', { serial }));
    expect((await terminal.purchase(card, rupees(500))).kind).toBe('approved');
  }
}

const noPause = (): Promise<void> => Promise.resolve();

const JOURNALS: readonly (readonly [string, () => Journal])[] = [
  ['memory', (): Journal => new MemoryJournal()],
  ['SQLite', (): Journal => new SqliteJournal(join(directory, 'journal.db'))],
];

describe.each(JOURNALS)('batches from a journal in %s', (_, openJournal) => {
  it('are signed, and say all about themselves', async () => {
    const terminal = await openTerminal({
      journal: openJournal(),
      config: { version: 12, utcOffsetMinutes: 330 },
    });
    await sell(terminal, '1', '2', '3');
    const path = join(directory, 'a.opb');
    const closed = terminal.closeBatch();
    const size = terminal.writeBatch(closed?.number ?? 0, path);
    const bytes = Uint8Array.from(readFileSync(path));
    expect(bytes).toHaveLength(size);
    const batch = read(bytes);
    expect(batch.isSignedBy(ed25519PublicKey(SEED.reveal()))).toBe(true);
    expect(batch.header).toMatchObject({
      batchNumber: 1,
      configVersion: 12,
      currencyNumber: 356,
      recordCount: 3,
      utcOffsetBiased: 1_770,
    });
    expect(toHex(batch.header.terminalId)).toBe(TERMINAL_ID);
    expect(toHex(batch.header.samSerial)).toBe('00000000000000000077');
    expect(batch.trailer).toMatchObject({ purchaseCount: 3, purchaseSum: 1_500, lastSequence: 3 });
    expect(toHex(batch.trailer.digest)).toBe(closed?.digest);
  });

  it('are the same bytes every time they are written', async () => {
    const clock = new TestClock();
    const terminal = await openTerminal({ journal: openJournal(), clock });
    const torn = newCard('tdes', { serial: '9' });
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(500));
    await sell(terminal, '1');
    const number = terminal.closeBatch()?.number ?? 0;
    const before = join(directory, 'before.opb');
    const after = join(directory, 'after.opb');
    terminal.writeBatch(number, before);
    clock.advanceMinutes(60);
    // What is found out later must not change what went up.
    await terminal.purchase(openInProcess(torn), rupees(500));
    await sell(terminal, '2');
    terminal.writeBatch(number, after);
    expect(readFileSync(after).equals(readFileSync(before))).toBe(true);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('erase what the host acknowledges, and a repeated acknowledgement nothing', async () => {
    const terminal = await openTerminal({ journal: openJournal() });
    await sell(terminal, '1', '2');
    const number = terminal.closeBatch()?.number ?? 0;
    const host = new FakeHost();
    let signed: SignedAck = { payload: '', signature: '' };
    const link = {
      uploadBatch: async (batch: Uint8Array): Promise<SignedAck> =>
        (signed = await host.uploadBatch(batch)),
    };
    expect(await terminal.uploadBatch(number, link)).toMatchObject({
      kind: 'applied',
      ack: { result: 'accepted' },
      erasure: { erased: 2, returned: 0 },
    });
    expect(terminal.journal.taps(9)).toEqual([]);
    expect(terminal.journal.summary().erasedUpTo).toBe(2);
    await sell(terminal, '3');
    expect(terminal.applyAck(signed)).toMatchObject({
      kind: 'repeated',
      erasure: { erased: 0 },
    });
    expect(terminal.journal.taps(9)).toHaveLength(1);
    expect(terminal.openBatches()).toEqual([]);
    await expect(terminal.uploadBatch(number, host)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('go up again when the acknowledgement is lost, and the host takes them once', async () => {
    const terminal = await openTerminal({ journal: openJournal() });
    await sell(terminal, '1', '2');
    const number = terminal.closeBatch()?.number ?? 0;
    const host = new FakeHost();
    let uploads = 0;
    const link = {
      uploadBatch: async (batch: Uint8Array): Promise<SignedAck> => {
        const ack = await host.uploadBatch(batch);
        uploads++;
        if (uploads === 1) throw new Fault('HOST_UNREACHABLE', 'the answer was lost');
        return ack;
      },
    };
    const outcome = await terminal.uploadBatch(number, link, { pause: noPause });
    expect(outcome).toMatchObject({ kind: 'applied', ack: { result: 'duplicate' } });
    expect(uploads).toBe(2);
    expect(host.records).toHaveLength(2);
    expect(terminal.journal.taps(9)).toEqual([]);
  });

  it('keep records that the host does not name, for the next batch', async () => {
    const terminal = await openTerminal({ journal: openJournal() });
    await sell(terminal, '1', '2', '3');
    const host = new FakeHost();
    host.held = ({ terminalSequence }) => terminalSequence !== 2;
    const first = await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    expect(first.erasure).toEqual({ erased: 2, returned: 1 });
    host.held = undefined;
    host.records.length = 0;
    const next = terminal.closeBatch();
    expect(next).toMatchObject({ number: 2, firstSequence: 2, recordCount: 1 });
    await terminal.uploadBatch(next?.number ?? 0, host);
    expect(host.records.map(({ terminalSequence }) => terminalSequence)).toEqual([2]);
  });

  it('send an uncertain tap, and send it again with its TAC when it is proven', async () => {
    const terminal = await openTerminal({ journal: openJournal() });
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(500));
    const host = new FakeHost();
    await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    expect(host.records).toMatchObject([{ kind: 3, terminalSequence: 1, amount: 500 }]);
    expect(await terminal.purchase(openInProcess(torn), rupees(500))).toMatchObject({
      kind: 'approved',
      tap: { sequence: 2, uncertainSequence: 1 },
    });
    await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    const [uncertain, proven] = host.records;
    expect(proven).toMatchObject({
      kind: 1,
      terminalSequence: 2,
      flags: RECORD_FLAG.recovered,
      counterBefore: uncertain?.counterBefore,
      terminalCounter: uncertain?.terminalCounter,
    });
    expect(proven !== undefined && isTacOf(proven, 'aes')).toBe(true);
    expect(terminal.closeBatch()).toBeUndefined();
    expect(terminal.journal.taps(9)).toEqual([]);
  });

  it('survive a terminal that stops anywhere between close and erase', async () => {
    const journal = openJournal();
    const terminal = await openTerminal({ journal });
    await sell(terminal, '1', '2');
    const host = new FakeHost();
    for (let at = 1; ; at++) {
      const crash = new CrashPlan(at);
      const doomed = await openTerminal({ journal: crash.journal(journal) });
      const upload = async (): Promise<void> => {
        const number = doomed.openBatches()[0] ?? doomed.closeBatch()?.number;
        if (number !== undefined) await doomed.uploadBatch(number, host);
      };
      const isCrashed = await upload().then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      if (!isCrashed) break;
    }
    expect(host.records.map(({ terminalSequence }) => terminalSequence)).toEqual([1, 2]);
    expect(journal.summary()).toMatchObject({ erasedUpTo: 2, unsentRecords: 0 });
  });
});

describe('an acknowledgement', () => {
  const ackOf = async (): Promise<[Terminal, BatchAck]> => {
    const terminal = await openTerminal();
    await sell(terminal, '1');
    const batch = terminal.closeBatch();
    const ack: BatchAck = {
      terminalId: TERMINAL_ID,
      batchNumber: batch?.number ?? 0,
      digest: batch?.digest ?? '',
      result: 'accepted',
      records: [{ from: 1, to: 1, verdict: 'post', rule: 'accepted' }],
      missing: [],
    };
    return [terminal, ack];
  };

  const expectNothingErased = (terminal: Terminal, signed: unknown): void => {
    expect(() => terminal.applyAck(signed)).toThrow(Fault);
    expect(terminal.journal.taps(9)).toHaveLength(1);
    expect(terminal.openBatches()).toEqual([1]);
    expect(terminal.journal.summary().erasedUpTo).toBe(0);
  };

  it('of the host erases', async () => {
    const [terminal, ack] = await ackOf();
    expect(terminal.applyAck(signAck(ack, HOST_SEED)).erasure.erased).toBe(1);
  });

  it('with a forged signature changes nothing', async () => {
    const [terminal, ack] = await ackOf();
    expectNothingErased(terminal, signAck(ack, new Uint8Array(32).fill(1)));
  });

  it('with a changed payload changes nothing', async () => {
    const [terminal, ack] = await ackOf();
    const signed = signAck({ ...ack, records: [] }, HOST_SEED);
    expectNothingErased(terminal, { ...signed, payload: JSON.stringify(ack) });
  });

  it.each([
    ['another terminal', { terminalId: '009900990099' }],
    ['another batch', { batchNumber: 2 }],
    ['another content', { digest: '00'.repeat(32) }],
  ] as const)('for %s changes nothing', async (_, change) => {
    const [terminal, ack] = await ackOf();
    expectNothingErased(terminal, signAck({ ...ack, ...change }, HOST_SEED));
  });

  it.each([null, 'yes', {}, { payload: 1, signature: '' }, { payload: '{}', signature: 'zz' }])(
    'of the form %j changes nothing',
    async (signed) => {
      const [terminal] = await ackOf();
      expectNothingErased(terminal, signed);
    },
  );
});

describe('an upload', () => {
  it('gives up after its tries, and the batch stays', async () => {
    const terminal = await openTerminal();
    await sell(terminal, '1');
    const host = new FakeHost();
    const down = (): Fault => new Fault('HOST_UNREACHABLE', 'down');
    host.faults.push(down(), down(), down());
    const pauses: number[] = [];
    const pause = (milliseconds: number): Promise<void> => {
      pauses.push(milliseconds);
      return Promise.resolve();
    };
    const upload = terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host, {
      triesMax: 3,
      pause,
    });
    await expect(upload).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(pauses).toEqual([500, 1_000]);
    expect(terminal.openBatches()).toEqual([1]);
  });

  it('is not repeated when the host refuses', async () => {
    const terminal = await openTerminal();
    await sell(terminal, '1');
    const host = new FakeHost();
    host.faults.push(new Fault('HOST_REFUSED', 'unknown terminal'));
    const upload = terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    await expect(upload).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    expect(host.batches).toEqual([]);
    expect(terminal.openBatches()).toEqual([1]);
  });
});

describe('a batch file', () => {
  it('that cannot be written is a fault, and leaves nothing behind', async () => {
    const terminal = await openTerminal();
    await sell(terminal, '1');
    const number = terminal.closeBatch()?.number ?? 0;
    const write = (): unknown => terminal.writeBatch(number, join(directory, 'no', 'a.opb'));
    expect(write).toThrow(Fault);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('replaces an older file of its name whole', async () => {
    const terminal = await openTerminal();
    await sell(terminal, '1');
    const path = join(directory, 'a.opb');
    writeFileSync(path, 'x'.repeat(10_000));
    const size = terminal.writeBatch(terminal.closeBatch()?.number ?? 0, path);
    expect(readFileSync(path)).toHaveLength(size);
    expect(() => read(Uint8Array.from(readFileSync(path)))).not.toThrow();
  });
});
