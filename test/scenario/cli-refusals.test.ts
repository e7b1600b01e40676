// SPDX-License-Identifier: MIT
/** Whatever is wrong is named, nothing is printed as a result, the exit code is not 0, nothing changes. */
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedFolders, TILL } from './cli-folder.ts';
import { digestOf, openpurse, temporaryFolder } from './cli-runner.ts';

const newFolder = loadedFolders();

const SALE = ['pos', 'sale', '1', '--card', 'alice'];

describe('a command line', () => {
  const rows: readonly [readonly string[], RegExp][] = [
    [['pos', 'sale'], /missing required argument 'amount'/],
    [[...SALE, '--jsonn'], /unknown option '--jsonn' \(Did you mean --json\?\)/],
    [[...SALE, '--tear', 'never'], /--tear.*never.*before, inside, after, response/],
    [[...SALE, '--terminal', 'zz'], /"--terminal" expected 12 hexadecimal digits, got "zz"/],
    [['pos', 'sale', 'abc', '--card', 'alice'], /"amount" expected INR such as 12\.50, got "abc"/],
    [['pos', 'sale', '1.234', '--card', 'alice'], /"amount" expected .*"1\.234"/],
    [['pos', 'sale', '0', '--card', 'alice'], /"amount" expected more than 0, got "0"/],
    [['pos', 'load', '0.00', '--card', 'alice'], /"amount" expected more than 0/],
    [['pos', 'load', '1', '--card', 'alice', '--pin', '12ab'], /"--pin" expected 4 to 12 digits/],
    [['pos', 'sale', '1'], /"--card" expected one of alice, bob, got none/],
    [['card', 'create', 'x y'], /"card" expected 1 to 64 letters/],
    [['card', 'create', 'zed', '--serial', 'abc'], /"serial" expected 1 to 20 decimal digits/],
    [['card', 'create', 'zed', '--suite', 'rsa'], /--suite.*rsa.*aes, 3des/],
    [['card', 'create', 'zed', '--pin', '12'], /"pin" expected 4 to 12 digits/],
    [['card', 'create', 'zed', '--card-key', '00'], /"--card-key" expected 16 bytes/],
    [['card', 'create', 'zed', '--key-version', '0'], /"--key-version" expected 1 to 255/],
    [['card', 'serve', 'alice', '--vpcd', 'nowhere'], /"--vpcd" expected host:port/],
    [['gate', 'in', '--card', 'alice'], /required option '--station <name>' not specified/],
    [['host', 'serve', '--port', 'abc'], /"--port" expected 0 to 65535, got "abc"/],
    [['host', 'serve', '--address', '0.0.0.0'], /loopback address, got 0\.0\.0\.0: --allow-remote/],
    [['host', 'card', 'abc'], /"serial" expected 1 to 20 decimal digits/],
    [['host', 'serve', '--proxy', 'gate.example'], /"--proxy" expected an IP address/],
    [['host', 'hotlist', 'abc'], /"serial" expected 1 to 20 decimal digits/],
    [['simulate', 'shop', '--cards', '0'], /--cards.*expected a whole number from 1 to/],
    [['simulate', 'shop', '--tear-rate', '2'], /--tear-rate.*expected a share from 0 to 1/],
    [['bench', 'clearing', '--batch', '0'], /--batch.*expected a whole number from 1 to/],
    [['cards'], /unknown command 'cards'/],
  ];

  it.each(rows)(
    'openpurse %j is refused as wrong usage, as text and as JSON',
    async (args, said) => {
      const data = newFolder();
      const before = digestOf(data);
      const isTop = args.length === 1;
      const place = isTop ? [] : ['--data', data];
      const text = await openpurse(...args, ...place);
      expect(text).toMatchObject({ code: 2, stdout: '' });
      expect(text.stderr).toMatch(said);
      expect(text.stderr).toContain('`--help` shows examples');
      const data2 = await openpurse(...args, ...place, '--json');
      expect(data2).toMatchObject({ code: 2, stdout: '' });
      expect(JSON.parse(data2.stderr)).toMatchObject({ error: { code: 'USAGE' } });
      expect(digestOf(data)).toBe(before);
    },
  );
});

