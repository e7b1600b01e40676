// SPDX-License-Identifier: MIT
/** Sales that are uncertain: what the card, the SAM and the host make of them, and counterfeits. */
import { describe, expect, it } from 'vitest';
import { ConstantMacCard } from '../unit/terminal/constant-mac-card.ts';
import {
  balanceOf,
  FakeHost,
  hotlist,
  newCard,
  openInProcess,
  openTerminal,
  rupees,
} from '../unit/terminal/world.ts';

const FIRST = '00000000000000000001';

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
