// SPDX-License-Identifier: MIT
/**
 * What host and terminals say to each other, over real cards, terminals and a host in one process: a card
 * is lost and found, a terminal is lost, a card is blocked where it is next seen, a refund finds its card.
 */
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PIN } from '../../card-applet-sim/personalise/personalise-card.ts';
import { buildServer } from '../../host/http/server.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import { post } from '../../host/ledger/ledger.ts';
import { addAction, followLoads } from '../../host/messages/actions.ts';
import { setParameters } from '../../host/messages/parameters.ts';
import { noteTerminal, terminalStatuses } from '../../host/messages/terminals.ts';
import type { ActionRow } from '../../host/store/message-store.ts';
import { ledgerConservation } from '../../host/report/conservation.ts';
import { reconciliationReport } from '../../host/report/reconciliation.ts';
import { trueBalance } from '../../simulation/check/oracle.ts';
import type { World, WorldCard } from '../../simulation/world/world.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import type { ActionKind } from '../../src/clearing/actions.table.ts';
import type { HostLink } from '../../src/clearing/messages.ts';
import { NO_LIMITS } from '../../src/clearing/parameters.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { amount, signedAmount } from '../../src/money/amount.ts';
import { serialNumberBytes } from '../../src/purse/serial-number.ts';
import { httpHostLink } from '../../terminal/host-link/http.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { morningWorld, type Morning } from './morning-world.ts';

const LOADED = amount(100_00);
const PRICE = amount(20_00);
const PIN = new Secret(fromHex(DEFAULT_PIN));
const MINUTE = 60_000;

let morning: Morning;
let world: World;
let till: Terminal;
let card: WorldCard;

beforeEach(async () => {
  morning = await morningWorld(1);
  world = morning.world;
  till = await world.addTerminal('CAFE', 'till', false);
  card = await world.addCard('aes');
  await load(card);
});

afterEach(async () => morning.dispose());

async function load(into: WorldCard): Promise<void> {
  const request = { amount: LOADED, hostLink: world.host, pin: PIN };
  expect(await till.load(world.present(into), request)).toMatchObject({ kind: 'approved' });
}

async function clear(terminal: Terminal): Promise<void> {
  const closed = terminal.closeBatch();
  if (closed !== undefined) await terminal.uploadBatch(closed.number, world.host);
}

const sell = (terminal: Terminal, to: WorldCard = card): ReturnType<Terminal['purchase']> =>
  terminal.purchase(world.present(to), PRICE);

const report = (): ReturnType<typeof reconciliationReport> => reconciliationReport(world.host);

function addFor(kind: ActionKind, more: { amount?: number; text?: string } = {}): ActionRow {
  const value = amount(more.amount ?? 0);
  const order = { kind, serial: card.serial, amount: value, text: more.text ?? '' };
  return addAction(world.host.store, { ...order, actor: 'anna', at: world.clock.now() });
}

const stateOf = ({ id }: ActionRow): string | undefined => world.host.store.action(id)?.state;

