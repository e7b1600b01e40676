// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedFolders, TILL, type ShownCard } from './cli-folder.ts';
import { feedFiles } from '../unit/gtfs/feed-builder.ts';
import { digestOf, json, openpurse, succeed, temporaryFolder, writeFeed } from './cli-runner.ts';

const newFolder = loadedFolders();

interface TapAnswer {
  readonly outcome: string;
  readonly reason?: string;
  readonly tap: { readonly isRecovered: boolean; readonly balanceAfter: number };
  readonly settled: readonly { readonly state: string; readonly operation: string }[];
  readonly trace?: readonly TraceLine[];
}

interface TraceLine {
  readonly with: string;
  readonly kind: string;
  readonly title: string;
  readonly sw?: string;
  readonly fields: readonly { readonly name: string; readonly meaning?: string }[];
}

const balanceOf = async (card: string, data: string): Promise<number> =>
  (await json<ShownCard>('card', 'show', card, '--data', data)).balance;

describe('cards', () => {
  it('are made, listed and shown with what they hold', async () => {
    const data = newFolder();
    const { cards } = await json<{ cards: readonly object[] }>('card', 'show', '--data', data);
    expect(cards).toMatchObject([
      { name: 'alice', serial: '00000000000000000001', suite: 'aes', balance: 500_00 },
      { name: 'bob', serial: '00000000000000000002', suite: '3des', balance: 300_00 },
    ]);
    expect(await succeed('card', 'show', '--data', data)).toMatch(
      /^alice {2}0{19}1 {2}aes {4}INR 500\.00\nbob {4}0{19}2 {2}3des {3}INR 300\.00$/m,
    );
    const shown = await succeed('pos', 'balance', '--card', 'alice', '--data', data);
    expect(shown).toContain('valid 2020-01-01 to 2039-12-31');
    expect(shown).toContain('balance INR 500.00');
    expect(shown).toMatch(/purseLoad {2}INR 500\.00 {2}counter 1 {2}terminal 100000000001/);
  });

  it('have serial numbers of their own when none is given', async () => {
    const data = temporaryFolder();
    const first = await json<{ serial: string }>('card', 'create', 'a', '--data', data);
    const second = await json<{ serial: string }>('card', 'create', 'b', '--data', data);
    expect(first.serial).toMatch(/^\d{20}$/);
    expect(second.serial).not.toBe(first.serial);
  });

  it('are told about where there is none', async () => {
    const data = temporaryFolder();
    expect(await succeed('card', 'show', '--data', data)).toContain('`openpurse card create`');
    const { code, stderr } = await openpurse('pos', 'sale', '1', '--data', data);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('create') as string,
    });
  });

  it('with worked-example keys are known to the host, which cannot check them', async () => {
    const data = newFolder();
    const key = '404142434445464748494A4B4C4D4E4F';
    await succeed('card', 'create', 'example', '--card-key', key, '--data', data);
    const args = ['pos', 'load', '10', '--card', 'example', '--data', data];
    expect(await json<TapAnswer>(...args)).toMatchObject({ outcome: 'declined' });
  });
});

