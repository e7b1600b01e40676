// SPDX-License-Identifier: MIT
/** `card serve` as a process, against vpcd's side of the line: card and SAM, hands and tears. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Context } from '../../cli/context.ts';
import { withTerminal } from '../../cli/data/terminal-setup.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { amount } from '../../src/money/amount.ts';
import type { CardChannel } from '../../src/ports/card-channel.ts';
import type { TapOutcome } from '../../terminal/flow/outcome.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { until, VpcdReader } from '../unit/card/vpcd-reader.ts';
import { loadedFolders, TILL, type ShownCard } from './cli-folder.ts';
import { json, openpurse } from './cli-runner.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const newFolder = loadedFolders();

interface Line {
  readonly event: string;
  readonly slot?: string;
  readonly [name: string]: unknown;
}

/** A served card, with what it says. */
class Served {
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  #code: number | null | undefined;

  constructor(...args: readonly string[]) {
    this.child = spawn(
      process.execPath,
      ['--import', 'tsx', MAIN, 'card', 'serve', ...args, '--json'],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void this.child.kill('SIGKILL'));
    let rest = '';
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      // One object a line is what --json promises.
      for (const part of parts) this.lines.push(JSON.parse(part) as Line);
    });
    this.child.once('close', (code) => (this.#code = code));
  }

  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** The last event of this kind, once there are `count` of them. */
  async event(event: string, count = 1): Promise<Line> {
    const found = (): Line[] => this.lines.filter((line) => line.event === event);
    await until(() => found().length >= count);
    return found().at(-1) ?? { event };
  }

  async end(): Promise<number | null> {
    await until(() => this.#code !== undefined);
    return this.#code ?? null;
  }
}

/** Two slots on ports that follow each other, as vpcd has them. */
async function slots(): Promise<{ readonly card: VpcdReader; readonly sam: VpcdReader }> {
  for (;;) {
    const card = await VpcdReader.listen();
    const sam = await VpcdReader.listen(card.port + 1).catch(() => undefined);
    if (sam !== undefined) {
      onTestFinished(async () => {
        await card.close();
        await sam.close();
      });
      return { card, sam };
    }
    await card.close();
  }
}

/** Powers what is in a slot, as pcscd does when a program connects. */
function channelTo(reader: VpcdReader): CardChannel {
  reader.frame('01');
  return {
    transceive: async (command) => fromHex(await reader.exchange(toHex(command))),
    close: () => Promise.resolve(),
  };
}

function atTill<T>(
  data: string,
  sam: VpcdReader,
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const choice = { id: TILL, merchant: 'SHOP', place: 'till', isGate: false };
  return withTerminal(new Context({ data }), { ...choice, sam: channelTo(sam) }, work);
}

describe('card serve', { timeout: 60_000 }, () => {
  it.each(['before', 'inside', 'after', 'response'])(
    'serves card and SAM: a purchase torn %s is charged once when the card is back',
    async (when) => {
      const data = newFolder();
      const { card, sam } = await slots();
      const served = new Served(
        ...['alice', '--psam', '--vpcd', `127.0.0.1:${card.port}`, '--data', data],
      );
      await until(() => card.sockets.length === 1 && sam.sockets.length === 1, 30_000);
      served.tell(`tear ${when}`);
      expect(await served.event('tear')).toMatchObject({ when });

      const outcomes = await atTill(data, sam, async (terminal) => {
        const sale = (): Promise<TapOutcome> => terminal.purchase(channelTo(card), amount(12_50));
        const torn = await sale();
        expect(await served.event('left')).toMatchObject({ slot: 'card', isComingBack: false });
        served.tell('insert');
        await until(() => card.sockets.length === 2);
        return [torn, await sale()];
      });
      expect(outcomes.map(({ kind }) => kind)).toEqual(['uncertain', 'approved']);

      served.tell('quit');
      expect(await served.end()).toBe(0);
      const shown = await json<ShownCard>('card', 'show', 'alice', '--data', data);
      expect(shown.balance).toBe(500_00 - 12_50);
    },
  );

  it('says what is in, and refuses what it does not know', async () => {
    const data = newFolder();
    const { card } = await slots();
    const served = new Served('bob', '--vpcd', `127.0.0.1:${card.port}`, '--data', data);
    await served.event('inserted');
    served.tell('status');
    expect(await served.event('status')).toMatchObject({
      slots: [{ slot: 'card', vpcd: `127.0.0.1:${card.port}`, isIn: true }],
      tear: null,
    });
    served.tell('remove');
    expect(await served.event('left')).toMatchObject({ reason: 'the card was removed' });
    served.tell('insert psam');
    expect(await served.event('refused')).toMatchObject({
      message: expect.stringMatching(/"psam" .*--psam/) as string,
    });
    served.tell('eat');
    expect(await served.event('refused', 2)).toMatchObject({
      message: expect.stringMatching(/"control" .*"eat"/) as string,
    });
    // The end of standard input is not a command.
    served.child.stdin?.end('insert\n');
    await served.event('inserted', 2);
    served.child.kill('SIGTERM');
    expect(await served.end()).toBe(0);
  });

  it('shows commands by name, and never a PIN or a key', async () => {
    const data = newFolder();
    const { card } = await slots();
    const served = new Served('alice', '--vpcd', `127.0.0.1:${card.port}`, '--data', data);
    await served.event('inserted');
    card.frame('01');
    const secret = '123456';
    const commands = [`0020000003${secret}`, `805E010007${secret}FF654321`, `80D4010003${secret}`];
    for (const command of commands) await card.exchange(command);
    const { title, command } = await served.event('exchange', commands.length);
    expect({ title, command }).toMatchObject({ command: '80D4010003******' });
    expect(JSON.stringify(served.lines)).not.toContain(secret);
    expect(JSON.stringify(served.lines)).not.toContain('654321');
    expect(served.lines.find(({ event }) => event === 'exchange')).toMatchObject({
      title: 'VERIFY',
    });
    served.tell('quit');
    expect(await served.end()).toBe(0);
  });

  it.each([
    [['--vpcd', '10.0.0.1:35963'], /"--vpcd" expected a loopback address.*--allow-remote/],
    [['--vpcd', '127.0.0.1:0'], /"--vpcd" expected a port from 1 to 65535, got 0/],
    [['--vpcd', '[::1]:65535', '--psam'], /"--vpcd" expected a port from 1 to 65534, got 65535/],
    [['--psam', 'till'], /"--psam" expected 12 hexadecimal digits, got "till"/],
  ])('refuses %s', async (args, problem) => {
    const ran = await openpurse('card', 'serve', 'alice', ...args, '--data', newFolder());
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(problem);
  });
});
