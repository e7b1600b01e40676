// SPDX-License-Identifier: MIT
/**
 * A total of nothing: as much was taken back of a merchant as it was credited. Where it is of the same transactions, in
 * another order they were never there, and nobody is told. Where it is of others, the merchant is told of all.
 */
import { RECORD_OFFSET } from '../../src/clearing/record.ts';
import { creditedRecords, judgedRecords, type RecordStretch } from '../files/settlement-detail.ts';
import type { WindowTotal } from '../store/settlement-store.ts';
import type { HostStore } from '../store/store.ts';

const isEven = ({ count, gross }: WindowTotal): boolean => count === 0 && gross === 0;
const nameOf = ({ merchant, type }: Pick<WindowTotal, 'merchant' | 'type'>): string =>
  `${merchant} ${type}`;

/** The totals of a window of which a merchant is told. */
export function toldTotals(store: HostStore, window: number): readonly WindowTotal[] {
  const totals = store.windowTotals(window);
  const even = new Set(totals.filter(isEven).map(nameOf));
  const told = even.size === 0 ? even : movedIn(store, window, even);
  return totals.filter((total) => !isEven(total) || told.has(nameOf(total)));
}

/** Those of some totals whose transactions do not cancel each other one by one. */
function movedIn(
  store: HostStore,
  window: number,
  names: ReadonlySet<string>,
): ReadonlySet<string> {
  const typed = (row: { readonly merchant: string; readonly bytes: Uint8Array }): string =>
    nameOf({ ...row, type: row.bytes[RECORD_OFFSET.transactionType] ?? 0 });
  // All records of a window are looked at only where its judged ones leave it open.
  const isOpen = judgedRecords(store, window).some(
    (row) => row.amount !== 0 && names.has(typed(row)),
  );
  if (!isOpen) return new Set();
  const moved = new Set<string>();
  for (const row of creditedRecords(store, stretchOf(store, window))) {
    const name = typed(row);
    if (names.has(name)) moved.add(name);
  }
  return moved;
}

/** The records of a window, closed or still open. */
function stretchOf(store: HostStore, window: number): RecordStretch {
  const windows = store.windows();
  const lastOf = (id: number): number | null =>
    windows.find((row) => row.id === id)?.lastRecord ?? null;
  return { window, after: lastOf(window - 1) ?? 0, last: lastOf(window) ?? store.lastRecordId() };
}
