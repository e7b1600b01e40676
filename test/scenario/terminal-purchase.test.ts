// SPDX-License-Identifier: MIT
/** Sales at a till: what is approved, what is declined and why, and what stays uncertain. */
import { describe, expect, it } from 'vitest';
import { AMOUNT_MAX, amount } from '../../src/money/amount.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { MemoryJournal } from '../../terminal/journal/memory-journal.ts';
import {
  balanceOf,
  BASE_CONFIG,
  FakeHost,
  isTacOf,
  newCard,
  newSam,
  openInProcess,
  openTerminal,
  rupees,
  SUITE_NAMES,
  TestClock,
} from '../unit/terminal/world.ts';

const FIRST = '00000000000000000001';

describe.each(SUITE_NAMES)('a sale to a card of suite %s', (suite) => {
  it('is approved, with MAC2 verified and a TAC that the host accepts', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite);
    const outcome = await terminal.purchase(openInProcess(card), rupees(1_250));
    expect(outcome).toMatchObject({
      kind: 'approved',
      settled: [],
      tap: {
        operation: 'sale',
        state: 'approved',
        serial: FIRST,
        suite,
        amount: 1_250,
        balanceBefore: 10_000,
        balanceAfter: 8_750,
        counterBefore: 0,
        terminalCounter: 1,
        sequence: 1,
        place: 'till 1',
        date: '20260203',
        time: '081530',
        isRecovered: false,
        isMac2Verified: true,
      },
    });
    expect(balanceOf(card)).toBe(8_750);
    const host = new FakeHost();
    await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    expect(host.records).toHaveLength(1);
    expect(host.records.map((record) => isTacOf(record, suite))).toEqual([true]);
  });

  it('is approved by way of the directories too', async () => {
    const terminal = await openTerminal({ config: { selectionOrder: 'directoryFirst' } });
    const outcome = await terminal.purchase(openInProcess(newCard(suite)), rupees(1));
    expect(outcome.kind).toBe('approved');
  });

  it('is declined with the balance when it does not suffice', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite);
    const outcome = await terminal.purchase(openInProcess(card), rupees(10_001));
    expect(outcome).toMatchObject({
      kind: 'declined',
      reason: 'insufficientBalance',
      serial: FIRST,
      balance: 10_000,
      needed: 10_001,
    });
    expect(terminal.journal.taps(1)).toEqual([]);
    expect(balanceOf(card)).toBe(10_000);
  });

  it('takes the last coin', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite);
    expect((await terminal.purchase(openInProcess(card), rupees(10_000))).kind).toBe('approved');
    expect(balanceOf(card)).toBe(0);
  });

  it('is declined when the SAM does not hold the key version of the card', async () => {
    const terminal = await openTerminal();
    const outcome = await terminal.purchase(
      openInProcess(newCard(suite, { keyVersion: 9 })),
      rupees(1),
    );
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'keyNotSupported' });
  });

  it('is declined when the card has used up its counter', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite, { initial: { purseBalance: 100, offlineCounter: 0xffff } });
    const outcome = await terminal.purchase(openInProcess(card), rupees(1));
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'counterExhausted' });
  });

  it('is approved with the last value of the counter', async () => {
    const terminal = await openTerminal();
    const card = newCard(suite, { initial: { purseBalance: 100, offlineCounter: 0xfffe } });
    expect((await terminal.purchase(openInProcess(card), rupees(1))).kind).toBe('approved');
  });
});

