// SPDX-License-Identifier: MIT
/** From sales to a paid merchant, as an operator types it. */
import { describe, expect, it } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { json, openpurse, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

/** A folder with a day's sales at the host: 200.00 and 55.55. */
async function soldDay(): Promise<readonly string[]> {
  const data = ['--data', newFolder()];
  await succeed('pos', 'sale', '200', '--card', 'alice', ...data);
  await succeed('pos', 'sale', '55.55', '--card', 'bob', ...data);
  await succeed('batch', 'upload', ...data);
  return data;
}

const REFUSALS: readonly (readonly [readonly string[], RegExp])[] = [
  [['merchant', 'show', 'NOBODY'], /MERCHANT_NOT_FOUND: "merchant" expected a registered one/],
  [['settle', 'show', '9'], /WINDOW_NOT_FOUND: "window" expected the number of a window, got 9/],
  [['payout', 'sent', 'x'], /PAYOUT_NOT_FOUND: "payout" expected the id of a payout, got "x"/],
  [
    ['fees', 'set', '--share', 'operator=2%'],
    /"operator" expected 300 to 2000 basis points, got 200/,
  ],
  [['fees', 'set', '--share', 'operator:3%'], /expected PARTY/],
  [['fees', 'set', '--share', 'acquirer=3%'], /"acquirer" expected a name/],
  [['merchant', 'set', 'SHOP', '--account', 'DE 02'], /"account" expected 1 to 34 letters/],
  [['merchant', 'set', 'SHOP', '--account', 'X', '--bic', 'bad'], /"bic" expected 8 or 11/],
  [['merchant', 'set', 'SHOP', '--reserve', '5%'], /"reserveDays" expected one or more/],
  [['settle', 'adjust', 'SHOP', '--reason', 'r', '--ref', '1'], /--credit or --debit, got neither/],
];

interface Settled {
  readonly isNew: boolean;
  readonly settlements: readonly object[];
}

describe('a settled day', () => {
  it('goes from sales to a confirmed payout', async () => {
    const data = await soldDay();
    await succeed('merchant', 'set', 'SHOP', '--account', 'DE02120300000000202051', ...data);
    const fees = ['--share', 'operator=3%', '--share', 'acquirer:ACME=0.5%', '--cap', '8'];
    expect(await succeed('fees', 'set', ...fees, ...data)).toMatch(
      /^version 1 from \d{4}-\d\d-\d\d: every merchant, every type, by window; at most INR 8\.00/,
    );
    const closed = await succeed('settle', 'close', ...data);
    expect(closed).toMatch(/^INR, window 1 settled, business date .*: 1 merchant$/m);
    expect(closed).toMatch(/^SHOP +0\.00 +255\.55 +-8\.00 +0\.00 +0\.00 +0\.00 +247\.55 +0\.00$/m);
    const again = await json<Settled>('settle', 'close', ...data);
    expect(again).toMatchObject({ isNew: false, id: 1, settlements: [{ payout: 247_55 }] });

    const shown = await succeed('settle', 'show', '1', ...data);
    expect(shown).toMatch(
      /pursePurchase: 2 records, gross INR 255\.55, fee INR 8\.00 by version 1/,
    );
    await succeed('payout', 'sent', '1-SHOP', ...data);
    await succeed('payout', 'confirm', '1-SHOP', '--bank-ref', 'B1', ...data);
    expect(await succeed('payout', 'list', ...data)).toMatch(
      /^1-SHOP +confirmed +INR 247\.55 +1-SHOP +DE02120300000000202051 +B1$/m,
    );
    const balances = await succeed('host', 'trial-balance', ...data);
    expect(balances).toMatch(/^4010 +Commission income +INR 6\.86$/m);
    expect(balances).toMatch(/^2050:ACME +Acquirer share payable +INR 1\.14$/m);
    expect(balances).toMatch(/^1010:main .*INR 247\.55$/m);

    expect(await succeed('settle', 'shares', ...data)).toBe(
      'acquirer ACME  INR 1.14  nobody to pay: openpurse merchant add ACME\n',
    );
    expect(await succeed('merchant', 'add', 'ACME', ...data)).toMatch(/^ACME: ACME, active$/m);
    await succeed('merchant', 'set', 'ACME', '--account', 'X2', ...data);
    expect(await succeed('settle', 'shares', ...data)).toBe(
      'acquirer ACME  INR 1.14  to merchant ACME, with the next close\n',
    );
    expect(await succeed('settle', 'shares', ...data)).toBe('no party is owed anything\n');
    expect(await succeed('settle', 'close', ...data)).toMatch(/^ACME +.* 1\.14 +0\.00 *$/m);
    expect(await succeed('payout', 'list', ...data)).toMatch(/^2-ACME +instructed +INR 1\.14 /m);
    expect(await succeed('host', 'trial-balance', ...data)).toMatch(
      /^2050:ACME +Acquirer share payable *$/m,
    );
  });

  it('holds, adjusts and releases, and tells who did it', async () => {
    const data = await soldDay();
    await succeed(
      'merchant',
      'set',
      'SHOP',
      '--account',
      'X1',
      '--reserve',
      '10%',
      '--reserve-days',
      '3',
      ...data,
    );
    await succeed('merchant', 'hold', 'SHOP', '--reason', 'terminal under test', ...data);
    const credit = ['adjust', 'SHOP', '--credit', '10', '--reason', 'goodwill', '--ref', 'T1'];
    expect(await succeed('settle', ...credit, ...data)).toMatch(/INR 10\.00 adjusted/);
    expect(await succeed('settle', ...credit, ...data)).toMatch(/nothing changed/);
    expect(await succeed('settle', 'close', ...data)).toMatch(/held: terminal under test$/m);
    await succeed('merchant', 'release', 'SHOP', ...data);
    // Of 255.55 and 10.00, less a reserve of 25.55.
    expect(await json<Settled>('settle', 'close', ...data)).toMatchObject({
      isNew: true,
      settlements: [{ window: 2, opening: 240_00, payout: 240_00 }],
    });
    const shown = await json<{ events: readonly { actor: string }[] }>(
      'merchant',
      'show',
      'SHOP',
      ...data,
    );
    expect(shown).toMatchObject({ reserve: 25_55, owed: 0, holdReason: null });
    expect(shown.events.every(({ actor }) => actor !== '')).toBe(true);
    expect(await succeed('merchant', 'list', ...data)).toMatch(
      /^SHOP +SHOP +active +X1 +INR 0\.00$/m,
    );
    expect(await succeed('settle', 'list', ...data)).toMatch(/^ +3 +open$/m);
    expect(await succeed('settle', 'sweep', ...data)).toMatch(/^swept INR 0\.00/);
    expect(await succeed('settle', 'dormant', '--to', 'state', ...data)).toMatch(/^INR 0\.00/);
    expect(await succeed('fees', 'list', ...data)).toMatch(/^no fees/);
  });

  it('refuses what it cannot do, and says what was expected', async () => {
    const data = await soldDay();
    for (const [args, message] of REFUSALS) {
      const { code, stderr } = await openpurse(...args, ...data);
      expect(stderr).toMatch(message);
      expect(code).toBeGreaterThan(0);
    }
  });
});
