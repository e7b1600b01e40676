// SPDX-License-Identifier: MIT
/**
 * A backup: a folder with copies under their names in the data folder, and `manifest.json`, written last.
 * A folder without one is no backup. Cards and terminals are not in it: two copies of one terminal would
 * number different records alike.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import type { SnapshotSummary } from '../store/sqlite-snapshot.ts';

export const MANIFEST = 'manifest.json';
export const LEDGER = 'host/ledger.db';
/** Copied besides the host's own: without them its ledger cannot be opened. */
export const DOCUMENTS = ['config.json', 'keys/issuer.json'] as const;
const FORMAT = 'openpurse backup 1';
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

export interface FileEntry {
  /** Path in the data folder, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
}

export interface Manifest extends Omit<SnapshotSummary, 'rawFiles'> {
  readonly format: typeof FORMAT;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly files: readonly FileEntry[];
}

export const rawName = (file: string): string => `host/raw/${file}`;

const FILE_NAME =
  /^(?:config\.json|keys\/issuer\.json|host\/ledger\.db|host\/raw\/[0-9A-F]{12}-\d+-[0-9A-F]{64}\.opb)$/;

export function manifestOf(
  summary: SnapshotSummary,
  createdAt: string,
  files: readonly FileEntry[],
): Manifest {
  const { schemaVersion, records, journalEntries, journalHash, auditRows } = summary;
  const counted = { schemaVersion, records, journalEntries, journalHash, auditRows };
  return { format: FORMAT, createdAt, ...counted, files };
}

/** Reads the manifest of a backup. @throws BACKUP_INVALID */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  let value: unknown;
  try {
    if (statSync(path).size > MANIFEST_BYTES_MAX) throw new RangeError('too large');
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Fault('BACKUP_INVALID', `"${path}" expected the manifest of a backup`, { cause });
  }
  if (!isManifest(value)) throw new Fault('BACKUP_INVALID', `"${path}" expected "${FORMAT}"`);
  const names = value.files.map(({ name }) => name);
  const foreign = names.find((name) => !FILE_NAME.test(name));
  if (foreign !== undefined) {
    throw new Fault('BACKUP_INVALID', `"${path}" expected files of a host, got "${foreign}"`);
  }
  if (new Set(names).size !== names.length) {
    throw new Fault('BACKUP_INVALID', `"${path}" expected every file once`);
  }
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  // An object by the check above.
  const { format, files } = value as Partial<Record<keyof Manifest, unknown>>;
  return format === FORMAT && Array.isArray(files) && files.every(isEntry);
}

function isEntry(value: unknown): value is FileEntry {
  if (typeof value !== 'object' || value === null) return false;
  // An object by the check above.
  const { name, bytes, sha256 } = value as Partial<Record<keyof FileEntry, unknown>>;
  return typeof name === 'string' && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

/** Size and digest of a file of a folder, read in pieces. */
export function entryOf(folder: string, name: string): FileEntry {
  const handle = openSync(join(folder, name), 'r');
  try {
    const hash = createHash('sha256');
    const piece = new Uint8Array(1 << 20);
    let bytes = 0;
    for (let size; (size = readSync(handle, piece)) > 0; bytes += size) {
      hash.update(piece.subarray(0, size));
    }
    return { name, bytes, sha256: hash.digest('hex') };
  } finally {
    closeSync(handle);
  }
}

/** Copies a file to the same name in another folder; it is on disk when this returns. */
export function copyInto(from: string, to: string, name: string): void {
  const path = join(to, name);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(join(from, name), path);
  syncFile(path);
}

/** Waits until a file or a folder is on disk. */
export function syncFile(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