describe('a sale', () => {
  it.each([
    ['has expired', { expiryDate: '20260202' }, 'cardExpired'],
    ['is not valid yet', { startDate: '20260204' }, 'cardNotYetValid'],
  ] as const)('to a card that %s is declined', async (_, dates, reason) => {
    const terminal = await openTerminal();
    const outcome = await terminal.purchase(openInProcess(newCard('aes', dates)), rupees(1));
    expect(outcome).toMatchObject({ kind: 'declined', reason });
  });

  it('to a card on its first and last day is approved', async () => {
    const terminal = await openTerminal();
    const card = newCard('aes', { startDate: '20260203', expiryDate: '20260203' });
    expect((await terminal.purchase(openInProcess(card), rupees(1))).kind).toBe('approved');
  });

  it('knows the day of the terminal, not of UTC', async () => {
    const terminal = await openTerminal({ config: { utcOffsetMinutes: 840 } });
    const clock = new TestClock();
    clock.advanceMinutes(600);
    const late = await openTerminal({ clock, config: { utcOffsetMinutes: 840 } });
    const card = newCard('aes', { expiryDate: '20260203' });
    expect((await terminal.purchase(openInProcess(card), rupees(1))).kind).toBe('approved');
    expect(await late.purchase(openInProcess(card), rupees(1))).toMatchObject({
      reason: 'cardExpired',
    });
  });

  it('to a card without a known purse is declined', async () => {
    const config = { applications: [{ aid: 'F000000001', suite: 'aes' }] };
    const terminal = await openTerminal({ config });
    const outcome = await terminal.purchase(openInProcess(newCard('aes')), rupees(1));
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'cardUnknown' });
  });

  it('to a card that may only be read is declined', async () => {
    const config = { applications: [{ aid: DF_NAMES.tdesPurse, suite: 'tdes', isReadOnly: true }] };
    const terminal = await openTerminal({ config });
    const outcome = await terminal.purchase(openInProcess(newCard('tdes')), rupees(1));
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'cardReadOnly' });
  });

  it('with no card in the field is not presented', async () => {
    const terminal = await openTerminal();
    const channel = openInProcess(newCard('aes'));
    channel.remove();
    expect((await terminal.purchase(channel, rupees(1))).kind).toBe('notPresented');
  });

  it('of more than a card can carry is declined', async () => {
    const terminal = await openTerminal();
    const outcome = await terminal.purchase(openInProcess(newCard('aes')), amount(AMOUNT_MAX + 1));
    expect(outcome).toMatchObject({ kind: 'declined', reason: 'amountTooLarge' });
  });

  it('waits for the sale before it: one SAM has one session key', async () => {
    const terminal = await openTerminal();
    const cards = ['1', '2', '3'].map((serial) => newCard('aes', { serial }));
    const outcomes = await Promise.all(
      cards.map((card) => terminal.purchase(openInProcess(card), rupees(7))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['approved', 'approved', 'approved']);
    expect(cards.map(balanceOf)).toEqual([9_993, 9_993, 9_993]);
  });
});

describe('a terminal', () => {
  it('refuses a SAM of another terminal', async () => {
    const opening = openTerminal({ samChannel: openInProcess(newSam('998877665544')) });
    await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('refuses a journal of another terminal', async () => {
    const journal = new MemoryJournal();
    await openTerminal({ journal });
    const config = { ...BASE_CONFIG, terminalId: '009900990099' };
    await expect(openTerminal({ journal, config })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('fails, and charges nothing, when its SAM has gone', async () => {
    const samChannel = openInProcess(newSam());
    const terminal = await openTerminal({ samChannel });
    samChannel.remove();
    const card = newCard('aes');
    const sale = terminal.purchase(openInProcess(card), rupees(1));
    await expect(sale).rejects.toMatchObject({ code: 'SAM_UNUSABLE' });
    expect(balanceOf(card)).toBe(10_000);
    expect(terminal.journal.taps(1)).toEqual([]);
  });

  it('reads a card: balance, log, trips', async () => {
    const terminal = await openTerminal();
    const card = newCard('tdes');
    await terminal.purchase(openInProcess(card), rupees(30));
    await terminal.purchase(openInProcess(card), rupees(40));
    const reading = await terminal.readCard(openInProcess(card));
    expect(reading).toMatchObject({
      kind: 'read',
      serial: FIRST,
      suite: 'tdes',
      balance: 9_930,
      log: [
        { amount: 40, counterAfter: 2, transactionType: 6 },
        { amount: 30, counterAfter: 1 },
      ],
      trips: [],
    });
  });
});
