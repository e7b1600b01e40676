// SPDX-License-Identifier: MIT
/** A batch as a file: written whole or not at all, and on the disk when the function returns. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';

/**
 * Writes `pieces` to `path` by way of a file beside it: a batch that is half there cannot be mistaken for
 * one. An older file of that name is replaced; it was the same batch.
 * @throws FILE_UNREADABLE when the disk refuses.
 */
export function writeFileAtomically(path: string, pieces: Iterable<Uint8Array>): number {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const size = writeAll(temporary, pieces);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
    return size;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!isSystemError(error)) throw error;
    const problem = `"${path}" expected a file that can be written, got ${error.code}`;
    throw new Fault('FILE_UNREADABLE', problem, { cause: error });
  }
}

function writeAll(path: string, pieces: Iterable<Uint8Array>): number {
  const descriptor = openSync(path, 'w');
  try {
    let size = 0;
    for (const piece of pieces) {
      let written = 0;
      while (written < piece.length) written += writeSync(descriptor, piece, written);
      size += written;
    }
    fsyncSync(descriptor);
    return size;
  } finally {
    closeSync(descriptor);
  }
}

/** The new name is durable when its directory is. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