describe('something that is not there', () => {
  const rows: readonly [readonly string[], string, RegExp][] = [
    [['pos', 'sale', '1', '--card', 'carol'], 'CARD_NOT_FOUND', /\(alice, bob\), got "carol"/],
    [['card', 'show', 'carol'], 'CARD_NOT_FOUND', /carol/],
    [['card', 'copy', 'carol', 'x'], 'CARD_NOT_FOUND', /carol/],
    [['card', 'restore', 'alice', 'carol'], 'CARD_NOT_FOUND', /carol/],
    [['host', 'card', '99'], 'CARD_NOT_FOUND', /got 99/],
    [['host', 'hotlist', '99'], 'CARD_NOT_FOUND', /got 99/],
    [['batch', 'show', '/none.opb'], 'FILE_UNREADABLE', /"\/none\.opb" expected a batch file/],
    [['batch', 'upload', '/none.opb'], 'FILE_UNREADABLE', /\/none\.opb/],
    [['batch', 'close', '--terminal', '9999999999FF'], 'TERMINAL_NOT_FOUND', /one of 100000000001/],
    [['batch', 'upload', '--terminal', '9999999999FF'], 'TERMINAL_NOT_FOUND', /9999999999FF/],
    [['card', 'create', 'zed', '--key-version', '9'], 'KEY_VERSION_UNKNOWN', /one of 1, got 9/],
    [['host', 'report', '--passphrase-file', '/none'], 'FILE_UNREADABLE', /--passphrase-file/],
    [
      ['gate', 'in', '--station', 'A', '--card', 'bob', '--gtfs', '/none'],
      'FILE_UNREADABLE',
      /none/,
    ],
    [['batch', 'upload', '--host', 'ftp://x'], 'CONFIG_INVALID', /"host" expected an http/],
  ];

  it.each(rows)('makes openpurse %j fail with %s', async (args, code, said) => {
    const data = newFolder();
    const before = digestOf(data);
    const ran = await openpurse(...args, '--data', data, '--json');
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    const { error } = JSON.parse(ran.stderr) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(error.message).toMatch(said);
    expect(digestOf(data)).toBe(before);
  });
});

describe('something that is there already', () => {
  it.each([
    [['card', 'create', 'alice'], 'FILE_EXISTS'],
    [['card', 'create', 'zed', '--serial', '1'], 'CARD_EXISTS'],
    [['card', 'copy', 'alice', 'bob'], 'FILE_EXISTS'],
  ])('is not overwritten by openpurse %j', async (args, code) => {
    const data = newFolder();
    const before = digestOf(data);
    const ran = await openpurse(...args, '--data', data);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(code);
    expect(digestOf(data)).toBe(before);
  });

  it.each([['demo'], ['simulate', 'shop', '--taps', '1']])(
    'keeps openpurse %s %s out of a folder with data',
    async (...command) => {
      const data = newFolder();
      const before = digestOf(data);
      const ran = await openpurse(...command, '--data', data);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toContain('"--data" expected a new folder');
      expect(digestOf(data)).toBe(before);
    },
  );
});

/** Flips one bit of a file. */
function flip(file: string, at: number, bit: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(file, bytes);
}

const replace = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
};