describe('a day of messages', () => {
  it('lists a card, refuses it, finds it, takes it again, and loses a terminal', async () => {
    const gate = await world.addTerminal('METRO', 'gate', false);
    expect(await till.sync(world.host)).toMatchObject({ hotlistBy: 'full', standing: 'active' });
    await gate.sync(world.host);

    // Listed: the difference reaches the gate alone, which refuses from then on.
    world.host.hotlistCard(card.serial, 'lost');
    expect(await gate.sync(world.host)).toMatchObject({
      hotlistBy: 'delta',
      hotlist: { version: 1, count: 1 },
    });
    expect(await sell(gate)).toMatchObject({ kind: 'declined', reason: 'hotlisted' });
    expect(await sell(till)).toMatchObject({ kind: 'approved' });

    // Found: off the list by another difference, accepted, and nothing is held against anybody.
    world.host.unlistCard(card.serial, 'found');
    expect(await gate.sync(world.host)).toMatchObject({
      hotlistBy: 'delta',
      hotlist: { version: 2, count: 0 },
    });
    // Nobody is at till and gate at the same time.
    world.clock.advance(MINUTE);
    expect(await sell(gate)).toMatchObject({ kind: 'approved' });
    await clear(till);
    await clear(gate);
    expect(report().exceptions).toEqual([]);
    expect(ledgerConservation(world.host.store).isHeld).toBe(true);

    // The host knows who holds what: a request is the acknowledgement of what it holds.
    const [atTill, atGate] = terminalStatuses(world.host.store);
    expect([atTill?.contact?.hotlistVersion, atGate?.contact?.hotlistVersion]).toEqual([0, 2]);
    expect(atGate?.contact?.hotlistDigest).toBe(world.host.hotlist().digest);

    // Lost: no loads from now on, and when the terminal hears of it, no cards either.
    const notice = { terminal: gate.config.terminalId, reason: 'stolen', actor: 'anna' };
    noteTerminal(world.host.store, { ...notice, standing: 'lost', at: world.clock.now() });
    const request = { amount: LOADED, hostLink: world.host, pin: PIN };
    expect(await gate.load(world.present(card), request)).toMatchObject({ kind: 'declined' });
    expect(await gate.sync(world.host)).toMatchObject({ standing: 'lost' });
    expect(await sell(gate)).toMatchObject({ kind: 'declined', reason: 'terminalOutOfService' });
    noteTerminal(world.host.store, { ...notice, standing: 'active', at: world.clock.now() });
    await gate.sync(world.host);
    expect(await sell(gate)).toMatchObject({ kind: 'approved' });
  });

  it('finds the debit that a terminal took with a list that named the card', async () => {
    world.host.hotlistCard(card.serial, 'lost');
    await till.sync(world.host);
    world.host.unlistCard(card.serial, 'found');
    // The till does not know yet that the card was found.
    expect(await sell(till)).toMatchObject({ reason: 'hotlisted' });
    await till.sync(world.host);
    expect(await sell(till)).toMatchObject({ kind: 'approved' });
    world.host.hotlistCard(card.serial, 'lost again');
    await clear(till);
    expect(report().exceptions).toEqual([]);
  });

  it('goes over HTTP all the same', async () => {
    const server = buildServer({ host: world.host });
    await server.listen({ port: 0, host: '127.0.0.1' });
    // A TCP server listens at a port; only a pipe has a string.
    const { port } = server.server.address() as AddressInfo;
    const link: HostLink = httpHostLink({ baseUrl: `http://127.0.0.1:${port}` });
    world.host.hotlistCard((await world.addCard('tdes')).serial, 'lost');
    expect(await till.sync(link)).toMatchObject({ hotlistBy: 'full', hotlist: { count: 1 } });
    const block = addFor('block');
    await till.sync(link);
    const done = await till.performActions(world.present(card), { hostLink: link, pin: PIN });
    expect(done).toMatchObject({ kind: 'performed', actions: [{ kind: 'done' }] });
    await till.sync(link);
    expect(stateOf(block)).toBe('done');
    await server.close();
  });
});

describe.each(['aes', 'tdes'] as const)('a block of a card with suite %s', (suite) => {
  it('is done where the card is next seen online, once', async () => {
    card = await world.addCard(suite);
    await load(card);
    const block = addFor('block');
    await till.sync(world.host);
    const tap = { hostLink: world.host, pin: PIN };
    expect(await till.performActions(world.present(card), tap)).toMatchObject({
      kind: 'performed',
      actions: [{ kind: 'done', action: { id: block.id } }],
    });
    expect(await sell(till)).toMatchObject({ kind: 'declined', reason: 'cardBlocked' });
    expect(stateOf(block)).toBe('open');
    await till.sync(world.host);
    expect(world.host.store.action(block.id)).toMatchObject({
      state: 'done',
      terminal: till.config.terminalId,
    });
    expect(till.openActions()).toEqual([]);
  });

  it('waits when the host cannot be reached, and nothing has happened to the card', async () => {
    card = await world.addCard(suite);
    await load(card);
    addFor('block');
    await till.sync(world.host);
    const link = httpHostLink({ baseUrl: 'http://127.0.0.1:1', timeoutMs: 500 });
    const tap = { hostLink: link, pin: PIN };
    expect(await till.performActions(world.present(card), tap)).toMatchObject({
      actions: [{ kind: 'waiting' }],
    });
    expect(till.openActions(card.serial)).toHaveLength(1);
    expect(await sell(till)).toMatchObject({ kind: 'approved' });
  });
});

