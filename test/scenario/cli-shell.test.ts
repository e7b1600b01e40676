// SPDX-License-Identifier: MIT
/** The shell of the real program, with its lines from a pipe. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadedFolders } from './cli-folder.ts';
import { endOf, type Ran } from './cli-runner.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const newFolder = loadedFolders();

function shell(lines: readonly string[], ...args: readonly string[]): Promise<Ran> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'cli/main.ts'), 'shell', '--card', 'alice', ...args],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  return endOf(child);
}

interface Line {
  readonly line: number;
  readonly command?: string;
  readonly outcome?: string;
  readonly error?: { readonly code: string };
}

function objects(stdout: string): readonly Line[] {
  // One object a line; a test fails where a member is not there.
  return stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Line);
}

describe('openpurse shell, from a pipe', () => {
  it('decodes what the card answers, with no prompt and no history', async () => {
    const data = newFolder();
    const { code, stdout, stderr } = await shell(
      ['# the purse', 'select aes', '', 'balance', 'log', 'info', 'exit', 'nonsense'],
      ...['--data', data],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/balance +0000C350 +500\.00 INR/);
    expect(stdout).toMatch(/transactionType +02 +load of the electronic purse/);
    expect(stdout).toContain('READ BINARY, EF15');
    expect(stdout).not.toContain('alice>');
    expect(existsSync(join(data, 'shell-history'))).toBe(false);
  }, 30_000);

  it('resets the card, which then has no application selected, and knows no suite', async () => {
    const { code, stdout } = await shell(
      ['select aes', 'balance', 'reset', 'balance', 'init-load 5'],
      ...['--keep-going', '--json', '--data', newFolder()],
    );
    expect(code).toBe(3);
    expect(objects(stdout)).toMatchObject([
      { command: 'select', outcome: 'done' },
      { command: 'balance', outcome: 'done' },
      { command: 'reset', outcome: 'done' },
      { command: 'balance', outcome: 'refused' },
      { line: 5, error: { code: 'USAGE' } },
    ]);
  }, 30_000);

  it('stops at the first line that is wrong, and says which', async () => {
    const { code, stdout, stderr } = await shell(
      ['select aes', '', 'nonsense 123456', 'balance'],
      ...['--data', newFolder()],
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^line 3: USAGE: "command" expected/);
    expect(stderr).not.toContain('123456');
    expect(stdout).not.toContain('500.00 INR');
  }, 30_000);

  it('goes on with --keep-going; JSON has one object a line', async () => {
    const { code, stdout } = await shell(
      ['balance', 'verify', 'select aes', 'verify 123456', 'balance'],
      ...['--keep-going', '--json', '--data', newFolder()],
    );
    expect(code).toBe(3);
    expect(stdout).not.toContain('123456');
    expect(objects(stdout)).toMatchObject([
      { line: 1, command: 'balance', outcome: 'refused' },
      { line: 2, error: { code: 'USAGE' } },
      { line: 3, command: 'select', outcome: 'done' },
      { line: 4, command: 'verify', outcome: 'done' },
      { line: 5, command: 'balance', outcome: 'done' },
    ]);
  }, 30_000);
});
