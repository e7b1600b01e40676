// SPDX-License-Identifier: MIT
/** Runs `openpurse` as people do: a command line in, output and exit code out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { printFailure } from '../../cli/print/failure.ts';
import { buildProgram } from '../../cli/program.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in this process: what `cli/main.ts` does, with the streams kept. */
export async function openpurse(...args: readonly string[]): Promise<Ran> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const keep = (chunks: string[]) => (chunk: string | Uint8Array) =>
    chunks.push(chunk.toString()) > 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep(stdout));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep(stderr));
  process.exitCode = undefined;
  try {
    try {
      await buildProgram().parseAsync(args, { from: 'user' });
    } catch (error) {
      process.exitCode = printFailure(error, args.includes('--json'), process.stderr);
    }
    const code: unknown = process.exitCode ?? 0;
    if (typeof code !== 'number')
      throw new Error(`exit code expected a number, got ${String(code)}`);
    return { code, stdout: stdout.join(''), stderr: stderr.join('') };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    err.mockRestore();
  }
}

/** The same, which must succeed; returns what was printed. */
export async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await openpurse(...args);
  if (code !== 0) throw new Error(`openpurse ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** The JSON object that a command prints. */
export async function json<T>(...args: readonly string[]): Promise<T> {
  // The caller names the members that it reads, and a test fails where they are not there.
  return JSON.parse((await openpurse(...args, '--json')).stdout) as T;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The command as a process of its own, from the sources. */
export function startProcess(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'cli/main.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits for the end of a process. */
export async function endOf(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.once('close', (exitCode) => resolve(exitCode ?? -1));
  });
  return { code, stdout, stderr };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openpurse-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything in a folder in one digest: what a refusal must leave alone. Locks come and go. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/lock$|-wal$|-shm$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of names) hash.update(name).update(readFileSync(name));
  return hash.digest('hex');
}

/** Writes the files of a GTFS feed. */
export function writeFeed(folder: string, files: ReadonlyMap<string, string>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return folder;
}