describe('a refund', () => {
  /** So much is owed to the holder of the card: from the goodwill account, so that the books stay right. */
  function owe(minor: number): void {
    const postings = [
      { account: account('5050'), amount: signedAmount(minor) },
      { account: account('2095'), amount: signedAmount(-minor) },
    ];
    const { store } = world.host;
    store.transaction(() => {
      const at = world.clock.now();
      post(store, { source: `owed:${minor}`, kind: 'decision', postings }, at);
      store.insertRefund({
        reference: `owed:${minor}`,
        serial: serialNumberBytes(card.serial),
        counter: 0,
        record: 0,
        merchant: 'SHOP',
        type: 6,
        amount: amount(minor),
        at,
        actor: 'test',
        note: 'goodwill',
      });
    });
  }

  const balance = (code: '1030' | '2015' | '2095', key?: string): number =>
    world.host.store.balance(account(code, key));

  it('is loaded where the card is next seen online, out of what is owed, once', async () => {
    await clear(till);
    owe(5_00);
    const refund = addFor('refund', { amount: 5_00 });
    const owedByTill = balance('1030', till.config.terminalId);
    await till.sync(world.host);
    const tap = { hostLink: world.host, pin: PIN };
    expect(await till.performActions(world.present(card), tap)).toMatchObject({
      actions: [{ kind: 'done', action: { id: refund.id } }],
    });
    expect(trueBalance(card)).toBe(LOADED + 5_00);
    expect([balance('2095'), balance('2015'), stateOf(refund)]).toEqual([0, -5_00, 'authorised']);
    // The till owes nothing for it.
    expect(balance('1030', till.config.terminalId)).toBe(owedByTill);

    expect(await till.performActions(world.present(card), tap)).toMatchObject({ actions: [] });
    await clear(till);
    await till.sync(world.host);
    expect([stateOf(refund), balance('2015')]).toEqual(['done', 0]);
    expect(trueBalance(card)).toBe(LOADED + 5_00);
    expect(ledgerConservation(world.host.store).isHeld).toBe(true);
  });

  it('that was torn before the card took it is owed again, and found later', async () => {
    await clear(till);
    owe(5_00);
    const refund = addFor('refund', { amount: 5_00 });
    await till.sync(world.host);
    const tap = { hostLink: world.host, pin: PIN };
    const torn = await till.performActions(world.present(card, { phase: 'before', write: 1 }), tap);
    expect(torn).toMatchObject({ actions: [{ kind: 'waiting' }] });
    expect([balance('2095'), stateOf(refund)]).toEqual([0, 'authorised']);
    // The card's next record says that it did not take the load: it is owed again.
    await till.recover(world.present(card));
    await sell(till);
    await load(card);
    await clear(till);
    world.host.store.transaction(() => {
      followLoads(world.host.store, world.clock.now());
    });
    expect([balance('2095'), stateOf(refund)]).toEqual([-5_00, 'open']);
    await till.sync(world.host);
    expect(await till.performActions(world.present(card), tap)).toMatchObject({
      actions: [{ kind: 'done' }],
    });
    expect(balance('2095')).toBe(0);
    expect(ledgerConservation(world.host.store).isHeld).toBe(true);
  });

  it('is never authorised at two terminals at once', async () => {
    owe(5_00);
    addFor('refund', { amount: 5_00 });
    const kiosk = await world.addTerminal('KIOSK', 'kiosk', false);
    await till.sync(world.host);
    await kiosk.sync(world.host);
    const tap = { hostLink: world.host, pin: PIN };
    await till.performActions(world.present(card, { phase: 'before', write: 1 }), tap);
    expect(await kiosk.performActions(world.present(card), tap)).toMatchObject({
      actions: [{ kind: 'waiting', detail: expect.stringContaining('authorised') as string }],
    });
    expect(trueBalance(card)).toBe(LOADED);
  });

  it('is refused above what is owed and not promised yet', () => {
    owe(5_00);
    addFor('refund', { amount: 3_00 });
    expect(() => addFor('refund', { amount: 2_01 })).toThrow(/at most 200/);
    expect(addFor('refund', { amount: 2_00 }).state).toBe('open');
  });
});

describe('other messages', () => {
  it('show a text to the holder once, with no host at hand', async () => {
    const message = addFor('message', { text: 'please call us' });
    await till.sync(world.host);
    expect(till.takeMessages(card.serial)).toEqual(['please call us']);
    expect(till.takeMessages(card.serial)).toEqual([]);
    await till.sync(world.host);
    expect(stateOf(message)).toBe('done');
  });

  it('set limits that bind the next tap and go with the next batch', async () => {
    const limits = { ...NO_LIMITS, perTap: PRICE - 1 };
    const set = { terminal: '', limits, actor: 'anna', at: world.clock.now() };
    const { version } = setParameters(world.host.store, set);
    expect(await sell(till)).toMatchObject({ kind: 'approved' });
    expect(await till.sync(world.host)).toMatchObject({ parameters: version });
    expect(await sell(till)).toMatchObject({ reason: 'overTapLimit', needed: PRICE - 1 });
    expect(till.closeBatch()?.configVersion).toBe(version);
  });

  it('renew the age of the hotlist without changing it', async () => {
    const limits = { ...NO_LIMITS, hotlistMaxAgeMinutes: 60 };
    setParameters(world.host.store, { terminal: '', limits, actor: 'a', at: world.clock.now() });
    await till.sync(world.host);
    world.clock.advance(61 * MINUTE);
    expect(await sell(till)).toMatchObject({ reason: 'hotlistTooOld' });
    expect(await till.sync(world.host)).toMatchObject({ hotlistBy: 'current' });
    expect(await sell(till)).toMatchObject({ kind: 'approved' });
  });
});
