// SPDX-License-Identifier: MIT
import { Fault } from '../../src/errors/fault.ts';

/** Runs `read`; a fault in what the file holds then names the file as well as the field. */
export function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw faultInFile(path, cause);
  }
}

/** A fault with the file in front of its message; anything else as it is. */
export function faultInFile(path: string, cause: unknown): unknown {
  if (!(cause instanceof Fault) || cause.message.includes(path)) return cause;
  return new Fault(cause.code, `${path}: ${cause.message}`, { cause });
}
