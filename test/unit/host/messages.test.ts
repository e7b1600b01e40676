// SPDX-License-Identifier: MIT
/** The host's side of the talk: who is answered, what is kept, what is taken once only. */
import { afterEach, describe, expect, it } from 'vitest';
import { hotlistDigest } from '../../../src/clearing/hotlist.ts';
import { signValue, openSigned } from '../../../src/clearing/signed.ts';
import {
  ACTION_MAC_REQUEST,
  isSyncAnswer,
  SYNC_ANSWER,
  SYNC_REQUEST,
  type SyncAnswer,
  type SyncRequest,
} from '../../../src/clearing/sync-messages.ts';
import { NO_LIMITS } from '../../../src/clearing/parameters.ts';
import { amount } from '../../../src/money/amount.ts';
import { instant } from '../../../src/time/instant.ts';
import { addAction, cancelAction } from '../../../host/messages/actions.ts';
import { setParameters } from '../../../host/messages/parameters.ts';
import { noteTerminal, standingAt, terminalStatuses } from '../../../host/messages/terminals.ts';
import { batch, loadRequest, type TestHost, type TestTerminal } from './host-world.ts';
import { buy, card, disposeAll, loaded, other, prepared, terminal } from './intake-fixtures.ts';

afterEach(disposeAll);

const NOW = instant(1_770_000_000_000);
const EMPTY = { version: 0, digest: hotlistDigest(0, []) };

const requestOf = (number: number, more: Partial<SyncRequest> = {}): SyncRequest => ({
  terminalId: terminal.id,
  samSerial: '00000000000000000077',
  number,
  sentAtMs: NOW,
  hotlist: EMPTY,
  parameters: 0,
  actions: 0,
  lastSequence: 0,
  unsentRecords: 0,
  results: [],
  gone: [],
  ...more,
});

async function ask(
  { host }: TestHost,
  number: number,
  more: Partial<SyncRequest> = {},
  signer: TestTerminal = terminal,
): Promise<SyncAnswer> {
  const signed = signValue(SYNC_REQUEST, requestOf(number, more), signer.seed);
  return openSigned(SYNC_ANSWER, await host.sync(signed), host.publicKey, isSyncAnswer);
}

const order = { serial: card.serial, amount: amount(0), text: '', actor: 'anna', at: NOW };

describe('a request of a terminal', () => {
  it('is answered once: a number that was used is refused and changes nothing', async () => {
    const test = await prepared();
    expect(await ask(test, 5)).toMatchObject({ number: 5, hostTimeMs: NOW, standing: 'active' });
    for (const number of [5, 4]) {
      const refused = ask(test, number, { lastSequence: 9 });
      await expect(refused).rejects.toMatchObject({ code: 'MESSAGE_REFUSED' });
    }
    expect(test.host.store.contact(terminal.id)).toMatchObject({ number: 5, lastSequence: 0 });
    expect(await ask(test, 6)).toMatchObject({ number: 6 });
  });

  it('is refused with the key of another terminal, and of one that is not enrolled', async () => {
    const test = await prepared();
    await expect(ask(test, 1, {}, other)).rejects.toThrow(/expected the signature of the terminal/);
    const stranger = { terminalId: '0000000000FF' };
    await expect(ask(test, 1, stranger)).rejects.toThrow(/one of an enrolled terminal/);
    expect(test.host.store.contact(terminal.id)).toBeUndefined();
  });
});

describe('the hotlist of the host', () => {
  it('goes by difference from any version that was issued, and else whole', async () => {
    const test = await prepared();
    const { host } = test;
    host.hotlistCard(card.serial, 'lost');
    const first = host.hotlist();
    host.unlistCard(card.serial, 'found');
    const second = host.hotlist();
    const held = { version: first.version, digest: first.digest };
    expect((await ask(test, 1)).hotlist).toEqual({
      kind: 'delta',
      from: 0,
      version: 2,
      issuedAtMs: NOW,
      digest: second.digest,
      added: [],
      removed: [card.serial],
    });
    expect((await ask(test, 2, { hotlist: held })).hotlist).toMatchObject({
      kind: 'delta',
      from: 1,
    });
    for (const [number, wrong] of [
      [3, { ...held, digest: EMPTY.digest }],
      [4, { ...held, version: 9 }],
      [5, { version: 0, digest: '' }],
    ] as const) {
      expect((await ask(test, number, { hotlist: wrong })).hotlist).toEqual(second);
    }
    const newest = { version: 2, digest: second.digest };
    expect((await ask(test, 6, { hotlist: newest })).hotlist).toEqual({ kind: 'current' });
  });

  it('keeps each change with its reason and time, and lets a found card load again', async () => {
    const { host } = await prepared();
    const request = loadRequest({ card, terminal, amount: 5, before: 100, counter: 1 });
    host.hotlistCard(card.serial, 'lost', 'anna');
    await expect(host.authoriseLoad(request)).rejects.toMatchObject({ code: 'LOAD_REFUSED' });
    host.unlistCard(card.serial, 'found', 'bert');
    expect(host.unlistCard(card.serial, 'again').version).toBe(2);
    expect(host.store.hotlistChanges(0)).toMatchObject([
      { version: 1, op: 'add', reason: 'lost', actor: 'anna', at: NOW },
      { version: 2, op: 'remove', reason: 'found', actor: 'bert', at: NOW },
    ]);
    expect(await host.authoriseLoad(request)).toMatchObject({
      loadId: expect.any(String) as string,
    });
  });
});

