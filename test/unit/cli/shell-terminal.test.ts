// SPDX-License-Identifier: MIT
/** The shell as a person meets it: keys in, a screen out. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openInProcess } from '../../../card-applet-sim/transport/in-process.ts';
import { runShell } from '../../../cli/shell/run-shell.ts';
import type { CardChannel } from '../../../src/ports/card-channel.ts';
import { temporaryFolder } from '../../scenario/cli-runner.ts';
import { newCard } from '../terminal/world.ts';

interface Typed {
  readonly code: number;
  readonly screen: string;
  readonly history: string;
}

/** Types keys one after the other, each once the screen shows what comes before it. */
async function type(
  keys: readonly (readonly [seen: string, typed: string])[],
  channel: CardChannel = openInProcess(newCard('aes')),
  historyFile = join(temporaryFolder(), 'shell-history'),
): Promise<Typed> {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = '';
  let from = 0;
  let next = 0;
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    for (;;) {
      const [seen, typed] = keys[next] ?? [];
      if (seen === undefined || typed === undefined) return;
      const at = screen.indexOf(seen, from);
      if (at < 0) return;
      from = at + seen.length;
      next++;
      if (typed === '') continue;
      setImmediate(() => input.write(typed));
      return;
    }
  });
  const code = await runShell({
    card: { channel, reader: undefined, where: 'alice', atr: new Uint8Array(0) },
    currency: 'INR',
    isJson: false,
    isInteractive: true,
    keepsGoing: false,
    name: 'alice',
    historyFile,
    input,
    output,
    errors: output,
    screen: output,
  });
  const history = existsSync(historyFile) ? readFileSync(historyFile, 'utf8') : '';
  return { code, screen, history };
}

const END = '\x04';
const UP = '\x1b[A';

describe('the shell at a terminal', () => {
  it('completes, decodes, and goes on after a refusal and after a wrong line', async () => {
    const { code, screen, history } = await type([
      ['alice> ', 'balance\r'],
      ['6985 conditions', ''],
      ['alice> ', 'sel\t'],
      ['select ', 'aes\r'],
      ['DF name', ''],
      ['alice> ', 'nonsense\r'],
      ['USAGE', ''],
      ['alice> ', 'balance\r'],
      ['100.00 INR', ''],
      ['alice> ', END],
    ]);
    expect(code).toBe(0);
    expect(screen).toContain('"command" expected one of select');
    expect(history).toBe('select aes\nbalance\n');
  });

  it('asks for the PIN and shows it nowhere', async () => {
    const { screen, history } = await type([
      ['alice> ', 'select aes\r'],
      ['DF name', ''],
      ['alice> ', 'trace on\r'],
      ['alice> ', 'verify\r'],
      ['PIN (not shown): ', '123456\r'],
      ['9000 success', ''],
      ['alice> ', 'verify 123456\r'],
      ['9000 success', ''],
      ['alice> ', 'exit\r'],
    ]);
    expect(screen).toContain('0020000003******');
    // Once: the line in which it was typed in the open.
    expect(screen.split('verify 123456')[0]).not.toContain('123456');
    expect(history).not.toContain('123456');
    expect(history).toContain('verify\n');
  });

  it('ends at the end of the input while it asks', async () => {
    const { code, screen } = await type([
      ['alice> ', 'verify\r'],
      ['PIN (not shown): ', END],
    ]);
    expect(code).toBe(0);
    expect(screen).toContain('got the end of the input');
  });

  it('brings back the lines of the session before', async () => {
    const historyFile = join(temporaryFolder(), 'shell-history');
    const card = newCard('aes');
    await type(
      [
        ['alice> ', 'select aes\r'],
        ['DF name', ''],
        ['alice> ', END],
      ],
      openInProcess(card),
      historyFile,
    );
    const { screen } = await type(
      [
        ['alice> ', UP],
        ['select aes', '\r'],
        ['DF name', ''],
        ['alice> ', END],
      ],
      openInProcess(card),
      historyFile,
    );
    expect(screen).toContain('9000 success');
  });

  it('ends when the card is gone', async () => {
    const channel = openInProcess(newCard('aes'));
    channel.remove();
    const { code, screen } = await type([['alice> ', 'select aes\r']], channel);
    expect(code).toBe(3);
    expect(screen).toContain('(none)');
  });
});
