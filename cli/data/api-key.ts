// SPDX-License-Identifier: MIT
import { readFileSync, statSync } from 'node:fs';
import { Fault } from '../../src/errors/fault.ts';

/** More than a key has. */
const FILE_BYTES_MAX = 1024;

/** The API key in a file, else in OPENPURSE_KEY; empty without both. @throws FILE_UNREADABLE */
export function apiKey(file: string | undefined): string {
  if (file === undefined) return process.env['OPENPURSE_KEY'] ?? '';
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new RangeError('too long for a key');
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Fault('FILE_UNREADABLE', `"${file}" expected a file with an API key`, { cause });
  }
}