describe('the till', () => {
  it('sells from either suite and says the balance before and after', async () => {
    const data = newFolder();
    for (const [card, before, after] of [
      ['alice', '500.00', '487.50'],
      ['bob', '300.00', '287.50'],
    ] as const) {
      expect(await succeed('pos', 'sale', '12.50', '--card', card, '--data', data)).toMatch(
        new RegExp(
          `^APPROVED {2}sale of INR 12\\.50, card \\d{20}: balance INR ${before} to INR ${after}`,
        ),
      );
    }
  });

  it('sells with no host and no keys in reach', async () => {
    const data = newFolder();
    const args = [
      'pos',
      'sale',
      '1',
      '--card',
      'alice',
      '--data',
      data,
      '--passphrase-file',
      '/none',
    ];
    expect((await openpurse(...args)).code).toBe(0);
  });

  it('declines what the card cannot pay, with exit code 3 and the balance', async () => {
    const data = newFolder();
    const ran = await openpurse('pos', 'sale', '500.01', '--card', 'alice', '--data', data);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/^DECLINED {2}the balance is not enough\n {2}balance INR 500\.00$/m);
    expect(await balanceOf('alice', data)).toBe(500_00);
  });

  it('declines a load with a wrong PIN and counts the tries', async () => {
    const data = newFolder();
    const args = ['card', 'load', '10', '--card', 'alice', '--pin', '0000', '--data', data];
    expect(await json<TapAnswer>(...args)).toMatchObject({
      outcome: 'declined',
      reason: 'wrongPin',
      pinTriesLeft: 2,
    });
    expect(await balanceOf('alice', data)).toBe(500_00);
  });

  it('prints the dialogue with every field and no secret', async () => {
    const data = newFolder();
    const text = await succeed('pos', 'sale', '10', '--card', 'alice', '--trace', '--data', data);
    for (const line of [
      /^card > INITIALIZE FOR PURCHASE, purse$/m,
      /^ {9}amount {6}000003E8 {6}10\.00 INR$/m,
      /^ {9}offlineCounter {2}0000 {14}0$/m,
      /^card > DEBIT FOR PURCHASE$/m,
      /^ {9}tac {3}[0-9A-F]{16}$/m,
      /^sam {2}< 9000 success$/m,
    ])
      expect(text).toMatch(line);
    const load = await succeed('pos', 'load', '5', '--card', 'alice', '--trace', '--data', data);
    expect(load).toContain('masked');
    expect(load).not.toContain('0020000003123456');
  });

  it('gives the dialogue as data, commands and responses in turn', async () => {
    const data = newFolder();
    const args = ['pos', 'sale', '10', '--card', 'alice', '--trace', '--data', data];
    const { trace = [] } = await json<TapAnswer>(...args);
    const kinds = trace.map(({ kind }) => kind);
    expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? 'command' : 'response')));
    const titles = new Set(trace.map(({ title }) => title));
    expect([...titles]).toEqual(expect.arrayContaining(['SELECT', 'DEBIT FOR PURCHASE']));
    expect(trace.filter(({ kind }) => kind === 'response').map(({ sw }) => sw)).not.toContain(
      undefined,
    );
  });

  it('finds out about an uncertain tap on its own', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    await openpurse('pos', 'sale', '10', '--tear', 'response', ...at);
    expect(await json<TapAnswer>('pos', 'recover', ...at)).toMatchObject({
      outcome: 'approved',
      tap: { isRecovered: true },
    });
    expect(await json<TapAnswer>('pos', 'recover', ...at)).toMatchObject({
      outcome: 'declined',
      reason: 'nothingPending',
    });
  });
});

