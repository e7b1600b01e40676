// SPDX-License-Identifier: MIT
/** Files out, statements in and claims, as an operator types them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statement } from '../unit/host/bank/bank-fixtures.ts';
import { loadedFolders, TILL } from './cli-folder.ts';
import { json, openpurse, succeed, temporaryFolder } from './cli-runner.ts';

const newFolder = loadedFolders();

/** A folder whose day is settled: SHOP is paid 255.55. */
async function settledDay(): Promise<readonly string[]> {
  const data = ['--data', newFolder()];
  await succeed('pos', 'sale', '200', '--card', 'alice', ...data);
  await succeed('pos', 'sale', '55.55', '--card', 'bob', ...data);
  await succeed('batch', 'upload', ...data);
  await succeed('merchant', 'set', 'SHOP', '--account', 'DE02120300000000202051', ...data);
  await succeed('settle', 'close', ...data);
  return data;
}

const ACCOUNT = ['--number', 'DE89370400440532013000', '--holder', 'Operator'];

describe('the files of a settled day', () => {
  it('are written once, and left alone the second time', async () => {
    const data = await settledDay();
    const out = temporaryFolder();
    const write = ['files', 'write', '--window', '1', '--out', out, ...data];
    const early = await openpurse(...write);
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toMatch(/CONFIG_INVALID: "bank account" expected the account/);
    await succeed('bank', 'account', ...ACCOUNT, ...data);
    expect(await succeed(...write)).toMatch(/window-00000001: 9 files written, 0 there already$/m);
    expect(await succeed(...write)).toMatch(/window-00000001: 0 files written, 9 there already$/m);
    const detail = readFileSync(join(out, 'window-00000001/merchants/SHOP/detail.csv'), 'utf8');
    expect(detail).toMatch(/^<END>,2,+255\.55,0\.00,255\.55,,\r$/m);
    expect(await json<object>(...write)).toMatchObject({
      files: expect.arrayContaining([
        expect.objectContaining({ name: 'payouts.pain.001.xml', isNew: false }),
      ]) as unknown,
    });
  });

  it('have a fixed-width one and a journal on request', async () => {
    const data = await settledDay();
    const out = temporaryFolder();
    await succeed('bank', 'account', ...ACCOUNT, ...data);
    const fixed = join(out, 'payouts.txt');
    const said = await succeed('files', 'payouts', '--window', '1', '--out', fixed, ...data);
    expect(said).toMatch(/payouts\.txt {2}1 payout, 328 bytes$/m);
    expect(readFileSync(fixed, 'latin1')).toMatch(/^HOPPAY00100000001/);
    const journal = join(out, 'journal.csv');
    await succeed('journal', 'export', '--window', '1', '--out', journal, ...data);
    const [, count = '', debit, credit] =
      /^<END>,(\d+),+([\d.]+),([\d.]+),,\r$/m.exec(readFileSync(journal, 'utf8')) ?? [];
    expect(Number(count)).toBeGreaterThan(4);
    expect(debit).toBe(credit);
    // All of it has the entries of the settlement as well, and does not replace the file.
    const all = await openpurse('journal', 'export', '--out', journal, ...data);
    expect(all.stderr).toMatch(/FILE_REFUSED: .*journal\.csv" expected SHA-256/);
  });

  it('are not written for a window that is open or not there', async () => {
    const data = await settledDay();
    const out = join(temporaryFolder(), 'none');
    for (const [window, message] of [
      ['2', /expected a settled window, 2 is open/],
      ['7', /WINDOW_NOT_FOUND/],
    ] as const) {
      const ran = await openpurse('files', 'write', '--window', window, '--out', out, ...data);
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toMatch(message);
    }
    expect(existsSync(out)).toBe(false);
  });
});

describe('a statement of the bank', () => {
  it('confirms a payout; what is not known waits, is listed and can be matched', async () => {
    const data = await settledDay();
    await succeed('bank', 'account', ...ACCOUNT, ...data);
    const file = join(temporaryFolder(), 'statement.xml');
    const entries = [
      { amount: -255_55, endToEndId: '1-SHOP', reference: 'B1' },
      { amount: -2_50, remittance: 'account fee' },
    ];
    writeFileSync(file, statement({ opening: 1000_00, entries }));
    const taken = await succeed('bank', 'import', file, ...data);
    expect(taken).toMatch(
      /statement\.xml: camt\.053 M-1\n {2}1 line matched\n {2}1 line unmatched: /,
    );
    expect(await succeed('bank', 'import', file, ...data)).toMatch(/taken before, nothing changed/);
    expect(await succeed('payout', 'list', ...data)).toMatch(/^1-SHOP +confirmed .* B1$/m);
    expect(await succeed('bank', 'list', '--unmatched', ...data)).toMatch(
      /^ +2 +2026-02-04 +INR -2\.50 +UNMATCHED +Payee, account fee$/m,
    );
    expect(await succeed('report', 'exceptions', ...data)).toMatch(
      /rule 27 bankUnmatched: bank line 2\n.*\n.*debit of 250 on 2026-02-04: Payee, account fee/,
    );
    expect(await succeed('bank', 'match', '2', '--fee', ...data)).toBe('line 2 is bankFee\n');
    const csv = join(temporaryFolder(), 'outside.csv');
    expect(await succeed('report', 'exceptions', '--out', csv, ...data)).toMatch(
      /^no exceptions$/m,
    );
    expect(readFileSync(csv, 'utf8')).toMatch(/^id,line,rule,.*\r\n<END>,0,+0\.00,+\r\n$/);
    expect(await succeed('host', 'trial-balance', ...data)).toMatch(
      /^5020 +Bank fees +INR 2\.50$/m,
    );
  });

  it('that is damaged is refused with the place, and what came before it is told', async () => {
    const data = await settledDay();
    await succeed('bank', 'account', ...ACCOUNT, ...data);
    const folder = temporaryFolder();
    const [good, bad] = [join(folder, 'good.xml'), join(folder, 'bad.xml')];
    writeFileSync(good, statement({ opening: 0, entries: [] }));
    writeFileSync(bad, statement({ opening: 5, sequence: 2, entries: [] }));
    const ran = await openpurse('bank', 'import', good, bad, ...data);
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/good\.xml: camt\.053/) as string,
    });
    expect(ran.stderr).toMatch(
      /BANK_FILE_REFUSED: .*bad\.xml: "statement S-2: opening balance" expected 0, the closing one of S-1, got 5/,
    );
  });

  it('cannot be matched with two things or none', async () => {
    const data = await settledDay();
    expect((await openpurse('bank', 'match', '1', ...data)).stderr).toMatch(
      /expected one of --payout/,
    );
    const both = await openpurse('bank', 'match', '1', '--fee', '--agent', 'X', ...data);
    expect(both.stderr).toMatch(/cannot be used with/);
    const none = await openpurse('bank', 'match', '9', '--fee', ...data);
    expect(none.stderr).toMatch(/BANK_LINE_NOT_FOUND: "line" expected one that waits, got 9/);
  });
});

