// SPDX-License-Identifier: MIT
/** Host and terminals on the command line: lists, actions, limits, lost terminals. */
import { describe, expect, it } from 'vitest';
import { loadedFolders, TILL, type ShownCard } from './cli-folder.ts';
import { json, openpurse, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();
const ALICE = '00000000000000000001';

describe('messages on the command line', () => {
  it('list a card and take it off again, at the terminal by difference', async () => {
    const data = newFolder();
    const at = ['--data', data] as const;
    await succeed('host', 'hotlist', '1', '--reason', 'lost', ...at);
    expect(await succeed('terminal', 'sync', ...at)).toMatch(
      /^terminal 100000000001\n {2}hotlist version 1 \(by difference\), 1 card; parameters its own; 0 actions waiting; clock right\n$/,
    );
    expect(await json('pos', 'sale', '1', '--card', 'alice', ...at)).toMatchObject({
      outcome: 'declined',
      reason: 'hotlisted',
    });
    const off = await succeed('host', 'hotlist', '1', '--remove', '--reason', 'found', ...at);
    expect(off).toBe('hotlist version 2\nno cards\n');
    await succeed('batch', 'upload', ...at);
    await succeed('pos', 'sale', '1', '--card', 'alice', ...at);
    expect(await json('host', 'hotlist', ...at)).toMatchObject({ version: 2, serials: [] });
  });

  it('block a card where it is seen, and tell its holder', async () => {
    const data = newFolder();
    const at = ['--data', data] as const;
    await succeed('host', 'action', 'add', 'message', '2', '--text', 'please call us', ...at);
    await succeed('host', 'action', 'add', 'block', '1', ...at);
    await succeed('terminal', 'sync', ...at);
    expect(await succeed('terminal', 'actions', ...at)).toMatch(/^message .*\nblock .*\n$/);
    const sale = await json('pos', 'sale', '1', '--card', 'bob', ...at);
    expect(sale).toMatchObject({ outcome: 'approved', messages: ['please call us'] });
    expect(await succeed('terminal', 'actions', '--card', 'alice', ...at)).toBe(
      `DONE  block, card ${ALICE}: the purse is blocked\n`,
    );
    expect(await json('pos', 'sale', '1', '--card', 'alice', ...at)).toMatchObject({
      reason: 'cardBlocked',
    });
    await succeed('terminal', 'sync', ...at);
    const { actions } = await json<{ actions: readonly { kind: string; state: string }[] }>(
      ...(['host', 'action', 'list', ...at] as const),
    );
    expect(actions.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'message done',
      'block done',
    ]);
  });

  it('set how long somebody has, and which days do not count', async () => {
    const data = newFolder();
    const at = ['--data', data] as const;
    expect(await succeed('host', 'clocks', 'set', 'dispute', '15', ...at)).toBe(
      'dispute: 15 for what begins from now on\n',
    );
    const listed = await succeed('host', 'clocks', 'list', ...at);
    expect(listed).toMatch(/^dispute +15 +working days +usually 10 +within which a dispute/m);
    expect(listed).toMatch(/^gap +180 +days {2,}after which value of a gap is dormant$/m);
    await succeed('host', 'holidays', 'add', '2999-12-25', '--name', 'Christmas Day', ...at);
    expect(await succeed('host', 'holidays', 'list', ...at)).toBe('2999-12-25  Christmas Day\n');
    await succeed('host', 'holidays', 'remove', '2999-12-25', ...at);
    expect(await succeed('host', 'holidays', 'list', ...at)).toBe('no holidays\n');
    const past = await openpurse('host', 'holidays', 'add', '2020-12-25', ...at);
    expect(past.stderr).toMatch(/USAGE: "day" expected YYYY-MM-DD after .*, got "2020-12-25"/);
    const fixed = await openpurse('host', 'clocks', 'set', 'hotlistAge', '3', ...at);
    expect(fixed.stderr).toMatch(/USAGE: "clock" expected one of response, dispute/);
  });

  it('set limits, and change only what is named', async () => {
    const data = newFolder();
    const at = ['--data', data] as const;
    expect(await succeed('host', 'parameters', ...at)).toContain('limits of their own');
    await succeed('host', 'parameters', '--per-tap', '20', ...at);
    await succeed('host', 'parameters', '--day-count', '3', ...at);
    expect(await json('host', 'parameters', ...at)).toMatchObject({
      parameters: { version: 3, limits: { perTap: 20_00, dayCount: 3 } },
    });
    await succeed('terminal', 'sync', ...at);
    expect(await json('pos', 'sale', '20.01', '--card', 'alice', ...at)).toMatchObject({
      reason: 'overTapLimit',
    });
  });

  it('take a lost terminal out of service when it hears of it', async () => {
    const data = newFolder();
    const at = ['--data', data] as const;
    await succeed('host', 'terminal', 'lost', TILL, '--reason', 'stolen', ...at);
    expect(await succeed('terminal', 'sync', ...at)).toContain('LOST: takes no card');
    expect(await json('pos', 'sale', '1', '--card', 'alice', ...at)).toMatchObject({
      outcome: 'declined',
      reason: 'terminalOutOfService',
    });
    // What it has is sent all the same.
    expect(await succeed('batch', 'upload', ...at)).toContain('accepted');
    expect(await succeed('host', 'terminal', 'list', ...at)).toMatch(
      /^100000000001 {2}SHOP {2}lost {2}records to 2\n {2}last heard .*, 0 unsent\n$/,
    );
    await succeed('host', 'terminal', 'activate', TILL, ...at);
    await succeed('terminal', 'sync', ...at);
    expect(await json<ShownCard>('card', 'show', 'alice', ...at)).toMatchObject({
      balance: 500_00,
    });
    await succeed('pos', 'sale', '1', '--card', 'alice', ...at);
  });

  it.each([
    [['host', 'action', 'add', 'unblock', '1'], '"kind" expected one of block, refund, message'],
    [['host', 'action', 'add', 'refund', '1', '--amount', '1'], 'at most 0'],
    [['host', 'terminal', 'lost', '0000000000FF'], 'expected an enrolled one'],
    [['host', 'hotlist', '99', '--remove'], 'expected an issued card'],
    [['terminal', 'sync', '--terminal', '0000000000FF'], 'expected one of 100000000001'],
  ] as const)('refuse %j and change nothing', async (args, message) => {
    const data = newFolder();
    const { code, stderr } = await openpurse(...args, '--data', data);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining(message)]);
    expect(code).not.toBe(0);
  });
});
