// SPDX-License-Identifier: MIT
/** Users, their keys and the audit log on the command line; serving to its end; backup and restore. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadedFolders, TILL } from './cli-folder.ts';
import { endOf, json, openpurse, startProcess, succeed, temporaryFolder } from './cli-runner.ts';

const newFolder = loadedFolders();

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  /** What was written to standard error. */
  log(): string;
}

async function serve(data: string, ...options: readonly string[]): Promise<Served> {
  const args = ['--port', '0', '--json', '--log', '--data', data, ...options];
  const child = startProcess('host', 'serve', ...args);
  onTestFinished(() => void child.kill('SIGKILL'));
  let [text, log] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  while (!text.includes('}')) await once(child.stdout ?? child, 'data');
  return { child, url: (JSON.parse(text) as { url: string }).url, log: () => log };
}

interface Log {
  readonly rows: readonly { action: string; actor: string; outcome: string; subject: string }[];
  readonly isWhole: boolean;
}

const logOf = async (data: string): Promise<readonly string[]> => {
  const { rows, isWhole } = await json<Log>('host', 'audit-log', '--data', data);
  expect(isWhole).toBe(true);
  return rows.map((row) => `${row.actor}: ${row.action} ${row.subject} ${row.outcome}`);
};

async function addUser(data: string, name: string, ...options: readonly string[]): Promise<string> {
  const added = ['host', 'user', 'add', name, ...options, '--data', data];
  return (await json<{ key: string }>(...added)).key;
}

/** Runs with the key of a user in the environment. */
async function withKey<T>(key: string, work: () => Promise<T>): Promise<T> {
  process.env['OPENPURSE_KEY'] = key;
  try {
    return await work();
  } finally {
    delete process.env['OPENPURSE_KEY'];
  }
}

describe('users', () => {
  it('get a key that is shown once, and are listed without it', async () => {
    const data = newFolder();
    const at = ['--data', data];
    const said = await succeed('host', 'user', 'add', 'alice', '--role', 'operator', ...at);
    const key = /^opk_\S+$/m.exec(said)?.[0] ?? '';
    expect(key).not.toBe('');
    const listed = await succeed('host', 'user', 'list', ...at);
    expect(listed).toMatch(/^alice {2}operator /m);
    expect(listed).not.toContain(key.slice(-43));
    const kept = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(key.slice(-43)));
    expect(kept.map(({ name }) => name)).toEqual([]);
    const second = await succeed('host', 'user', 'new-key', 'alice', ...at);
    expect(second).not.toContain(key);
    await succeed('host', 'user', 'revoke', 'alice', ...at);
    expect(await succeed('host', 'user', 'list', ...at)).toMatch(/revoked \d{4}-/);
    expect(await logOf(data)).toEqual([
      'console: host user add user alice, operator done',
      'console: host user new-key user alice done',
      'console: host user revoke user alice done',
    ]);
  });

  it('do with --as what their role allows, and the log says who', async () => {
    const data = newFolder();
    const at = ['--data', data];
    const operator = await addUser(data, 'olga', '--role', 'operator');
    const auditor = await addUser(data, 'arno', '--role', 'auditor');
    const approver = await addUser(data, 'anna', '--role', 'approver');
    const keyFile = join(temporaryFolder(), 'key');
    writeFileSync(keyFile, `${operator}\n`);
    await succeed('host', 'hotlist', '1', '--as', 'olga', '--key-file', keyFile, ...at);
    const refused = async (key: string, ...args: readonly string[]): Promise<string> => {
      const ran = await withKey(key, () => openpurse(...args, ...at));
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      return ran.stderr;
    };
    const hotlist = ['host', 'hotlist', '2', '--as'];
    expect(await refused(auditor, ...hotlist, 'arno')).toMatch(/NOT_ALLOWED: "role"/);
    const wrong = await refused(auditor, ...hotlist, 'olga');
    expect(wrong).toMatch(/NOT_AUTHENTICATED: "OPENPURSE_KEY" expected the API key of olga/);
    expect(wrong).not.toContain(auditor);
    // An operator who could make users could make an approver of its own proposals.
    const add = ['host', 'user', 'add', 'twin', '--role', 'approver', '--as'];
    expect(await refused(operator, ...add, 'olga')).toMatch(/NOT_ALLOWED/);
    await withKey(approver, () => succeed(...add, 'anna', ...at));
    expect(await json<object>('host', 'hotlist', ...at)).toMatchObject({ version: 1 });
    expect((await logOf(data)).slice(3)).toEqual([
      'olga: host hotlist card 1 done',
      'arno: host hotlist card 2 refused',
      'olga: host hotlist card 2 refused',
      'olga: host user add user twin, approver refused',
      'anna: host user add user twin, approver done',
    ]);
  });

  it('need a name beside a key file, and a key that can be read', async () => {
    const data = newFolder();
    const hotlist = ['host', 'hotlist', '1', '--data', data, '--key-file'];
    const nameless = await openpurse(...hotlist, join(data, 'config.json'));
    expect(nameless).toMatchObject({ code: 2, stdout: '' });
    const unread = await openpurse(...hotlist, join(data, 'nothing'), '--as', 'olga');
    expect(unread.stderr).toMatch(/FILE_UNREADABLE: ".*nothing" expected a file with an API key/);
    expect(await json<object>('host', 'hotlist', '--data', data)).toMatchObject({ version: 0 });
  });
});