describe('a torn tap', () => {
  const phases = [
    ['before', false],
    ['inside', false],
    ['after', true],
    ['response', true],
  ] as const;
  const flows = [
    { operation: 'sale', args: ['pos', 'sale', '10'], change: -10_00 },
    { operation: 'load', args: ['pos', 'load', '20'], change: 20_00 },
  ] as const;
  const rows = flows.flatMap((flow) =>
    phases.map(([when, hasCommitted]) => ({ ...flow, when, hasCommitted })),
  );

  it.each(rows)(
    'of $operation torn $when is uncertain, and the next tap settles it once',
    async ({ operation, args, change, when, hasCommitted }) => {
      const data = newFolder();
      const at = ['--card', 'bob', '--data', data];
      const torn = await openpurse(...args, '--tear', when, ...at);
      expect(torn.code).toBe(3);
      expect(torn.stdout).toMatch(/^UNCERTAIN {2}.*present the same card again/m);
      expect(await balanceOf('bob', data)).toBe(300_00 + (hasCommitted ? change : 0));
      const again = await json<TapAnswer>(...args, ...at);
      expect(again).toMatchObject({ outcome: 'approved', tap: { isRecovered: hasCommitted } });
      expect(again.settled).toMatchObject(hasCommitted ? [] : [{ operation, state: 'declined' }]);
      expect(await balanceOf('bob', data)).toBe(300_00 + change);
    },
  );

  it.each(['before', 'response'])('at a gate torn %s lets in once', async (when) => {
    const data = newFolder();
    const feed = writeFeed(join(data, 'feed'), feedFiles());
    const entry = ['gate', 'in', '--station', 'A', '--gtfs', feed, '--card', 'bob', '--data', data];
    expect((await openpurse(...entry, '--tear', when)).code).toBe(3);
    expect(await json<TapAnswer>(...entry)).toMatchObject({ outcome: 'approved' });
    const { trips } = await json<ShownCard>('card', 'show', 'bob', '--data', data);
    expect(trips).toMatchObject([{ type: 'purseIn', station: 'A' }]);
  });

  it('says what the card had done: debited, credited or let in', async () => {
    const data = newFolder();
    const at = ['--card', 'bob', '--data', data];
    for (const [args, done] of [
      [['pos', 'sale', '10'], 'been debited'],
      [['pos', 'load', '10'], 'been credited'],
      [['gate', 'in', '--station', 'MYP'], 'been let in'],
    ] as const) {
      await openpurse(...args, '--tear', 'response', ...at);
      expect(await succeed(...args, ...at)).toContain(`(recovered: the card had ${done})`);
    }
  });
});

describe('the gate', () => {
  it('lets in, lets out for the fare of the feed and keeps the trip on the card', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    await succeed('gate', 'in', '--station', 'Miyapur', ...at);
    await succeed('gate', 'out', '--station', 'AME', ...at);
    const shown = await json<ShownCard>('card', 'show', 'alice', '--data', data);
    expect(shown.balance).toBe(500_00 - 50_00);
    expect(shown.trips[0]).toMatchObject({ type: 'purseOut', station: 'AME' });
  });

  it('collects for a missing exit before the next entry', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    await succeed('gate', 'in', '--station', 'MYP', ...at);
    const text = await succeed('gate', 'in', '--station', 'AME', ...at);
    expect(text).toMatch(/^earlier tap settled: supplement for a missing exit of INR \d+\.00/);
    expect(text).toMatch(/^APPROVED {2}entry of INR 0\.00/m);
  });

  it.each(['in', 'out'])('refuses an unknown station at gate %s and proposes some', async (way) => {
    const data = newFolder();
    const before = digestOf(data);
    const ran = await openpurse(
      'gate',
      way,
      '--station',
      'Nowhere',
      '--card',
      'bob',
      '--data',
      data,
    );
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/"station" expected a station id or name, such as .*"Nowhere"/);
    expect(digestOf(data)).toBe(before);
  });

  it('charges an exit without an entry the highest fare, and declines where there is none', async () => {
    const data = newFolder();
    const at = ['--card', 'bob', '--data', data];
    expect(await succeed('gate', 'out', '--station', 'AME', ...at)).toContain('exit of INR 60.00');
    // No fare rule of the bundled feed reaches JBS.
    const ran = await openpurse('gate', 'out', '--station', 'JBS', ...at);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('DECLINED');
    expect(await balanceOf('bob', data)).toBe(300_00 - 60_00);
  });
});

describe('where things are', () => {
  it('is told by every command that changes something', async () => {
    const data = newFolder();
    const sale = await succeed('pos', 'sale', '1', '--card', 'alice', '--data', data);
    expect(sale).toContain(join(data, 'terminal', TILL));
    const made = await json<{ file: string }>('card', 'create', 'carol', '--data', data);
    expect(made.file).toBe(join(data, 'cards', 'carol.card'));
    expect(readFileSync(made.file).length).toBeGreaterThan(0);
  });
});
