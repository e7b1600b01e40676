// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTranscript } from '../../terminal/transcript/parse-transcript.ts';
import { loadedFolders } from './cli-folder.ts';
import { json, openpurse, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

const SESSIONS: readonly (readonly [string, ...string[]])[] = [
  ['apdu', 'select aes', 'balance', 'log 2'],
  ['card', 'info'],
  ['pos', 'balance'],
];

describe('openpurse replay', () => {
  it.each(SESSIONS)('has the same card answer alike: %s %s', async (...command) => {
    const data = newFolder();
    const file = join(data, 'session.txt');
    const said = await succeed(...command, '--card', 'alice', '--data', data, '--record', file);
    const commands = parseTranscript(readFileSync(file, 'utf8')).exchanges.length;
    expect(commands).toBeGreaterThan(2);
    expect(await json('replay', file, '--card', 'alice', '--data', data)).toMatchObject({
      outcome: 'same',
      sent: { card: commands, sam: 0 },
    });
    // The recording in place of the card: the command cannot tell, but for where the card is.
    const again = await succeed(...command, '--replay', file, '--data', data);
    const withoutPlace = (text: string): string => text.trimEnd().replace(/\n {2}\S+$/, '');
    expect(withoutPlace(again)).toBe(withoutPlace(said));
  });

  it('stops at the first answer that is another one, with its line', async () => {
    const data = newFolder();
    const file = join(data, 'bob.txt');
    await succeed(
      'apdu',
      'select 3des',
      'balance',
      '--card',
      'bob',
      '--data',
      data,
      '--record',
      file,
    );
    const { code, stdout } = await openpurse(
      'replay',
      file,
      '--card',
      'alice',
      '--data',
      data,
      '--json',
    );
    expect(code).toBe(3);
    // A test fails where a member is not there.
    const { outcome, line, got } = JSON.parse(stdout) as Record<string, string | number>;
    expect({ outcome, got }).toEqual({
      outcome: 'different',
      got: '6A82 file or application not found',
    });
    expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toMatch(/^card > 00A40400/);
  });

  it('moves no money when a sale is played to its card again', async () => {
    const data = newFolder();
    const file = join(data, 'sale.txt');
    const at = ['--card', 'alice', '--data', data] as const;
    await succeed('pos', 'sale', '12.50', ...at, '--record', file);
    for (const how of [[], ['--status-only']]) {
      const { code, stdout } = await openpurse('replay', file, ...at, ...how);
      expect({ code, stdout }).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('stopped at line') as string,
      });
    }
    expect(await json('pos', 'balance', ...at)).toMatchObject({ balance: 487_50 });
  });

  it('reads a transcript with card and SAM, and writes a capture of it', async () => {
    const data = newFolder();
    const [file, capture] = [join(data, 'load.txt'), join(data, 'load.pcapng')];
    const at = ['--card', 'alice', '--data', data] as const;
    await succeed('card', 'load', '5', ...at, '--record', file);
    const read = await succeed('replay', file, '--pcapng', capture, '--data', data);
    expect(read).toContain('CREDIT FOR LOAD');
    expect(read).toMatch(/load\.txt: \d+ commands to the card, \d+ to the SAM\n$/);
    expect(readFileSync(capture, 'latin1')).toContain('CREDIT FOR LOAD');
  });

  it('sends nothing when a command is masked, and takes no file that is no transcript', async () => {
    const data = newFolder();
    const file = join(data, 'verify.txt');
    const at = ['--card', 'alice', '--data', data] as const;
    const wrongPin = ['apdu', 'select aes', 'verify 999999', ...at] as const;
    await openpurse(...wrongPin, '--record', file);
    const before = readFileSync(join(data, 'cards/alice.card'));
    const { code, stderr } = await openpurse('replay', file, ...at);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('record with --reveal') as string,
    });
    expect(readFileSync(join(data, 'cards/alice.card'))).toEqual(before);
    writeFileSync(file, 'something else\n');
    const other = await openpurse('replay', file, '--data', data);
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain('"line 1" expected "openpurse-transcript 1"');
  });
});

describe('reset', () => {
  it('takes selection and PIN from the card, and is a new presentation in the recording', async () => {
    const data = newFolder();
    const file = join(data, 'reset.txt');
    const commands = ['select aes', 'verify 123456', 'balance', 'reset', 'balance'];
    const { code, stdout } = await openpurse(
      ...['apdu', ...commands, '--card', 'alice', '--data', data, '--record', file, '--json'],
    );
    expect(code).toBe(3);
    const { atr } = (JSON.parse(stdout) as { commands: readonly { atr?: string }[] }).commands[3]!;
    expect(JSON.parse(stdout)).toMatchObject({
      commands: [{}, {}, { outcome: 'done' }, { command: 'reset' }, { outcome: 'refused' }],
    });
    const { presences } = parseTranscript(readFileSync(file, 'utf8'));
    expect(presences.map(({ atr: bytes }) => Buffer.from(bytes).toString('hex'))).toEqual([
      atr?.toLowerCase(),
      atr?.toLowerCase(),
    ]);
  });
});
