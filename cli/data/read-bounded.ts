// SPDX-License-Identifier: MIT
import { readFileSync, statSync } from 'node:fs';
import { Fault } from '../../src/errors/fault.ts';

/** The bytes of a file of at most `bytesMax`. @throws FILE_UNREADABLE, LIMIT_EXCEEDED */
export function readBounded(path: string, bytesMax: number): Uint8Array {
  try {
    if (statSync(path).size > bytesMax) {
      throw new Fault('LIMIT_EXCEEDED', `"${path}" expected at most ${bytesMax} bytes`);
    }
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a file that can be read`, { cause });
  }
}
