// SPDX-License-Identifier: MIT
/** Writes the files of windows again for I15: with the host's code, from a copy of its database. */
import Database from 'better-sqlite3';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CurrencyCode } from '../../../src/money/currencies.table.ts';
import { floatAccount } from '../../bank/import.ts';
import { writeWindowFiles } from '../../files/window-files.ts';
import { openSqliteStore } from '../../store/sqlite-store.ts';
import { checkFiles } from '../checks/i15-settlement-files.ts';
import type { AuditParts } from '../model.ts';

/** Compares the files of every window with those that went out; `scratch` is made and removed. */
export function compareFiles(parts: AuditParts, scratch: string, currency: CurrencyCode): void {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    const copy = join(scratch, 'ledger.db');
    copyLedger(parts, copy);
    const store = openSqliteStore(copy, 'none');
    try {
      const debtor = floatAccount({ store });
      checkFiles(parts, (window) => {
        const out = join(scratch, 'files');
        try {
          return writeWindowFiles({ store, currency, debtor }, window, out);
        } finally {
          rmSync(out, { recursive: true, force: true });
        }
      });
    } finally {
      store.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A copy that does not know what was written: a settled window does not change, so a later one will do. */
function copyLedger({ directory }: AuditParts, copy: string): void {
  const source = new Database(join(directory, 'ledger.db'), { readonly: true });
  try {
    source.prepare('VACUUM INTO ?').run(copy);
  } finally {
    source.close();
  }
  const written = new Database(copy);
  try {
    written.exec('DELETE FROM window_files');
  } finally {
    written.close();
  }
}
