// SPDX-License-Identifier: MIT
/** Rows of the journal file and the values that they stand for. The CHECKs are in what writes them. */
import { amount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';
import type { StoredBatch } from './journal.ts';
import type { NewTap, Tap } from './tap.ts';

export interface TapRow {
  readonly id: number;
  readonly operation: Tap['operation'];
  readonly serial: string;
  readonly suite: Tap['suite'];
  readonly key_version: number;
  readonly transaction_type: Tap['transactionType'];
  readonly counter_before: number;
  readonly amount: number;
  readonly balance_before: number;
  readonly balance_after: number;
  readonly terminal_counter: number;
  readonly date: string;
  readonly time: string;
  readonly place: string;
  readonly hotlist_version: number;
  readonly trip: Uint8Array | null;
  readonly load_id: string | null;
  readonly state: Tap['state'];
  readonly tac: Uint8Array | null;
  readonly is_recovered: number;
  readonly is_mac2_verified: number;
  readonly sequence: number | null;
  readonly uncertain_sequence: number | null;
}

/** The values of `INSERT_TAP`, in its order. */
export function tapValues(tap: NewTap): readonly unknown[] {
  return [
    tap.operation,
    tap.serial,
    tap.suite,
    tap.keyVersion,
    tap.transactionType,
    tap.counterBefore,
    tap.amount,
    tap.balanceBefore,
    tap.balanceAfter,
    tap.terminalCounter,
    tap.date,
    tap.time,
    tap.place,
    tap.hotlistVersion,
    tap.trip ?? null,
    tap.loadId ?? null,
  ];
}

export const INSERT_TAP = `INSERT INTO tap (operation, serial, suite, key_version, transaction_type,
  counter_before, amount, balance_before, balance_after, terminal_counter, date, time, place,
  hotlist_version, trip, load_id, state)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`;

/** A Buffer of the driver as a plain array of its own. */
function plainBytes(bytes: Uint8Array | null): Uint8Array | undefined {
  return bytes === null ? undefined : Uint8Array.from(bytes);
}

export function tapOf(row: TapRow): Tap {
  return {
    id: row.id,
    operation: row.operation,
    serial: row.serial,
    suite: row.suite,
    keyVersion: row.key_version,
    transactionType: row.transaction_type,
    counterBefore: row.counter_before,
    amount: amount(row.amount),
    balanceBefore: amount(row.balance_before),
    balanceAfter: amount(row.balance_after),
    terminalCounter: row.terminal_counter,
    date: row.date,
    time: row.time,
    place: row.place,
    hotlistVersion: row.hotlist_version,
    trip: plainBytes(row.trip),
    loadId: row.load_id ?? undefined,
    state: row.state,
    tac: plainBytes(row.tac),
    isRecovered: row.is_recovered !== 0,
    isMac2Verified: row.is_mac2_verified !== 0,
    sequence: row.sequence ?? undefined,
    uncertainSequence: row.uncertain_sequence ?? undefined,
  };
}

export interface BatchRow {
  readonly number: number;
  readonly record_count: number;
  readonly first_sequence: number;
  readonly last_sequence: number;
  readonly closed_at_ms: number;
  readonly hotlist_version: number;
  readonly config_version: number;
  readonly digest: string | null;
  readonly state: StoredBatch['state'];
}

export function batchOf(row: BatchRow): StoredBatch {
  return Object.freeze({
    number: row.number,
    recordCount: row.record_count,
    firstSequence: row.first_sequence,
    lastSequence: row.last_sequence,
    closedAt: instant(row.closed_at_ms),
    hotlistVersion: row.hotlist_version,
    configVersion: row.config_version,
    digest: row.digest ?? undefined,
    state: row.state,
  });
}
