// SPDX-License-Identifier: MIT
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { loadedFolders, type ShownCard } from './cli-folder.ts';
import { json, openpurse, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

describe('--record', () => {
  it('writes the dialogue with card and SAM to a file of its owner alone', async () => {
    const data = newFolder();
    const file = join(data, 'sale.txt');
    const sale = ['pos', 'sale', '12.50', '--card', 'alice', '--data', data, '--record', file];
    expect(await succeed(...sale)).toContain('APPROVED');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^openpurse-transcript 1\n# \d{4}-\d\d-\d\d [\d:]{8} UTC\ncurrency INR\n/);
    expect(text).toContain('#   INITIALIZE FOR PURCHASE, purse\n');
    expect(text).toContain('12.50 INR\n');
    const { presences, exchanges } = parseTranscript(text);
    expect(presences.map(({ role }) => role)).toEqual(['sam', 'card']);
    expect(presences[1]?.atr).not.toHaveLength(0);
    expect(exchanges.every(({ answer }) => answer.kind === 'bytes')).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('overwrites no file, and then takes no money', async () => {
    const data = newFolder();
    const file = join(data, 'config.json');
    const before = readFileSync(file);
    const sale = ['pos', 'sale', '12.50', '--card', 'alice', '--data', data, '--record', file];
    const { code, stderr } = await openpurse(...sale);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('FILE_EXISTS') as string,
    });
    expect(readFileSync(file)).toEqual(before);
    const { balance } = await json<ShownCard>('card', 'show', 'alice', '--data', data);
    expect(balance).toBe(500_00);
  });

  it('keeps the answer that was lost, and the trace beside it', async () => {
    const data = newFolder();
    const file = join(data, 'torn.txt');
    const sale = ['pos', 'sale', '5', '--card', 'bob', '--data', data, '--tear', 'inside'];
    const { stdout } = await openpurse(...sale, '--record', file, '--trace');
    expect(stdout).toContain('no answer: the outcome is unknown');
    expect(readFileSync(file, 'utf8')).toMatch(
      /\ncard < -\n# {3}no answer: the outcome is unknown.*\n$/,
    );
  });

  it('masks the PIN unless --reveal is given', async () => {
    const data = newFolder();
    const load = ['pos', 'load', '5', '--card', 'alice', '--pin', '123456', '--data', data];
    await succeed(...load, '--record', join(data, 'masked.txt'));
    await succeed(...load, '--record', join(data, 'revealed.txt'), '--reveal');
    expect(readFileSync(join(data, 'masked.txt'), 'utf8')).toContain('0020000003******\n');
    expect(readFileSync(join(data, 'revealed.txt'), 'utf8')).toContain('0020000003123456\n');
    const { code, stderr } = await openpurse(...load, '--reveal');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"--reveal" expected --record or --pcapng') as string,
    });
  });

  it('goes with --pcapng, which is a file of its owner alone, too', async () => {
    const data = newFolder();
    const [text, capture] = [join(data, 'sale.txt'), join(data, 'sale.pcapng')];
    const sale = ['pos', 'sale', '1', '--card', 'alice', '--data', data, '--pcapng', capture];
    await succeed(...sale, '--record', text);
    expect(readFileSync(text, 'utf8')).toContain('DEBIT FOR PURCHASE');
    expect(readFileSync(capture).readUInt32LE(0)).toBe(0x0a0d0d0a);
    expect(readFileSync(capture, 'latin1')).toContain('DEBIT FOR PURCHASE');
    expect(statSync(capture).mode & 0o777).toBe(0o600);
    const unused = join(data, 'unused.txt');
    const { stderr } = await openpurse(...sale, '--record', unused);
    expect(stderr).toContain('"--pcapng" expected a new file');
    expect(existsSync(unused)).toBe(false);
  });
});
