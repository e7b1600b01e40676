// SPDX-License-Identifier: MIT
/** A command whose heap has a limit: it is run again, in a process of its own, and seems to be the same. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { endOf } from './cli-runner.ts';

const SCRIPT = fileURLToPath(new URL('bounded-script.ts', import.meta.url));

function start(what: string, nodeOptions = ''): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', SCRIPT, what], {
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const limitIn = (stdout: string): number => (JSON.parse(stdout) as { limit: number }).limit;

it('has the limit, its arguments and its exit code', async () => {
  const { code, stdout } = await endOf(start('say'));
  expect(code).toBe(3);
  // The young generation comes on top.
  expect(limitIn(stdout)).toBeGreaterThanOrEqual(96);
  expect(limitIn(stdout)).toBeLessThan(200);
});

it('has the limit that somebody set instead', async () => {
  const { code, stdout } = await endOf(start('say', '--max-old-space-size=900'));
  expect(code).toBe(3);
  expect(limitIn(stdout)).toBeGreaterThanOrEqual(900);
});

it('says so when the heap was not enough', async () => {
  const { stdout } = await endOf(start('fill'));
  expect(stdout).toMatch(
    /^LIMIT_EXCEEDED: "heap" expected at most 96 MB, got more; NODE_OPTIONS=/m,
  );
});

it('ends when it is told to', async () => {
  const child = start('wait');
  const ended = endOf(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 143 });
});
