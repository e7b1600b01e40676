// SPDX-License-Identifier: MIT
/**
 * One process at a time at a card or a terminal. Two that read the same card image and both write it
 * would be a clone: the money of one of them would come back, and an honest holder would stand accused.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';

const WAIT_MS = 10_000;
const POLL_MS = 20;

/** Takes the lock file at `path` and returns what gives it back. @throws STORE_UNUSABLE */
export function takeLock(path: string, waitMs = WAIT_MS): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const end = performance.now() + waitMs;
  while (!isTaken(path)) {
    const holder = holderOf(path);
    if (holder !== undefined && !isRunning(holder)) {
      // Its process was killed: nobody is there to give it back.
      rmSync(path, { force: true });
    } else if (performance.now() > end) {
      const who = holder === undefined ? 'another process' : `process ${holder}`;
      throw new Fault(
        'STORE_UNUSABLE',
        `"${path}" expected to be free within ${waitMs / 1000} s, got ${who} at work: end it, or remove the file when nothing runs`,
      );
    } else pause(POLL_MS);
  }
  return () => rmSync(path, { force: true });
}

function isTaken(path: string): boolean {
  try {
    writeFileSync(path, process.pid.toString(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The process that wrote the lock; undefined while it is writing it. */
function holderOf(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Commands have nothing else to do meanwhile. */
function pause(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}
