// SPDX-License-Identifier: MIT
/** Sales at a till: what is approved, what is declined and why, and what stays uncertain. */
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/errors/fault.ts';
import { AMOUNT_MAX, amount } from '../../src/money/amount.ts';
import { DF_NAMES } from '../../src/purse/files.table.ts';
import { MemoryJournal } from '../../terminal/journal/memory-journal.ts';
import { ConstantMacCard } from '../unit/terminal/constant-mac-card.ts';
import {
  balanceOf,
  BASE_CONFIG,
  FakeHost,
  hotlist,
  isTacOf,
  newCard,
  newSam,
  openInProcess,
  openTerminal,
  PIN,
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

describe('the hotlist', () => {
  it('declines a listed card, and no other', async () => {
    const terminal = await openTerminal();
    terminal.updateHotlist(hotlist(3, '1'));
    const declined = await terminal.purchase(openInProcess(newCard('aes')), rupees(1));
    expect(declined).toMatchObject({ kind: 'declined', reason: 'hotlisted', serial: FIRST });
    const other = await terminal.purchase(
      openInProcess(newCard('aes', { serial: '2' })),
      rupees(1),
    );
    expect(other).toMatchObject({ kind: 'approved', tap: { hotlistVersion: 3 } });
  });

  it('is not replaced by an older or a damaged one', async () => {
    const terminal = await openTerminal();
    terminal.updateHotlist(hotlist(3, '1'));
    expect(() => terminal.updateHotlist(hotlist(2))).toThrow(Fault);
    expect(() => terminal.updateHotlist({ ...hotlist(4, '1'), serials: [] })).toThrow(Fault);
    expect(terminal.journal.hotlist()).toMatchObject({ version: 3, count: 1 });
  });

  it('is a reason to decline when it is too old', async () => {
    const clock = new TestClock();
    const limits = { hotlistMaxAgeMinutes: 60, stalePerTap: 100 };
    const terminal = await openTerminal({ clock, config: { limits } });
    const channel = openInProcess(newCard('aes'));
    const sell = async (minor: number): Promise<unknown> => {
      const outcome = await terminal.purchase(channel, rupees(minor));
      return outcome.kind === 'declined' ? outcome.reason : outcome.kind;
    };
    expect(await sell(101)).toBe('hotlistTooOld');
    terminal.updateHotlist(hotlist(1));
    clock.advanceMinutes(60);
    expect(await sell(101)).toBe('approved');
    clock.advanceMinutes(1);
    expect(await sell(101)).toBe('hotlistTooOld');
    expect(await sell(100)).toBe('approved');
    terminal.updateHotlist(hotlist(1));
    expect(await sell(101)).toBe('approved');
  });
});

describe('offline limits', () => {
  const sellAll = async (
    limits: Readonly<Record<string, unknown>>,
    amounts: readonly number[],
  ): Promise<readonly string[]> => {
    const terminal = await openTerminal({ config: { limits } });
    const channel = openInProcess(newCard('aes'));
    const kinds: string[] = [];
    for (const minor of amounts) {
      const outcome = await terminal.purchase(channel, rupees(minor));
      kinds.push(outcome.kind === 'declined' ? outcome.reason : outcome.kind);
    }
    return kinds;
  };

  it('bind the amount of one tap', async () => {
    expect(await sellAll({ perTap: 500 }, [500, 501])).toEqual(['approved', 'overTapLimit']);
  });

  it('bind the amount of a card and a day', async () => {
    const limits = { perCardPerDay: { amount: 600 } };
    expect(await sellAll(limits, [500, 101, 100, 1])).toEqual([
      'approved',
      'overDayAmount',
      'approved',
      'overDayAmount',
    ]);
  });

  it('bind the number of taps of a card and a day', async () => {
    const limits = { perCardPerDay: { count: 2 } };
    expect(await sellAll(limits, [1, 1, 1])).toEqual(['approved', 'approved', 'overDayCount']);
  });

  it('begin anew the next day', async () => {
    const clock = new TestClock();
    const config = { limits: { perCardPerDay: { count: 1 } } };
    const terminal = await openTerminal({ clock, config });
    const channel = openInProcess(newCard('aes'));
    expect((await terminal.purchase(channel, rupees(1))).kind).toBe('approved');
    expect((await terminal.purchase(channel, rupees(1))).kind).toBe('declined');
    clock.advanceMinutes(24 * 60);
    expect((await terminal.purchase(channel, rupees(1))).kind).toBe('approved');
  });

  it('do not bind a load', async () => {
    const terminal = await openTerminal({ config: { limits: { perTap: 1 } } });
    const hostLink = new FakeHost();
    const request = { amount: rupees(500), hostLink, pin: PIN };
    expect((await terminal.load(openInProcess(newCard('aes')), request)).kind).toBe('approved');
  });
});

describe('a card that answers every MAC with a constant', () => {
  it('gets nothing, is remembered, and goes to the host as uncertain', async () => {
    const terminal = await openTerminal();
    const fake = new ConstantMacCard();
    expect(await terminal.purchase(fake, rupees(500))).toMatchObject({
      kind: 'uncertain',
      cause: 'macInvalid',
      tap: { state: 'suspicious', sequence: undefined },
    });
    expect(await terminal.purchase(fake, rupees(500))).toMatchObject({
      kind: 'declined',
      reason: 'cardNotGenuine',
    });
    const host = new FakeHost();
    await terminal.uploadBatch(terminal.closeBatch()?.number ?? 0, host);
    expect(host.records.map(({ kind, tac }) => [kind, Math.max(...tac)])).toEqual([[3, 0]]);
    expect((await terminal.purchase(fake, rupees(500))).kind).toBe('declined');
  });

  it('gets nothing by leaving in mid-debit and coming back', async () => {
    const terminal = await openTerminal();
    const fake = new ConstantMacCard();
    fake.losesDebit = true;
    expect(await terminal.purchase(fake, rupees(500))).toMatchObject({ cause: 'answerLost' });
    fake.losesDebit = false;
    expect(await terminal.purchase(fake, rupees(500))).toMatchObject({
      kind: 'uncertain',
      cause: 'macInvalid',
    });
    expect(terminal.journal.summary().taps).toMatchObject({ suspicious: 1, approved: 0 });
  });
});

describe('an uncertain sale', () => {
  it('is not cleared by another card that comes first', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    expect((await terminal.purchase(openInProcess(torn), rupees(500))).kind).toBe('uncertain');
    const other = newCard('aes', { serial: '2' });
    const sold = await terminal.purchase(openInProcess(other), rupees(500));
    expect(sold).toMatchObject({ kind: 'approved', settled: [], tap: { isRecovered: false } });
    expect(terminal.journal.summary().taps).toMatchObject({ pending: 1, approved: 1 });
    const recovered = await terminal.purchase(openInProcess(torn), rupees(500));
    expect(recovered).toMatchObject({
      kind: 'approved',
      tap: { serial: FIRST, isRecovered: true, isMac2Verified: false },
    });
    expect(balanceOf(torn)).toBe(9_500);
  });

  it('has its MAC verified while the SAM remembers it', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(500));
    expect(await terminal.purchase(openInProcess(torn), rupees(500))).toMatchObject({
      kind: 'approved',
      tap: { isRecovered: true, isMac2Verified: true },
    });
  });

  it('answers the next tap with its own amount, and charges nothing more', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    const outcome = await terminal.purchase(openInProcess(torn), rupees(500));
    expect(outcome).toMatchObject({ kind: 'approved', tap: { amount: 700, isRecovered: true } });
    expect(balanceOf(torn)).toBe(9_300);
  });

  it('that was not debited is told, and the new sale goes on', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'before', write: 1 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    const outcome = await terminal.purchase(openInProcess(torn), rupees(500));
    expect(outcome).toMatchObject({
      kind: 'approved',
      tap: { amount: 500, isRecovered: false },
      settled: [{ state: 'declined', amount: 700 }],
    });
    expect(balanceOf(torn)).toBe(9_500);
  });

  it('can be asked about alone', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    expect(await terminal.recover(openInProcess(torn))).toMatchObject({ reason: 'nothingPending' });
    torn.memory.placeTear({ phase: 'before', write: 1 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    expect(await terminal.recover(openInProcess(torn))).toMatchObject({
      kind: 'declined',
      reason: 'notDebited',
    });
    torn.memory.placeTear({ phase: 'after', write: 3 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    expect(await terminal.recover(openInProcess(torn))).toMatchObject({
      kind: 'approved',
      tap: { amount: 700 },
    });
    expect(balanceOf(torn)).toBe(9_300);
  });

  it('of a card that was used elsewhere since: debited, the host decides', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    const elsewhere = await openTerminal({ config: { terminalId: '009900990099' } });
    await elsewhere.purchase(openInProcess(torn), rupees(1));
    expect(await terminal.purchase(openInProcess(torn), rupees(700))).toMatchObject({
      kind: 'uncertain',
      cause: 'proofGone',
      tap: { state: 'uncertain' },
    });
    expect(balanceOf(torn)).toBe(9_299);
    // It is the host's now: the card is free to buy again.
    const next = await terminal.purchase(openInProcess(torn), rupees(9));
    expect(next).toMatchObject({ kind: 'approved', settled: [] });
  });

  it('of a card that was used elsewhere since: not debited, the sale goes on', async () => {
    const terminal = await openTerminal();
    const torn = newCard('tdes');
    torn.memory.placeTear({ phase: 'before', write: 1 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    const elsewhere = await openTerminal({ config: { terminalId: '009900990099' } });
    // The same type, counter, amount and second, at another terminal.
    await elsewhere.purchase(openInProcess(torn), rupees(700));
    expect(await terminal.purchase(openInProcess(torn), rupees(700))).toMatchObject({
      kind: 'approved',
      tap: { isRecovered: false },
      settled: [{ state: 'declined' }],
    });
    expect(balanceOf(torn)).toBe(8_600);
  });

  it.each(['before', 'after'] as const)(
    'torn %s its commit, of a card whose log has gone on: the host decides',
    async (phase) => {
      const terminal = await openTerminal();
      const torn = newCard('aes');
      torn.memory.placeTear({ phase, write: 2 });
      await terminal.purchase(openInProcess(torn), rupees(700));
      const elsewhere = await openTerminal({ config: { terminalId: '009900990099' } });
      for (let tap = 0; tap < 11; tap++) {
        await elsewhere.purchase(openInProcess(torn), rupees(1));
      }
      expect(await terminal.purchase(openInProcess(torn), rupees(700))).toMatchObject({
        kind: 'uncertain',
        cause: 'undecidable',
        tap: { state: 'uncertain' },
      });
      expect(balanceOf(torn)).toBe(phase === 'before' ? 9_989 : 9_289);
    },
  );

  it('is looked into even when the card is hotlisted by then', async () => {
    const terminal = await openTerminal();
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'after', write: 2 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    terminal.updateHotlist(hotlist(1, '1'));
    expect((await terminal.purchase(openInProcess(torn), rupees(700))).kind).toBe('approved');
    expect(await terminal.purchase(openInProcess(torn), rupees(700))).toMatchObject({
      reason: 'hotlisted',
    });
  });

  it('counts against the limit of the day until it is known', async () => {
    const config = { limits: { perCardPerDay: { amount: 1_000 } } };
    const terminal = await openTerminal({ config });
    const torn = newCard('aes');
    torn.memory.placeTear({ phase: 'before', write: 1 });
    await terminal.purchase(openInProcess(torn), rupees(700));
    expect(terminal.journal.standing(FIRST, '20260203').dayAmount).toBe(700);
    expect((await terminal.purchase(openInProcess(torn), rupees(1_000))).kind).toBe('approved');
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
