// SPDX-License-Identifier: MIT
/** Online loads: PIN, host, card, and what happens when one of them is missing. */
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { LoadLink } from '../../src/clearing/messages.ts';
import {
  balanceOf,
  FakeHost,
  hotlist,
  isTacOf,
  newCard,
  openInProcess,
  openTerminal,
  PIN,
  rupees,
  SUITE_NAMES,
} from '../unit/terminal/world.ts';

describe.each(SUITE_NAMES)('a load of a card of suite %s', (suite) => {
  it('credits the card, and its record has the TAC', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite);
    const hostLink = new FakeHost();
    const request = { amount: rupees(2_000), hostLink, pin: PIN };
    expect(await terminal.load(openInProcess(card), request)).toMatchObject({
      kind: 'approved',
      tap: {
        operation: 'load',
        transactionType: 2,
        counterBefore: 0,
        balanceBefore: 10_000,
        balanceAfter: 12_000,
        terminalCounter: 0,
        time: '081531',
        loadId: 'load-1',
        sequence: 1,
      },
    });
    expect(balanceOf(card)).toBe(12_000);
    await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, hostLink);
    expect(hostLink.records).toMatchObject([{ kind: 2, amount: 2_000 }]);
    expect(hostLink.records.every((record) => isTacOf(record, suite))).toBe(true);
  });
});

describe('a load', () => {
  const load = async (
    hostLink: LoadLink,
    options: { pin?: Secret | undefined; card?: Parameters<typeof newCard>[1] } = {},
  ): Promise<[unknown, number, number]> => {
    const terminal = await openTerminal();
    const card = newCard('aes', options.card);
    const pin = 'pin' in options ? options.pin : PIN;
    const request = { amount: rupees(2_000), hostLink, pin };
    const outcome = await terminal.load(openInProcess(card), request);
    return [outcome, balanceOf(card), terminal.journal.taps(9).length];
  };

  it('with a host that does not answer is declined, and nothing happened', async () => {
    const host = new FakeHost();
    host.faults.push(new Fault('HOST_UNREACHABLE', 'no route'));
    expect(await load(host)).toMatchObject([
      { kind: 'declined', reason: 'hostUnreachable', message: 'no route' },
      10_000,
      0,
    ]);
  });

  it.each(['HOST_REFUSED', 'LOAD_REFUSED'] as const)('that the host answers %s', async (code) => {
    const host = new FakeHost();
    host.faults.push(new Fault(code, 'MAC1 is wrong'));
    expect(await load(host)).toMatchObject([
      { kind: 'declined', reason: 'hostRefused', message: 'MAC1 is wrong' },
      10_000,
      0,
    ]);
  });

  it('with a wrong PIN tells how many tries are left', async () => {
    const pin = new Secret(Uint8Array.of(0x11, 0x11, 0x11));
    expect(await load(new FakeHost(), { pin })).toMatchObject([
      { kind: 'declined', reason: 'wrongPin', pinTriesLeft: 2 },
      10_000,
      0,
    ]);
  });

  it('with a blocked PIN is declined', async () => {
    const terminal = await openTerminal();
    const card = newCard('aes', { pinTriesMax: 1 });
    const wrong = new Secret(Uint8Array.of(0x11, 0x11, 0x11));
    const hostLink = new FakeHost();
    const amount = rupees(1);
    await terminal.load(openInProcess(card), { amount, hostLink, pin: wrong });
    const outcome = await terminal.load(openInProcess(card), { amount, hostLink, pin: PIN });
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'pinBlocked' });
  });

  it('without the PIN that the card asks for is declined', async () => {
    expect(await load(new FakeHost(), { pin: undefined })).toMatchObject([
      { kind: 'declined', reason: 'pinRequired' },
      10_000,
      0,
    ]);
  });

  it('of a card that asks for no PIN needs none', async () => {
    const card = { loadNeedsPin: false };
    expect(await load(new FakeHost(), { pin: undefined, card })).toMatchObject([
      { kind: 'approved' },
      12_000,
      1,
    ]);
  });

  it('above what the card may hold is declined', async () => {
    expect(await load(new FakeHost(), { card: { maximumBalance: 11_999 } })).toMatchObject([
      { kind: 'declined', reason: 'balanceTooHigh' },
      10_000,
      0,
    ]);
  });

  it('with a MAC2 that is not the host’s is declined by the card', async () => {
    const host = new FakeHost();
    const lying: LoadLink = {
      authoriseLoad: async (request) => ({
        ...(await host.authoriseLoad(request)),
        mac2: '0000000000000000',
      }),
    };
    expect(await load(lying)).toMatchObject([
      { kind: 'declined', reason: 'macRefused', sw: 0x9302 },
      10_000,
      1,
    ]);
  });

  it('of a hotlisted card is declined before the host is asked', async () => {
    const terminal = await openTerminal();
    terminal.updateHotlist(hotlist(1, '1'));
    const hostLink = new FakeHost();
    hostLink.faults.push(new Fault('HOST_REFUSED', 'the host was asked'));
    const request = { amount: rupees(1), hostLink, pin: PIN };
    expect(await terminal.load(openInProcess(newCard('aes')), request)).toMatchObject({
      reason: 'hotlisted',
    });
    expect(hostLink.faults).toHaveLength(1);
  });

  it('that is uncertain is found out by a sale, which goes on', async () => {
    const terminal = await openTerminal();
    const card = newCard('aes');
    const channel = openInProcess(card);
    // CREDIT FOR LOAD is the command after the host has answered.
    const host = new FakeHost();
    const hostLink: LoadLink = {
      authoriseLoad: (request) => {
        card.memory.placeTear({ phase: 'response' });
        return host.authoriseLoad(request);
      },
    };
    const request = { amount: rupees(2_000), hostLink, pin: PIN };
    expect((await terminal.load(channel, request)).kind).toBe('uncertain');
    expect(await terminal.purchase(openInProcess(card), rupees(11_000))).toMatchObject({
      kind: 'approved',
      settled: [{ operation: 'load', state: 'approved', isRecovered: true }],
    });
    expect(balanceOf(card)).toBe(1_000);
  });
});
