// SPDX-License-Identifier: MIT
/** Several processes: the host over HTTP, killed and gone, and two tills at one card. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadedFolders, TILL, type ShownCard } from './cli-folder.ts';
import { endOf, json, openpurse, startProcess, succeed } from './cli-runner.ts';

const newFolder = loadedFolders();

/** `host serve` on a free port; returns where it listens. */
async function serve(data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = startProcess('host', 'serve', '--port', '0', '--json', '--data', data);
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (!text.includes('}')) await once(child.stdout ?? child, 'data');
  const said = JSON.parse(text) as { url: string; data: string };
  expect(said).toMatchObject({
    data,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
  });
  return { child, url: said.url };
}

describe('the host over HTTP', () => {
  it('authorises loads and takes batches, and its end loses nothing', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    const { child, url } = await serve(data);
    await succeed('pos', 'load', '100', '--host', url, ...at);
    // The folder's own host is the same one.
    await succeed('card', 'load', '10', ...at);
    await succeed('pos', 'sale', '20', ...at);
    const ended = once(child, 'close');
    expect(await json<object>('batch', 'upload', '--host', url, '--data', data)).toMatchObject({
      batches: [{ result: 'accepted' }],
    });
    await succeed('pos', 'sale', '3', ...at);
    child.kill('SIGKILL');
    await ended;

    const upload = await openpurse('batch', 'upload', '--host', url, '--data', data);
    expect(upload).toMatchObject({ code: 1, stdout: '' });
    expect(upload.stderr).toMatch(/HOST_UNREACHABLE: .*ECONNREFUSED\n.*openpurse host serve/);
    const load = await openpurse('pos', 'load', '5', '--host', url, ...at);
    expect(load).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/host did not answer/) as string,
    });

    await succeed('batch', 'upload', '--data', data);
    expect(await json<object>('host', 'report', '--data', data)).toMatchObject({
      merchants: [{ merchant: 'SHOP', payable: 23_00 }],
      exceptions: [],
      conservation: { isHeld: true },
    });
    const shown = await json<ShownCard>('card', 'show', 'alice', '--data', data);
    expect(shown.balance).toBe(500_00 + 110_00 - 23_00);
  });

  it('ends at a signal with exit code 0', async () => {
    const before = process.listenerCount('SIGINT');
    const ran = openpurse('host', 'serve', '--port', '0', '--data', newFolder());
    await vi.waitUntil(() => process.listenerCount('SIGINT') > before, { timeout: 30_000 });
    process.emit('SIGINT');
    const { code, stdout, stderr } = await ran;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^clearing host at http:\/\/127\.0\.0\.1:\d+, data in .*\nstop it with/);
  });

  it('names the port that is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    // A listening server has an address.
    const { port } = blocker.address() as AddressInfo;
    const ran = await openpurse('host', 'serve', '--port', `${port}`, '--data', newFolder());
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      new RegExp(`"--port" expected a free port at .*got ${port}: .*EADDR`),
    );
  });
});

describe('several processes on one folder', () => {
  it('tap one card one after the other, so that nobody is taken for a cloner', async () => {
    const data = newFolder();
    const sale = ['pos', 'sale', '1', '--card', 'alice', '--data', data];
    const ran = await Promise.all([1, 2].map(() => endOf(startProcess(...sale))));
    expect(ran.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ran.map(() => ({ code: 0, stderr: '' })),
    );
    await succeed('batch', 'upload', '--data', data);
    expect(await json<object>('host', 'report', '--data', data)).toMatchObject({
      merchants: [{ payable: 2_00 }],
      exceptions: [],
    });
    const shown = await json<ShownCard>('card', 'show', 'alice', '--data', data);
    expect(shown.balance).toBe(500_00 - 2_00);
  });

  it('go to their end when the reader of the output closes the pipe', async () => {
    const data = newFolder();
    const child = startProcess('pos', 'sale', '1', '--card', 'alice', '--trace', '--data', data);
    const ended = endOf(child);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const shown = await json<ShownCard>('card', 'show', 'alice', '--data', data);
    expect(shown.balance).toBe(500_00 - 1_00);
  });

  it('go on after one of them was killed at work', async () => {
    const data = newFolder();
    const dead = spawnSync(process.execPath, ['--version']).pid.toString();
    writeFileSync(join(data, 'cards', 'alice.card.lock'), dead);
    writeFileSync(join(data, 'terminal', TILL, 'lock'), dead);
    await succeed('pos', 'sale', '1', '--card', 'alice', '--data', data);
  });
});