describe('a claim file', () => {
  it('is compared with the cards, and a difference is reported and not paid', async () => {
    const data = await settledDay();
    const records = await json<{ records: readonly { at: string }[] }>(
      'host',
      'card',
      '1',
      ...data,
    );
    const day = records.records.at(-1)?.at.slice(0, 10) ?? '';
    const file = join(temporaryFolder(), 'claims.csv');
    writeFileSync(file, `terminal,date,type,count,gross\n${TILL},${day},pursePurchase,3,300\n`);
    const said = await succeed('claims', 'import', file, '--window', '1', ...data);
    expect(said).toMatch(/claims\.csv: 1 claim, 1 other than proven; the proven amounts are paid/);
    expect(said).toMatch(/pursePurchase +day +3 +INR 300\.00 +2 +INR 255\.55 +DIFFERS$/m);
    expect(await json<object>('report', 'exceptions', ...data)).toMatchObject({
      exceptions: [{ rule: 'claimMismatch', moneyAtRisk: 44_45, merchant: 'SHOP' }],
    });
    expect(await succeed('payout', 'list', ...data)).toMatch(/^1-SHOP +instructed +INR 255\.55/m);
  });
});

describe('the float report', () => {
  it('says what is owed and what covers it, now or at the close of a window', async () => {
    const data = await settledDay();
    const now = await succeed('report', 'float', ...data);
    expect(now).toMatch(/^ {2}2010 +Purse float +INR 544\.45$/m);
    expect(now).toMatch(/^ {2}2045 +Payout instructed +INR 255\.55$/m);
    expect(now).toMatch(/^safeguarded: bank and agents +INR 800\.00$/m);
    expect(now).toMatch(
      /^ {2}left +INR 255\.55\n {2}left once ordered payouts are paid +INR 0\.00$/m,
    );
    const then = await succeed('report', 'float', '--window', '1', ...data);
    expect(then).toMatch(/^ {2}2040 +Merchant payable +INR 255\.55$/m);
    const open = await openpurse('report', 'float', '--window', '2', ...data);
    expect(open.stderr).toMatch(/"--window" expected a closed one, 2 is open/);
  });

  it('says what to pay in where it is short, and holds once that is matched', async () => {
    const data = await settledDay();
    await succeed('bank', 'account', ...ACCOUNT, ...data);
    const file = join(temporaryFolder(), 'statement.xml');
    writeFileSync(
      file,
      statement({ opening: 0, entries: [{ amount: -10_00 }, { amount: 10_00 }] }),
    );
    await succeed('bank', 'import', file, ...data);
    await succeed('bank', 'match', '2', '--fee', ...data);
    await succeed('bank', 'match', '1', '--own-funds', ...data);
    const covered = await succeed('report', 'float', ...data);
    expect(covered).toMatch(/^ {2}left once ordered payouts are paid +INR 0\.00\n$/m);
    const next = join(temporaryFolder(), 'next.xml');
    const taken = { opening: 0, sequence: 2, entries: [{ amount: -4_00 }] };
    writeFileSync(next, statement(taken));
    await succeed('bank', 'import', next, ...data);
    await succeed('bank', 'match', '3', '--own-funds', ...data);
    const short = await succeed('report', 'float', ...data);
    expect(short).toMatch(/^ {2}left once ordered payouts are paid +SHORT INR -4\.00$/m);
    expect(short).toMatch(
      /^pay INR 4\.00 of your own into .*: openpurse bank match LINE --own-funds$/m,
    );
  });
});
