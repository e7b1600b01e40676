// SPDX-License-Identifier: MIT
/** How far the auditor has come, kept in its own database. */
import type { Database } from 'better-sqlite3';
import type { AuditProgress } from './model.ts';

export function progressValue(memory: Database, name: string): string | undefined {
  return memory
    .prepare<[string], string>('SELECT value FROM progress WHERE name = ?')
    .pluck()
    .get(name);
}

export function setProgress(memory: Database, name: string, value: string): void {
  memory.prepare('INSERT OR REPLACE INTO progress VALUES (?, ?)').run(name, value);
}

/** The progress points of the last run; zeros before the first. */
export function readProgress(memory: Database): AuditProgress {
  const at = (name: keyof AuditProgress): number => Number(progressValue(memory, name) ?? 0);
  return {
    journal: at('journal'),
    record: at('record'),
    item: at('item'),
    batch: at('batch'),
    window: at('window'),
  };
}

export function writeProgress(memory: Database, progress: AuditProgress): void {
  for (const [name, value] of Object.entries(progress)) setProgress(memory, name, `${value}`);
}