describe('a damaged folder', () => {
  const rows: readonly [string, string, (file: string) => void, string][] = [
    ['cut card', 'cards/alice.card', (file) => truncateSync(file, 100), 'CARD_IMAGE_INVALID'],
    ['empty card', 'cards/alice.card', (file) => truncateSync(file, 0), 'CARD_IMAGE_INVALID'],
    ['flipped card', 'cards/alice.card', (file) => flip(file, 999, 3), 'CARD_IMAGE_INVALID'],
    ['huge card', 'cards/alice.card', (file) => truncateSync(file, 1 << 20), 'CARD_IMAGE_INVALID'],
    [
      'SAM in place of the card',
      'cards/alice.card',
      (file) => copyFileSync(join(file, '../../terminal', TILL, 'sam.card'), file),
      'CARD_IMAGE_INVALID',
    ],
    ['no configuration', 'config.json', (file) => writeFileSync(file, '{'), 'CONFIG_INVALID'],
    ['other currency', 'config.json', (file) => replace(file, 'INR', 'JPY'), 'CONFIG_INVALID'],
    ['other clock', 'config.json', (file) => replace(file, '330', '0'), 'CONFIG_INVALID'],
    [
      'no terminal JSON',
      `terminal/${TILL}/terminal.json`,
      (file) => writeFileSync(file, '{'),
      'CONFIG_INVALID',
    ],
    [
      'terminal in yen',
      `terminal/${TILL}/terminal.json`,
      (file) => replace(file, 'INR', 'JPY'),
      'CONFIG_INVALID',
    ],
    [
      'other terminal id',
      `terminal/${TILL}/terminal.json`,
      (file) => replace(file, TILL, '100000000002'),
      'CONFIG_INVALID',
    ],
    [
      'misspelt member',
      `terminal/${TILL}/terminal.json`,
      (file) => replace(file, '"place"', '"palce"'),
      'CONFIG_INVALID',
    ],
    ['no SAM', `terminal/${TILL}/sam.card`, (file) => rmSync(file), 'FILE_UNREADABLE'],
    [
      'SAM with both copies flipped',
      `terminal/${TILL}/sam.card`,
      (file) => {
        for (const at of [99, 4096 + 99]) flip(file, at, 0);
      },
      'CARD_IMAGE_INVALID',
    ],
    ['no signing key', `terminal/${TILL}/signing.key`, (file) => rmSync(file), 'FILE_UNREADABLE'],
    [
      'cut signing key',
      `terminal/${TILL}/signing.key`,
      (file) => truncateSync(file, 10),
      'CONFIG_INVALID',
    ],
    [
      'foreign host key',
      `terminal/${TILL}/host.pub`,
      (file) => writeFileSync(file, 'x'),
      'CONFIG_INVALID',
    ],
    [
      'cut journal',
      `terminal/${TILL}/journal.db`,
      (file) => truncateSync(file, 3000),
      'JOURNAL_CORRUPT',
    ],
    [
      'foreign journal',
      `terminal/${TILL}/journal.db`,
      (file) => writeFileSync(file, 'x'.repeat(999)),
      'JOURNAL_CORRUPT',
    ],
    ['lost journal', `terminal/${TILL}/journal.db`, (file) => rmSync(file), 'JOURNAL_CORRUPT'],
  ];

  it.each(rows)('with a %s refuses the sale and names %s', async (_name, file, damage, code) => {
    const data = newFolder();
    damage(join(data, file));
    const before = digestOf(data);
    const ran = await openpurse(...SALE, '--data', data);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(`openpurse: ${code}: `);
    expect(ran.stderr).not.toMatch(/please report it|\n {4}at /);
    expect(digestOf(data)).toBe(before);
  });

  const hostRows: readonly [string, string, (file: string) => void, string][] = [
    [
      'foreign key store',
      'keys/issuer.json',
      (file) => writeFileSync(file, '{"x":1}'),
      'FILE_UNREADABLE',
    ],
    ['cut key store', 'keys/issuer.json', (file) => truncateSync(file, 99), 'FILE_UNREADABLE'],
    ['lost key store', 'keys/issuer.json', (file) => rmSync(file), 'FILE_UNREADABLE'],
    [
      'foreign ledger',
      'host/ledger.db',
      (file) => writeFileSync(file, 'x'.repeat(999)),
      'STORE_UNUSABLE',
    ],
    [
      'ledger in another currency',
      'config.json',
      (file) => replace(file, 'INR', 'JPY'),
      'CONFIG_INVALID',
    ],
  ];

  it.each(hostRows)('with a %s refuses the report', async (_name, file, damage, code) => {
    const data = newFolder();
    damage(join(data, file));
    const before = digestOf(data);
    const ran = await openpurse('host', 'report', '--data', data);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(`openpurse: ${code}: `);
    expect(digestOf(data)).toBe(before);
  });

  it('shows the other cards beside a damaged one, and fails', async () => {
    const data = newFolder();
    truncateSync(join(data, 'cards/alice.card'), 10);
    const ran = await openpurse('card', 'show', '--data', data);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^bob +0{19}2/m);
    expect(ran.stdout).toMatch(/^alice: CARD_IMAGE_INVALID: .*alice\.card/m);
    const { stdout } = await openpurse('card', 'show', '--data', data, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      cards: [{ name: 'alice', error: { code: 'CARD_IMAGE_INVALID' } }, { name: 'bob' }],
    });
  });

  it('does not pass a damaged image on', async () => {
    const data = newFolder();
    flip(join(data, 'cards/alice.card'), 50, 1);
    const before = digestOf(data);
    expect((await openpurse('card', 'copy', 'alice', 'x', '--data', data)).code).toBe(1);
    expect((await openpurse('card', 'restore', 'bob', 'alice', '--data', data)).code).toBe(1);
    expect(digestOf(data)).toBe(before);
  });

  it('refuses a card image with any bit flipped', async () => {
    const data = newFolder();
    const file = join(data, 'cards/alice.card');
    const image = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(image.length - 1), fc.nat(7), async (at, bit) => {
        writeFileSync(file, image);
        flip(file, at, bit);
        const ran = await openpurse('card', 'show', 'alice', '--data', data);
        expect(ran).toMatchObject({ code: 1, stdout: '' });
        expect(ran.stderr).toMatch(/CARD_IMAGE_INVALID: .*alice\.card/);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the folder itself', () => {
  it('is refused when it is a file, or lies in one', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    for (const command of [['card', 'show'], ['demo'], ['host', 'report'], ['simulate', 'shop']]) {
      const ran = await openpurse(...command, '--data', file);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toContain('"--data" expected a folder, got the file');
    }
    const inside = await openpurse('card', 'create', '--data', join(file, 'sub'));
    expect(inside).toMatchObject({ code: 1, stdout: '' });
    expect(inside.stderr).toMatch(/FILE_UNREADABLE: ".*" expected mkdir to work, got ENOTDIR/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('keeps its keys from another passphrase', async () => {
    const data = newFolder();
    const file = join(temporaryFolder(), 'passphrase');
    writeFileSync(file, 'wrong\n');
    const before = digestOf(data);
    const ran = await openpurse('host', 'report', '--passphrase-file', file, '--data', data);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('KEY_STORE_LOCKED');
    expect(ran.stderr).not.toContain('wrong');
    expect(digestOf(data)).toBe(before);
  });
});