describe('what a terminal lacks', () => {
  it('is asked for until it comes, or the terminal says that it is gone', async () => {
    const test = await prepared();
    await test.upload(batch(terminal, [loaded, buy(4, 60)]));
    const { resend } = await ask(test, 1);
    expect(resend).toEqual([{ from: 2, to: 5 }]);
    // Only what is missing can be gone.
    const gone = [
      { from: 1, to: 3 },
      { from: 9, to: 12 },
    ];
    expect((await ask(test, 2, { gone })).resend).toEqual([{ from: 4, to: 5 }]);
    expect((await ask(test, 3, { gone: [{ from: 2, to: 4 }] })).resend).toEqual([
      { from: 5, to: 5 },
    ]);
    await test.upload(batch(terminal, [buy(3, 70)], { batchNumber: 2 }));
    expect((await ask(test, 4)).resend).toEqual([]);
    expect(terminalStatuses(test.host.store)[0]).toMatchObject({
      id: terminal.id,
      missing: [{ from: 2, to: 4, since: NOW }],
      gone: [
        { from: 2, to: 3 },
        { from: 4, to: 4 },
      ],
    });
  });
});

describe('a terminal', () => {
  it('that is lost is told so and nothing else, gets no load, and may come back', async () => {
    const test = await prepared();
    const { store } = test.host;
    const notice = { terminal: terminal.id, reason: 'stolen', actor: 'anna' };
    noteTerminal(store, { ...notice, standing: 'lost', at: NOW });
    noteTerminal(store, { ...notice, standing: 'lost', at: NOW });
    expect(store.notices(terminal.id)).toHaveLength(1);
    expect(await ask(test, 1)).toMatchObject({
      standing: 'lost',
      hotlist: { kind: 'current' },
      parameters: null,
      actions: null,
    });
    const request = loadRequest({ card, terminal: other, amount: 5, before: 100, counter: 1 });
    await expect(test.host.authoriseLoad({ ...request, terminalId: terminal.id })).rejects.toThrow(
      /is lost/,
    );
    test.host.hotlistCard(card.serial, 'lost');
    expect((await ask(test, 2)).hotlist).toEqual({ kind: 'current' });
    noteTerminal(store, { ...notice, standing: 'active', at: instant(NOW + 9) });
    expect(standingAt(store, terminal.id, instant(NOW + 8))).toBe('lost');
    expect(await ask(test, 3)).toMatchObject({ standing: 'active', hotlist: { kind: 'delta' } });
  });

  it('that is not enrolled cannot be lost', async () => {
    const { host } = await prepared();
    const notice = { terminal: '0000000000FF', standing: 'lost', reason: '', actor: 'a', at: NOW };
    expect(() => {
      noteTerminal(host.store, notice as Parameters<typeof noteTerminal>[1]);
    }).toThrow(expect.objectContaining({ code: 'TERMINAL_NOT_FOUND' }) as Error);
  });

  it('whose clock is off by more than it adjusts is one alert until it is right', async () => {
    const test = await prepared();
    const skew = (): readonly unknown[] =>
      test.host.store.alerts(terminal.id).map(({ found, settledAt }) => [found, settledAt]);
    await ask(test, 1, { sentAtMs: NOW - 10 * 60_000 });
    expect(skew()).toEqual([]);
    await ask(test, 2, { sentAtMs: NOW - 11 * 60_000 });
    await ask(test, 3, { sentAtMs: NOW - 12 * 60_000 });
    expect(skew()).toEqual([['660 seconds behind', null]]);
    await ask(test, 4);
    expect(skew()).toEqual([['660 seconds behind', NOW]]);
    await ask(test, 5, { sentAtMs: NOW + 700_000 });
    expect(skew()).toHaveLength(2);
  });

  it('has its own parameters before those of all', async () => {
    const test = await prepared();
    const { store } = test.host;
    const set = (of: string, perTap: number): number =>
      setParameters(store, {
        terminal: of,
        limits: { ...NO_LIMITS, perTap },
        actor: 'anna',
        at: NOW,
      }).version;
    const all = set('', 50);
    expect((await ask(test, 1)).parameters).toMatchObject({ version: all, limits: { perTap: 50 } });
    const own = set(terminal.id, 60);
    set('', 70);
    expect((await ask(test, 2)).parameters).toMatchObject({ version: own, limits: { perTap: 60 } });
    expect((await ask(test, 3, { parameters: own })).parameters).toBeNull();
    expect(() => set('0000000000FF', 1)).toThrow(/enrolled/);
    expect(() => set('', -1)).toThrow(/"perTap" expected 0/);
  });
});

