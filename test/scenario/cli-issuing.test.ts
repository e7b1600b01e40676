// SPDX-License-Identifier: MIT
/** A card from its lot to its replacement, with a refund on the way, as a clerk types it. */
import { describe, expect, it } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { json, openpurse, succeed, temporaryFolder } from './cli-runner.ts';

const newFolder = loadedFolders();

interface TrialLine {
  readonly account: string;
  readonly debit: number;
  readonly credit: number;
}

/** Accounts that are not empty: debit positive. */
async function accounts(data: string): Promise<Readonly<Record<string, number>>> {
  const { lines } = await json<{ lines: readonly TrialLine[] }>(
    'host',
    'trial-balance',
    '--data',
    data,
  );
  const open = lines.filter(({ debit, credit }) => debit !== 0 || credit !== 0);
  return Object.fromEntries(open.map(({ account, debit, credit }) => [account, debit - credit]));
}

describe('the life of a card at the command line', () => {
  it('goes from its lot to a holder, a refund and a replacement, and every cent is somewhere', async () => {
    const data = temporaryFolder();
    const run = (...args: readonly string[]): Promise<string> => succeed(...args, '--data', data);
    const days = ['--valid-from', '2026-01-01', '--valid-until', '2098-12-31'];
    await run('lot', 'add', '2026A', ...days, '--deposit', '20', '--fee', '5');
    await run('card', 'create', 'alice', '--lot', '2026A', '--serial', '42');
    await run('card', 'create', 'alice2', '--lot', '2026A', '--serial', '43');
    expect(await run('card', 'show', 'alice')).toMatch(/valid 2026-01-01 to 2098-12-31/);
    await run('holder', 'open', 'ada', '--name', 'Ada Lovelace');
    expect(await run('issue', 'card', '42', '--agent', 'KIOSK', '--holder', 'ada')).toMatch(
      /active, lot 2026A, of ada, deposit INR 20.00/,
    );
    await run('pos', 'load', '100', '--card', 'alice');
    await run('pos', 'sale', '30', '--card', 'alice');
    await run('batch', 'upload');

    const refund = ['support', 'refund', '42', '--counter', '0', '--reference', 'R1'];
    await run(...refund, '--amount', '10');
    await run(...refund, '--amount', '10');
    const more = await openpurse(...refund.slice(0, -2), '--amount', '21', '--data', data);
    expect(more).toMatchObject({ code: 1, stdout: '' });
    expect(more.stderr).toMatch(/REFUND_REFUSED: .*\(1000 refunded before\), got 2100/);
    await run('support', 'pay', '42', '--agent', 'KIOSK', '--amount', '4');
    await run('pos', 'load', '6', '--card', 'alice');
    await run('support', 'transfer', '42', '--to', '42');
    await run('batch', 'upload');
    await run('issue', 'replace', '42', '--by', '43', '--agent', 'KIOSK', '--reason', 'lost');

    const view = await run('support', 'card', '42');
    expect(view).toMatch(/replaced, HOTLISTED, replaced by 0+43/);
    expect(view).toMatch(/on the card +INR 76.00 .* owed to the holder from 2/);
    expect(view).toMatch(/INR 10.00 by SHOP for counter 0 \(R1\)/);
    expect(view).toMatch(/refundRefused .* got 2100/);
    expect(await run('holder', 'show', 'ada')).toMatch(/open, INR 116.00 in all/);
    const tooEarly = await openpurse('issue', 'refund-balance', '42', '--data', data);
    expect(tooEarly.stderr).toMatch(/CARD_STATE_REFUSED: .* 10 more to wait for late records/);
    const busy = await openpurse('holder', 'close', 'ada', '--data', data);
    expect(busy.stderr).toMatch(/HOLDER_BUSY: .*0+43 \(active\)/);

    expect(await accounts(data)).toEqual({
      '1030:100000000001': 100_00,
      '1030:KIOSK': 46_00,
      '2010': -76_00,
      '2040:SHOP': -20_00,
      '2080': -40_00,
      '4030': -10_00,
    });
    expect(await json<object>('host', 'report', '--data', data)).toMatchObject({
      conservation: { isHeld: true },
    });
  });

  it('ends with the deposit kept or given back', async () => {
    const data = newFolder();
    const run = (...args: readonly string[]): Promise<string> => succeed(...args, '--data', data);
    const days = ['--valid-from', '2026-01-01', '--valid-until', '2098-12-31'];
    await run('lot', 'add', 'B', ...days, '--deposit', '20');
    await run('card', 'create', 'carol', '--lot', 'B', '--serial', '44');
    await run('issue', 'card', '44', '--agent', 'KIOSK');
    await run('issue', 'block', '44', '--reason', 'stolen');
    expect(await run('issue', 'show', '44')).toMatch(/: blocked\n[^]*block +blocked +\S+ +stolen/);
    await run('issue', 'retire', '44', '--reason', 'stolen');
    const neither = await openpurse('issue', 'deposit', '44', '--data', data);
    expect(neither).toMatchObject({ code: 2 });
    await run('issue', 'deposit', '44', '--keep');
    expect(await accounts(data)).toMatchObject({ '1030:KIOSK': 20_00, '4030': -20_00 });
    expect(await run('issue', 'keys')).toMatch(/1 +aes +B +1 cards? .* 1 retired/);
  });

  it('is told in statistics, which are the ledger seen otherwise', async () => {
    const data = newFolder();
    const at = ['--data', data];
    await succeed('pos', 'sale', '12.50', '--card', 'alice', ...at);
    await succeed('pos', 'sale', '7.50', '--card', 'bob', ...at);
    await succeed('batch', 'upload', ...at);
    expect(await succeed('stats', '--by', 'merchant', '--csv', ...at)).toBe(
      [
        'merchant,entries,purchases,bought,loads,loaded,refunds,refunded',
        'SHOP,0,2,20.00,2,800.00,0,0.00',
        'total,0,2,20.00,2,800.00,0,0.00',
        '',
      ].join('\n'),
    );
    expect(await accounts(data)).toMatchObject({ '2040:SHOP': -20_00 });
    expect(await succeed('lot', 'list', ...at)).toMatch(
      /default +2 +INR 780.00 +INR 800.00 +INR 20.00/,
    );
    const wrong = await openpurse('stats', '--from', '2026-02-30', ...at);
    expect(wrong.stderr).toMatch(/USAGE: "--from" expected a day such as 2026-02-03/);
  });
});
