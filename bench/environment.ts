// SPDX-License-Identifier: MIT
/** What the figures were measured on: no figure without it. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../host/store/sqlite-store.ts';
import { quantile } from './quantile.ts';

export interface Environment {
  readonly node: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly sqlite: string;
  readonly pragmas: Readonly<Record<string, number | string>>;
  /** Half of the fsyncs of 4 KiB appended to a file took at most so long. */
  readonly fsyncMicroseconds: number;
}

const PRAGMAS = ['journal_mode', 'synchronous', 'cache_size', 'page_size', 'wal_autocheckpoint'];
const FSYNCS = 200;

/** Measures the disk in `directory`, and reads the settings of the host's database. */
export function environment(directory: string): Environment {
  const path = join(directory, 'settings.db');
  const database = openDatabase(path, 'fsync');
  const value = (sql: string): number | string => database.prepare(sql).pluck().get() as never;
  const sqlite = String(value('SELECT sqlite_version()'));
  const pragmas = Object.fromEntries(PRAGMAS.map((name) => [name, value(`PRAGMA ${name}`)]));
  database.close();
  rmSync(path, { force: true });
  const processors = cpus();
  return {
    node: process.version,
    cpus: processors.length,
    cpu: processors[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    sqlite,
    pragmas,
    fsyncMicroseconds: fsyncMicroseconds(join(directory, 'fsync')),
  };
}

function fsyncMicroseconds(path: string): number {
  const page = new Uint8Array(4096);
  const handle = openSync(path, 'w');
  const times: number[] = [];
  for (let index = 0; index < FSYNCS; index++) {
    const start = performance.now();
    writeSync(handle, page);
    fsyncSync(handle);
    times.push((performance.now() - start) * 1000);
  }
  closeSync(handle);
  rmSync(path);
  return Math.round(
    quantile(
      times.sort((left, right) => left - right),
      0.5,
    ),
  );
}