describe('a served host', () => {
  it('knows terminals by their signature and people by their key, and logs no secret', async () => {
    const data = newFolder();
    const at = ['--card', 'alice', '--data', data];
    const key = await addUser(data, 'shop', '--role', 'merchant', '--merchant', 'SHOP');
    const { url, log, child } = await serve(data);
    const ask = (path: string, authorization: string): Promise<Response> =>
      fetch(new URL(path, url), { headers: { authorization } });
    await succeed('pos', 'load', '100', '--host', url, ...at);
    await succeed('pos', 'sale', '20', ...at);
    await succeed('batch', 'upload', '--host', url, '--data', data);
    const own = await ask('/v1/merchants/SHOP/statement', `Bearer ${key}`);
    expect(await own.json()).toMatchObject({ merchant: 'SHOP', payable: 20_00 });
    expect((await ask('/v1/report', `Bearer ${key}`)).status).toBe(403);
    expect((await ask('/v1/report', `Bearer ${key.slice(0, -1)}`)).status).toBe(401);
    expect((await fetch(new URL('/v1/hotlist', url))).status).toBe(401);
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const lines = log().trimEnd().split('\n');
    const actors = lines.map((line) => (JSON.parse(line) as { actor?: string | null }).actor);
    expect(actors).toEqual(expect.arrayContaining([TILL, 'shop', null]));
    const seed = readFileSync(join(data, 'terminal', TILL, 'signing.key'), 'utf8').trim();
    for (const secret of [key, key.slice(21), seed, 'openpurse-test-passphrase']) {
      expect(log()).not.toContain(secret);
    }
    expect(log()).not.toMatch(/opk_|mac1|signature|authorization/i);
  });

  /** A socket that has sent the first half of a batch, and the other half. */
  async function halfUploaded(
    data: string,
    url: string,
  ): Promise<{ socket: Socket; rest: Buffer }> {
    await succeed('pos', 'sale', '20', '--card', 'alice', '--data', data);
    const out = temporaryFolder();
    await succeed('batch', 'close', '--out', out, '--data', data);
    const bytes = readFileSync(join(out, `${TILL}-1.opb`));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    const head = `POST /v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    socket.write(head);
    socket.write(bytes.subarray(0, 200));
    // The host has begun to write what it has: the upload is under way.
    const raw = join(data, 'host', 'raw');
    while (!readdirSync(raw).some((name) => name.startsWith('incoming-'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { socket, rest: bytes.subarray(200) };
  }

  it('that is told to end finishes the batch at hand and takes nothing new', async () => {
    const data = newFolder();
    const { child, url } = await serve(data);
    const { socket, rest } = await halfUploaded(data, url);
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    // It has heard the signal when it refuses new connections.
    while (await isOpen(url)) await new Promise((resolve) => setTimeout(resolve, 10));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(rest);
    expect(await ended).toEqual([0, null]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('accepted');
    const report = await json<object>('host', 'report', '--data', data);
    expect(report).toMatchObject({ batches: 1, conservation: { isHeld: true } });
  });

  it('that is told to end cuts an upload that stands still, and keeps nothing of it', async () => {
    const data = newFolder();
    const { child, url } = await serve(data, '--grace', '1');
    await halfUploaded(data, url);
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(join(data, 'host', 'raw'))).toEqual([]);
    // The terminal still has the records.
    await succeed('batch', 'upload', '--data', data);
    expect(await json<object>('host', 'report', '--data', data)).toMatchObject({ batches: 1 });
  });

  async function isOpen(url: string): Promise<boolean> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
});

describe('a backup', () => {
  it('is made while the host serves, and restored to a folder that reports the same', async () => {
    const data = newFolder();
    const { url } = await serve(data);
    await succeed('pos', 'sale', '20', '--card', 'alice', '--data', data);
    await succeed('batch', 'upload', '--host', url, '--data', data);
    const [copy, fresh] = [join(temporaryFolder(), 'copy'), join(temporaryFolder(), 'data')];
    const made = endOf(startProcess('host', 'backup', copy, '--data', data));
    expect(await made).toMatchObject({ code: 0, stderr: '' });
    const said = await succeed('host', 'restore', copy, '--data', fresh);
    expect(said).toMatch(
      /^restored to .*\n4 files, \d+ bytes; \d+ records, \d+ journal entries\n$/,
    );
    const before = await json<object>('host', 'report', '--data', data);
    const after = await json<object>('host', 'report', '--data', fresh);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ batches: 1, conservation: { isHeld: true } });
    // The auditor accepts it, the raw batches cleared again and all.
    expect(await succeed('audit', '--full', '--data', fresh)).toMatch(/all 15 invariants hold\n$/);
    // Terminals and cards stay where they are: two of one would number different records alike.
    expect(existsSync(join(fresh, 'terminal'))).toBe(false);
    expect((await openpurse('host', 'restore', copy, '--data', fresh)).stderr).toMatch(
      /FILE_EXISTS/,
    );
  });
});
