// SPDX-License-Identifier: MIT
/** Which window a record belongs to, and which merchant a terminal. */
import type { Database } from 'better-sqlite3';

/** Windows bound their records by the last row of each; what is beyond is in the one that is open. */
export function windowOfRecord(ledger: Database): (record: number) => number {
  const windows = ledger
    .prepare<[], { id: number; last: number | null }>(
      'SELECT id, last_record AS last FROM windows ORDER BY id',
    )
    .all();
  // Records come in the order of their rows.
  let current = 0;
  return (record) => {
    if (record <= (windows[current - 1]?.last ?? 0)) current = 0;
    while (record > (windows[current]?.last ?? Infinity)) current++;
    return windows[current]?.id ?? 0;
  };
}

/** The merchant that a terminal is enrolled for; empty where it is not. */
export function terminalMerchants(ledger: Database): (terminal: string) => string {
  const merchants = new Map<string, string>();
  const select = ledger.prepare<[], { id: string; merchant: string }>(
    'SELECT id, merchant FROM terminals',
  );
  for (const { id, merchant } of select.iterate()) merchants.set(id, merchant);
  return (terminal) => merchants.get(terminal) ?? '';
}
