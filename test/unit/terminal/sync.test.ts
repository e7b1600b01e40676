// SPDX-License-Identifier: MIT
/** A terminal against hosts that answer late, wrongly, or what they answered before. */
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hotlistDigest } from '../../../src/clearing/hotlist.ts';
import type { MessageLink } from '../../../src/clearing/messages.ts';
import { NO_LIMITS } from '../../../src/clearing/parameters.ts';
import { openSigned, signValue, type Signed } from '../../../src/clearing/signed.ts';
import {
  isSyncRequest,
  SYNC_ANSWER,
  SYNC_REQUEST,
  type SyncAnswer,
  type SyncRequest,
} from '../../../src/clearing/sync-messages.ts';
import { ed25519PublicKey } from '../../../src/crypto/ed25519.ts';
import { MemoryJournal } from '../../../terminal/journal/memory-journal.ts';
import { SqliteJournal } from '../../../terminal/journal/sqlite-journal.ts';
import {
  HOST_SEED,
  hotlist,
  newCard,
  openInProcess,
  openTerminal,
  rupees,
  SEED,
  TERMINAL_ID,
  TestClock,
} from './world.ts';

const serial = (card: number): string => card.toString().padStart(20, '0');

/** A host of which every answer can be bent. */
class BentHost implements MessageLink {
  readonly requests: SyncRequest[] = [];
  readonly answers: Signed[] = [];
  /** What the next answers have; one a request, then nothing new. */
  readonly bends: Partial<SyncAnswer>[] = [];
  readonly #clock: TestClock;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  sync(signed: Signed): Promise<Signed> {
    const key = ed25519PublicKey(SEED.reveal());
    const request = openSigned(SYNC_REQUEST, signed, key, isSyncRequest);
    this.requests.push(request);
    const answer: SyncAnswer = {
      terminalId: request.terminalId,
      number: request.number,
      hostTimeMs: this.#clock.now(),
      standing: 'active',
      hotlist: { kind: 'current' },
      parameters: null,
      actions: null,
      resend: [],
      taken: [],
      ...this.bends.shift(),
    };
    const told = signValue(SYNC_ANSWER, answer, HOST_SEED);
    this.answers.push(told);
    return Promise.resolve(told);
  }

  actionMac(): Promise<never> {
    throw new Error('nobody asks');
  }
}

function bent(...bends: readonly Partial<SyncAnswer>[]): { host: BentHost; clock: TestClock } {
  const clock = new TestClock();
  const host = new BentHost(clock);
  host.bends.push(...bends);
  return { host, clock };
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openpurse-sync-'));
  folders.push(folder);
  return join(folder, 'journal.db');
}

const FULL = { kind: 'full', issuedAtMs: 0, ...hotlist(3, '1', '2') } as const;
const DELTA = {
  kind: 'delta',
  from: 3,
  version: 4,
  issuedAtMs: 0,
  added: [serial(5)],
  removed: [serial(1)],
  digest: hotlistDigest(4, [serial(2), serial(5)]),
} as const;

