// SPDX-License-Identifier: MIT
/** The lines that were typed, in the data folder. Lines with a PIN or a key, and wrong lines, are not kept. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Fault } from '../../src/errors/fault.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { planLine } from './plan-line.ts';

/** Lines that are kept. */
export const HISTORY_MAX = 500;

/** Whether a line may be kept: only one that is understood, so that a PIN typed amiss is not. */
export function isKept(line: string, currency: CurrencyCode): boolean {
  try {
    const plan = planLine(line, currency);
    return plan.kind !== 'card' || !plan.isSecret;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/** The kept lines, newest first as readline has them; in the file the newest is last. */
export function readHistory(path: string): string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .slice(-HISTORY_MAX)
    .reverse();
}

/** Writes the lines, newest first, for the owner alone to read. */
export function writeHistory(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const kept = lines.slice(0, HISTORY_MAX).reverse();
  writeFileAtomic.sync(path, kept.map((line) => `${line}\n`).join(''), { mode: 0o600 });
}
