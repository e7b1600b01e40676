// SPDX-License-Identifier: MIT
/** Copies a host while it serves: the database in one state, then the raw file of every batch in it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../../src/errors/fault.ts';
import type { Instant } from '../../src/time/instant.ts';
import { copyDatabase, readSnapshot } from '../store/sqlite-snapshot.ts';
import {
  copyInto,
  DOCUMENTS,
  entryOf,
  LEDGER,
  MANIFEST,
  manifestOf,
  rawName,
  syncFile,
  type Manifest,
} from './manifest.ts';

/**
 * Copies the host of the data folder to a new or empty folder. A raw file is on disk before its batch has
 * a row, and never changes, so copying the files after the database misses none.
 * @throws FILE_EXISTS, FILE_UNREADABLE
 */
export async function backUp(data: string, folder: string, now: Instant): Promise<Manifest> {
  checkEmpty(folder);
  if (!existsSync(join(data, LEDGER))) {
    throw new Fault('FILE_UNREADABLE', `"${join(data, LEDGER)}" expected a ledger, got no file`);
  }
  const ledger = join(folder, LEDGER);
  mkdirSync(dirname(ledger), { recursive: true });
  await copyDatabase(join(data, LEDGER), ledger);
  syncFile(ledger);
  const summary = readSnapshot(ledger);
  const copied = [...DOCUMENTS, ...summary.rawFiles.map(rawName)];
  for (const name of copied) copyInto(data, folder, name);
  // The keys in it are sealed; who may not read them here may not read them there.
  chmodSync(join(folder, 'keys', 'issuer.json'), 0o600);
  const files = [LEDGER, ...copied].map((name) => entryOf(folder, name));
  const manifest = manifestOf(summary, new Date(now).toISOString(), files);
  const path = join(folder, MANIFEST);
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  syncFile(path);
  syncFile(folder);
  return manifest;
}

/** @throws FILE_EXISTS when there is something in a folder. */
export function checkEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new Fault('FILE_EXISTS', `"${folder}" expected a new or an empty folder`);
}
