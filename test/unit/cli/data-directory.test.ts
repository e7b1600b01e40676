// SPDX-License-Identifier: MIT
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataDirectory } from '../../../cli/data/data-directory.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openpurse-data-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the data folder', () => {
  it('is the one of --data before the one of the environment', () => {
    vi.stubEnv('OPENPURSE_DATA', join(folder, 'environment'));
    expect(DataDirectory.locate(join(folder, 'option')).path).toBe(join(folder, 'option'));
    expect(DataDirectory.locate(undefined).path).toBe(join(folder, 'environment'));
  });

  it('is the platform folder when neither is given', () => {
    vi.stubEnv('OPENPURSE_DATA', '');
    expect(DataDirectory.locate(undefined).path).toMatch(/openpurse/);
  });

  it('is refused when it is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => DataDirectory.locate(file)).toThrow(`"--data" expected a folder, got the file`);
  });

  it('gets the default configuration when it is new, and keeps what it has', () => {
    const data = new DataDirectory(folder);
    expect(data.config()).toEqual({ currency: 'INR', utcOffsetMinutes: 330 });
    expect(data.config({ currency: 'JPY' })).toEqual({ currency: 'INR', utcOffsetMinutes: 330 });
    expect(JSON.parse(readFileSync(data.in('config.json'), 'utf8'))).toEqual(data.config());
  });

  const wrong: readonly [string, string, string][] = [
    ['no JSON', '{', 'expected JSON'],
    ['a list', '[]', 'expected an object'],
    ['null', 'null', 'expected an object'],
    ['no offset', '{"currency":"INR"}', 'utcOffsetMinutes" expected minutes'],
    ['an offset in quotes', '{"currency":"INR","utcOffsetMinutes":"330"}', 'got "330"'],
    ['half a minute', '{"currency":"INR","utcOffsetMinutes":0.5}', 'got 0.5'],
    ['an offset of 15 hours', '{"currency":"INR","utcOffsetMinutes":900}', '-840 to 840, got 900'],
    ['no currency', '{"utcOffsetMinutes":0}', 'currency" expected one of'],
    ['an unknown currency', '{"currency":"XXX","utcOffsetMinutes":0}', 'got "XXX"'],
    ['a name of all objects', '{"currency":"toString","utcOffsetMinutes":0}', 'got "toString"'],
    ['a misspelt member', '{"currency":"INR","utcOffset":0,"utcOffsetMinutes":0}', 'utcOffset"'],
  ];

  it.each(wrong)(
    'refuses a configuration with %s and names file and field',
    (_name, text, said) => {
      const data = new DataDirectory(folder);
      writeFileSync(data.in('config.json'), text);
      expect(() => data.config()).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining(said) as string,
        }),
      );
      expect(() => data.config()).toThrow(data.in('config.json'));
    },
  );
});