describe('a hotlist by messages', () => {
  it('comes whole, then by difference, and each request says what is held', async () => {
    const { host, clock } = bent({ hotlist: FULL }, {}, { hotlist: DELTA });
    const terminal = await openTerminal({ clock });
    expect(await terminal.sync(host)).toMatchObject({ hotlistBy: 'full', hotlist: { version: 3 } });
    expect(await terminal.sync(host)).toMatchObject({ hotlistBy: 'delta', hotlist: { count: 2 } });
    expect(host.requests.map((request) => request.hotlist)).toEqual([
      { version: 0, digest: '' },
      { version: 3, digest: FULL.digest },
      { version: 3, digest: FULL.digest },
      { version: 4, digest: DELTA.digest },
    ]);
  });

  it('is fetched whole when a difference does not make the list of the host', async () => {
    const next = { kind: 'full', issuedAtMs: 0, ...hotlist(4, '2', '5') } as const;
    for (const wrong of [
      { ...DELTA, from: 2 },
      { ...DELTA, added: [] },
    ]) {
      const { host, clock } = bent({ hotlist: FULL }, {}, { hotlist: wrong }, { hotlist: next });
      const terminal = await openTerminal({ clock });
      await terminal.sync(host);
      expect(await terminal.sync(host)).toMatchObject({
        hotlistBy: 'full',
        hotlist: { version: 4 },
      });
      // It asked for all of it, and held the old one until it came.
      expect(host.requests[3]?.hotlist).toEqual({ version: 3, digest: '' });
    }
  });

  it('is refused when it is older, or not what its digest says', async () => {
    const { host, clock } = bent({ hotlist: FULL }, {});
    const terminal = await openTerminal({ clock });
    await terminal.sync(host);
    host.bends.push({ hotlist: { ...FULL, ...hotlist(2) } });
    await expect(terminal.sync(host)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    host.bends.push({ hotlist: { ...FULL, version: 5 } });
    await expect(terminal.sync(host)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    expect(terminal.journal.hotlist()).toMatchObject({ version: 3, count: 2 });
  });

  it('is asked for anew when the one on the disk was changed', async () => {
    const path = journalFile();
    const journal = new SqliteJournal(path);
    const { host, clock } = bent({ hotlist: FULL });
    const terminal = await openTerminal({ clock, journal });
    await terminal.sync(host);
    const database = new Database(path);
    database.exec(`DELETE FROM hotlist WHERE serial = '${serial(1)}'`);
    database.close();
    await terminal.sync(host);
    expect(host.requests.at(-1)?.hotlist.digest).not.toBe(FULL.digest);
    journal.close();
  });
});

describe('an answer', () => {
  it('to an earlier request, or to another terminal, changes nothing', async () => {
    const { host, clock } = bent({ hotlist: FULL });
    const terminal = await openTerminal({ clock });
    await terminal.sync(host);
    const [old] = host.answers;
    const replaying = { sync: () => Promise.resolve(old!), actionMac: host.actionMac };
    await expect(terminal.sync(replaying)).rejects.toThrow(/expected one to request/);
    host.bends.push({ terminalId: '001122334456', standing: 'lost' });
    await expect(terminal.sync(host)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    expect(await terminal.sync(host)).toMatchObject({ standing: 'active' });
  });

  it('that somebody else signed is refused', async () => {
    const { host, clock } = bent();
    const terminal = await openTerminal({ clock });
    const forging: MessageLink = {
      actionMac: host.actionMac,
      sync: async (request) => {
        const { payload } = await host.sync(request);
        return signValue(SYNC_ANSWER, JSON.parse(payload), new Uint8Array(32).fill(1));
      },
    };
    await expect(terminal.sync(forging)).rejects.toThrow(/expected the signature of the host/);
  });

  it('may be lost: the next request has another number, and what was not told is told again', async () => {
    const { host, clock } = bent();
    const path = journalFile();
    const first = new SqliteJournal(path);
    const action = {
      id: '0'.repeat(32),
      kind: 'message',
      serial: serial(1),
      amount: 0,
      text: 'hi',
    };
    host.bends.push({ actions: { version: 1, open: [action as never] } });
    const before = await openTerminal({ clock, journal: first });
    await before.sync(host);
    expect(before.takeMessages(serial(1))).toEqual(['hi']);
    const losing = {
      actionMac: host.actionMac,
      sync: async (request: Signed) => {
        await host.sync(request);
        return Promise.reject(new Error('line cut'));
      },
    };
    await expect(before.sync(losing)).rejects.toThrow('line cut');
    first.close();

    // The terminal is switched off and on: it still has the result, and goes on counting.
    const second = new SqliteJournal(path);
    const after = await openTerminal({ clock, journal: second });
    expect(after.takeMessages(serial(1))).toEqual([]);
    host.bends.push({ taken: [action.id] });
    await after.sync(host);
    const numbers = host.requests.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
    const told = host.requests.map(({ results }) => results.length);
    expect(told).toEqual([0, 0, 1, 1, 0]);
    second.close();
  });
});

describe('the clock of a terminal', () => {
  const ahead = (minutes: number, clock: TestClock): Partial<SyncAnswer> => ({
    hostTimeMs: clock.now() + minutes * 60_000,
  });

  it('is put right within ten minutes, and stays right when it is switched on again', async () => {
    const { host, clock } = bent();
    const journal = new MemoryJournal();
    const terminal = await openTerminal({ clock, journal });
    host.bends.push(ahead(8, clock));
    expect(await terminal.sync(host)).toMatchObject({
      clockOffsetMs: 8 * 60_000,
      isClockRight: true,
    });
    for (const each of [terminal, await openTerminal({ clock, journal })]) {
      const tap = await each.purchase(openInProcess(newCard('aes')), rupees(1));
      // The machine says 08:15:30.
      expect(tap).toMatchObject({ kind: 'approved', tap: { time: '082330' } });
    }
  });

  it('is left alone above that, whether in one step or in several', async () => {
    const { host, clock } = bent();
    const terminal = await openTerminal({ clock });
    host.bends.push(ahead(11, clock));
    expect(await terminal.sync(host)).toMatchObject({ isClockRight: false });
    host.bends.push(ahead(6, clock));
    await terminal.sync(host);
    host.bends.push(ahead(12, clock));
    expect(await terminal.sync(host)).toMatchObject({ isClockRight: false });
    const tap = await terminal.purchase(openInProcess(newCard('aes')), rupees(1));
    expect(tap).toMatchObject({ tap: { time: '082130' } });
  });
});

describe('what the host wants again', () => {
  it('is told apart: what is here, and what is gone, which is said once', async () => {
    const { host, clock } = bent();
    const terminal = await openTerminal({ clock });
    await terminal.purchase(openInProcess(newCard('aes')), rupees(1));
    host.bends.push({ resend: [{ from: 1, to: 4 }] }, {});
    expect(await terminal.sync(host)).toMatchObject({
      wanted: [],
      gone: [{ from: 2, to: 4 }],
    });
    expect(host.requests.map(({ gone }) => gone)).toEqual([[], [{ from: 2, to: 4 }]]);
    expect(host.requests[0]).toMatchObject({ lastSequence: 1, unsentRecords: 1 });
  });
});

describe('parameters by messages', () => {
  it('bind, and outlive the power', async () => {
    const { host, clock } = bent({
      parameters: { version: 9, limits: { ...NO_LIMITS, dayCount: 0 } },
    });
    const journal = new MemoryJournal();
    const first = await openTerminal({ clock, journal });
    expect(await first.sync(host)).toMatchObject({ parameters: 9 });
    for (const each of [first, await openTerminal({ clock, journal })]) {
      const tap = await each.purchase(openInProcess(newCard('aes')), rupees(1));
      expect(tap).toMatchObject({ kind: 'declined', reason: 'overDayCount' });
    }
    expect(host.requests.at(-1)).toMatchObject({ terminalId: TERMINAL_ID, parameters: 9 });
  });
});
