// SPDX-License-Identifier: MIT
/** Puts a backup into an empty data folder, when it is whole. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import { readSnapshot } from '../store/sqlite-snapshot.ts';
import { checkEmpty } from './backup.ts';
import {
  copyInto,
  DOCUMENTS,
  entryOf,
  LEDGER,
  rawName,
  readManifest,
  syncFile,
  type FileEntry,
  type Manifest,
} from './manifest.ts';

/**
 * Checks a backup against its manifest, every byte, and only then moves it into place.
 * @throws BACKUP_INVALID, FILE_EXISTS; then the data folder is as it was.
 */
export function restore(folder: string, data: string): Manifest {
  checkEmpty(data);
  const manifest = readManifest(folder);
  const work = join(data, '.restoring');
  try {
    for (const entry of manifest.files) {
      checkFile(folder, entry);
      copyInto(folder, work, entry.name);
      checkFile(work, entry);
    }
    checkLedger(work, manifest);
    mkdirSync(join(work, 'host', 'raw'), { recursive: true });
    // The configuration comes last: a folder without one is new to every command.
    for (const name of ['host', 'keys', 'config.json']) {
      renameSync(join(work, name), join(data, name));
    }
    syncFile(data);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return manifest;
}

function checkFile(folder: string, { name, bytes, sha256 }: FileEntry): void {
  let found: FileEntry;
  try {
    found = entryOf(folder, name);
  } catch (cause) {
    throw new Fault('BACKUP_INVALID', `"${name}" expected ${bytes} bytes, got no file`, { cause });
  }
  if (found.bytes === bytes && found.sha256 === sha256) return;
  throw new Fault(
    'BACKUP_INVALID',
    `"${name}" expected ${bytes} bytes with SHA-256 ${sha256}, got ${found.bytes} with ${found.sha256}`,
  );
}

/** The ledger is the one that the manifest tells of, and the evidence for all of it is there. */
function checkLedger(work: string, manifest: Manifest): void {
  const names = new Set(manifest.files.map(({ name }) => name));
  const missing = [LEDGER, ...DOCUMENTS].find((name) => !names.has(name));
  if (missing !== undefined) throw incomplete(missing);
  const { rawFiles, ...counted } = readSnapshot(join(work, LEDGER));
  const unlisted = rawFiles.map(rawName).find((name) => !names.has(name));
  if (unlisted !== undefined) throw incomplete(unlisted);
  for (const [name, found] of Object.entries(counted)) {
    // The names are those of the manifest's own fields.
    const expected = manifest[name as keyof typeof counted];
    if (found === expected) continue;
    throw new Fault('BACKUP_INVALID', `"manifest.${name}" expected ${found}, got ${expected}`);
  }
}

function incomplete(name: string): Fault {
  return new Fault('BACKUP_INVALID', `"manifest.files" expected ${name} among them`);
}
