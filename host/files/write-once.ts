// SPDX-License-Identifier: MIT
/**
 * Files that are written once: under a temporary name, flushed, then renamed, so that a name always stands
 * for a whole file. Written again with the same bytes, the file that is there is left alone.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';

const READ_CHUNK = 1 << 20;

export interface WrittenFile {
  /** SHA-256 in lower-case hexadecimal, as `sha256sum` writes it. */
  readonly digest: string;
  readonly bytes: number;
  /** False when the very same file was there. */
  readonly isNew: boolean;
}

function digestOfFile(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(READ_CHUNK);
  const handle = openSync(path, 'r');
  try {
    for (let size; (size = readSync(handle, buffer)) > 0;) hash.update(buffer.subarray(0, size));
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}

/** Writes the pieces and returns digest and size of what was written. */
function writePieces(
  path: string,
  pieces: Iterable<Uint8Array | string>,
): Omit<WrittenFile, 'isNew'> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = openSync(path, 'w');
  try {
    for (const piece of pieces) {
      const chunk = Buffer.from(piece);
      hash.update(chunk);
      for (let at = 0; at < chunk.length;) at += writeSync(handle, chunk, at);
      bytes += chunk.length;
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return { digest: hash.digest('hex'), bytes };
}

/**
 * Writes a file, and its folders. `expected` is the digest that it must get, where it was written before.
 * @throws FILE_REFUSED when it comes out other than it is there, or than it was written before; then
 * nothing is changed. FILE_UNREADABLE when it cannot be written.
 */
export function writeOnce(
  path: string,
  pieces: Iterable<Uint8Array | string>,
  expected: string | null = null,
): WrittenFile {
  const temporary = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const written = writePieces(temporary, pieces);
    const known = existsSync(path) ? digestOfFile(path) : expected;
    for (const digest of [expected, known]) {
      if (digest === null || digest === written.digest) continue;
      throw new Fault(
        'FILE_REFUSED',
        `"${path}" expected SHA-256 ${digest}, as it was written before, got ${written.digest}`,
      );
    }
    if (existsSync(path)) return { ...written, isNew: false };
    renameSync(temporary, path);
    return { ...written, isNew: true };
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new Fault('FILE_UNREADABLE', `"${path}" expected a file that can be written`, { cause });
  } finally {
    rmSync(temporary, { force: true });
  }
}
