// SPDX-License-Identifier: MIT
/** What a terminal refuses by itself, with no network: listed cards, old lists, amounts, counts. */
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/errors/fault.ts';
import {
  FakeHost,
  hotlist,
  newCard,
  openInProcess,
  openTerminal,
  PIN,
  rupees,
  TestClock,
} from '../unit/terminal/world.ts';

const FIRST = '00000000000000000001';

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