describe('an action', () => {
  it('is told to every terminal, and ends once, whoever says so', async () => {
    const test = await prepared();
    const { id } = addAction(test.host.store, { ...order, kind: 'block' });
    const first = await ask(test, 1);
    expect(first.actions?.open).toMatchObject([{ id, kind: 'block', serial: card.serial }]);
    const atOther = { terminalId: other.id };
    expect((await ask(test, 1, atOther, other)).actions).toEqual(first.actions);

    const results = [{ actionId: id, outcome: 'done', detail: 'ok', atMs: NOW }] as const;
    expect(await ask(test, 2, { results })).toMatchObject({ taken: [id], actions: { open: [] } });
    const late = [{ ...results[0], outcome: 'failed', detail: 'late' }] as const;
    // It may forget its result; what was said first stays.
    expect(await ask(test, 2, { ...atOther, results: late }, other)).toMatchObject({ taken: [id] });
    expect(test.host.store.action(id)).toMatchObject({
      state: 'done',
      detail: 'ok',
      terminal: terminal.id,
    });
  });

  it('of which the host holds the money is not done by what a terminal says', async () => {
    const test = await prepared();
    const { store } = test.host;
    const { id } = addAction(store, { ...order, kind: 'message', text: 'hello' });
    const refund = { ...store.action(id)!, id: 'F'.repeat(32), number: 2, kind: 'refund' } as const;
    store.insertAction({ ...refund, amount: amount(5) });
    const results = [{ actionId: refund.id, outcome: 'done', detail: '', atMs: NOW }] as const;
    await ask(test, 1, { results });
    expect(store.action(refund.id)?.state).toBe('open');
  });

  it('may be taken back while it is open', async () => {
    const test = await prepared();
    const { store } = test.host;
    const { id } = addAction(store, { ...order, kind: 'block' });
    const { actions } = await ask(test, 1);
    cancelAction(store, id, { by: 'anna', at: NOW });
    const after = await ask(test, 2, { actions: actions?.version ?? 0 });
    expect(after.actions?.open).toEqual([]);
    expect(() => {
      cancelAction(store, id, { by: 'anna', at: NOW });
    }).toThrow(/got cancelled/);
  });

  it.each([
    ['a refund of nothing', { kind: 'refund' }, '"amount" expected more than 0'],
    ['a block with an amount', { kind: 'block', amount: amount(1) }, '"amount" expected none'],
    ['a message without words', { kind: 'message' }, '"text" expected 1 to 200'],
    ['a block with words', { kind: 'block', text: 'x' }, '"text" expected none'],
    ['a card that is not ours', { kind: 'block', serial: '99' }, 'expected an issued card'],
    ['more than is owed', { kind: 'refund', amount: amount(1) }, 'expected at most 0'],
  ] as const)('is refused for %s', async (_, change, message) => {
    const { host } = await prepared();
    expect(() => addAction(host.store, { ...order, ...change })).toThrow(message);
    expect(host.store.actions()).toEqual([]);
  });

  it('gets a MAC for an open block alone, from a terminal in use, once a number', async () => {
    const test = await prepared();
    const { store } = test.host;
    const { id } = addAction(store, { ...order, kind: 'block' });
    const message = addAction(store, { ...order, kind: 'message', text: 'hello' });
    const ask1 = (
      number: number,
      actionId = id,
      challenge = '0011223344556677',
    ): Promise<unknown> =>
      test.host.actionMac(
        signValue(
          ACTION_MAC_REQUEST,
          { terminalId: terminal.id, number, actionId, challenge },
          terminal.seed,
        ),
      );
    const refused = { code: 'MESSAGE_REFUSED' };
    await expect(ask1(1)).rejects.toMatchObject(refused);
    await ask(test, 1);
    expect(await ask1(2)).toEqual({ mac: expect.stringMatching(/^[0-9A-F]{16}$/) as string });
    await expect(ask1(2)).rejects.toMatchObject(refused);
    await expect(ask1(3, message.id)).rejects.toThrow(/open block/);
    await expect(ask1(3, id, '00112233')).rejects.toThrow(/"challenge" expected 8 bytes/);
    noteTerminal(store, {
      ...{ terminal: terminal.id, reason: '', actor: 'anna', at: NOW },
      standing: 'retired',
    });
    await expect(ask1(3)).rejects.toThrow(/in use/);
  });
});
