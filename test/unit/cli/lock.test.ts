// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../cli/data/lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openpurse-lock-'));
  path = join(folder, 'cards', 'a.card.lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock', () => {
  it('is taken in a folder that it makes, and leaves nothing behind', () => {
    const release = takeLock(path);
    expect(readFileSync(path, 'utf8')).toBe(process.pid.toString());
    release();
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a second holder and names the first', () => {
    const release = takeLock(path);
    expect(() => takeLock(path, 50)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNUSABLE',
        message: expect.stringContaining(`process ${process.pid} at work`) as string,
      }),
    );
    release();
  });

  it('is free again once it was given back', () => {
    takeLock(path)();
    expect(() => takeLock(path, 0)()).not.toThrow();
  });

  it('is taken over from a process that was killed', () => {
    takeLock(path)();
    const dead = spawnSync(process.execPath, ['--version']).pid;
    writeFileSync(path, dead.toString());
    const release = takeLock(path, 50);
    expect(readFileSync(path, 'utf8')).toBe(process.pid.toString());
    release();
  });

  it('is not taken over while its holder is still writing it', () => {
    takeLock(path)();
    writeFileSync(path, '');
    expect(() => takeLock(path, 50)).toThrow('another process');
  });
});
