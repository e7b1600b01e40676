// SPDX-License-Identifier: MIT
/**
 * Who was where before, for a scan over records in the order of their rows. What was scanned of a card a moment ago
 * is still known, so that not every record is read once more for each one that came after it.
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { readUint } from '../../../src/bytes/integer.ts';
import { RECORD_OFFSET, serialOfRecord } from '../../../src/clearing/record.ts';
import type { HostStore, StoredRecord } from '../../store/store.ts';

/** Where and when a record says that its card was. */
export interface RecentTap {
  readonly record: number;
  /** BCD YYYYMMDD as a number. */
  readonly date: number;
  /** Of the day. */
  readonly second: number;
  /** Six bytes as a number. */
  readonly terminal: number;
  readonly counter: number;
}

/** Cards of which something is kept; then all is forgotten, and read again where it is wanted. */
const CARDS_MAX = 50_000;

export class RecentTaps {
  readonly #store: Pick<HostStore, 'record'>;
  /** Earlier records that each one is held against. */
  readonly #lookBack: number;
  readonly #cardsMax: number;
  /** By serial number, newest first. */
  readonly #ofCard = new Map<string, readonly RecentTap[]>();

  constructor(store: Pick<HostStore, 'record'>, lookBack: number, cardsMax = CARDS_MAX) {
    this.#store = store;
    this.#lookBack = lookBack;
    this.#cardsMax = cardsMax;
  }

  /** The tap of a record, and those of its card that were received before, newest first. Records come by their rows. */
  next(record: StoredRecord): { readonly tap: RecentTap; readonly before: readonly RecentTap[] } {
    const serial = toHex(serialOfRecord(record.bytes));
    const before = this.#ofCard.get(serial) ?? this.#read(record.previous);
    const tap = tapOf(record);
    if (this.#ofCard.size >= this.#cardsMax) this.#ofCard.clear();
    this.#ofCard.set(serial, [tap, ...before.slice(0, this.#lookBack - 1)]);
    return { tap, before };
  }

  #read(newest: number): readonly RecentTap[] {
    const taps: RecentTap[] = [];
    for (let row = newest; row !== 0 && taps.length < this.#lookBack;) {
      const record = this.#store.record(row);
      if (record === undefined) break;
      taps.push(tapOf(record));
      row = record.previous;
    }
    return taps;
  }
}

function tapOf({ id, bytes }: StoredRecord): RecentTap {
  const at = RECORD_OFFSET;
  const part = (index: number): number => fromBcd(bytes[at.time + index] ?? 0);
  return {
    record: id,
    date: readUint(bytes, at.date, 4),
    second: (part(0) * 60 + part(1)) * 60 + part(2),
    terminal: readUint(bytes, at.terminalId, 6),
    counter: readUint(bytes, at.counterBefore, 2),
  };
}

const fromBcd = (byte: number): number => 10 * (byte >> 4) + (byte & 15);
