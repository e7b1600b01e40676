// SPDX-License-Identifier: MIT
/** A data folder with two loaded cards, made once for a file of tests and copied for each. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { succeed, temporaryFolder } from './cli-runner.ts';

/** The till that commands use when none is named. */
export const TILL = '100000000001';

/** Registers the hooks; the returned function gives a test its own folder. */
export function loadedFolders(): () => string {
  let template: string;
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'openpurse-template-'));
    await succeed('card', 'create', 'alice', '--serial', '1', '--data', template);
    await succeed('card', 'create', 'bob', '--suite', '3des', '--serial', '2', '--data', template);
    await succeed('pos', 'load', '500', '--card', 'alice', '--data', template);
    await succeed('pos', 'load', '300', '--card', 'bob', '--data', template);
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));
  return () => {
    const folder = join(temporaryFolder(), 'data');
    cpSync(template, folder, { recursive: true });
    return folder;
  };
}

/** What `card show NAME --json` says that tests look at. */
export interface ShownCard {
  readonly serial: string;
  readonly balance: number;
  readonly log: readonly { readonly type: string; readonly amount: number }[];
  readonly trips: readonly { readonly type: string; readonly station: string }[];
}
