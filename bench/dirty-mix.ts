// SPDX-License-Identifier: MIT
/**
 * The records of a batch, as they should be or in the dirty mix (dirty-mix.table.ts). Whatever is done to
 * a record is noted, so that it is known what the host must find. A card has one irregularity at most:
 * then it is beyond doubt which rule is right.
 */
import { toHex } from '../src/bytes/hex.ts';
import { readUint } from '../src/bytes/integer.ts';
import { RECORD_OFFSET } from '../src/clearing/record.ts';
import { terminalId, type ClearingWorld, type Tap } from './clearing-world.ts';
import { DIRTY_MIX, type DirtyClass } from './dirty-mix.table.ts';

/**
 * What is wrong, by class. A record is named `TERMINAL:BATCH NUMBER:SEQUENCE`, a gap `SERIAL:COUNTER`, a
 * fork by the serial number of its card; all in hexadecimal as the host has them.
 */
export type Truth = Readonly<Record<DirtyClass, readonly string[]>>;

/** What a terminal has in store for its next batch, and how it numbers. */
export interface Feed {
  readonly terminal: number;
  batchNumber: number;
  sequence: number;
  /** Records of before that go into the next batch. */
  carried: { readonly bytes: Uint8Array; readonly why: DirtyClass }[];
}

/** Fills the next batch of a terminal with about `count` records, in the order of their sequences. */
export type Mix = (feed: Feed, count: number) => readonly Uint8Array[];

/** The name of a record in the dirty mix. */
export function recordName(terminal: string, batchNumber: number, sequence: number): string {
  return `${terminal}:${batchNumber}:${sequence}`;
}

/** The next number of a terminal. */
const nextTap = (feed: Feed): Tap => ({ terminal: feed.terminal, sequence: ++feed.sequence });

const sequenceOf = (bytes: Uint8Array): number =>
  readUint(bytes, RECORD_OFFSET.terminalSequence, 4);

/** Nothing but purchases, each the next one of its card. */
export function cleanMix(world: ClearingWorld): Mix {
  return (feed, count) =>
    Array.from({ length: count }, () => world.pay(world.drawCard(feed.terminal), nextTap(feed)));
}

/** Makes dirty batches, and keeps what is wrong with them. */
export class DirtyMix {
  readonly truth: Readonly<Record<DirtyClass, string[]>> = {
    duplicate: [],
    late: [],
    gap: [],
    badTac: [],
    fork: [],
  };
  readonly #world: ClearingWorld;
  readonly #random: () => number;
  /** Cards that have had their irregularity. */
  readonly #marked = new Set<number>();

  constructor(world: ClearingWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
  }

  /** The next batch of a terminal: what it has carried over, then new records. */
  readonly fill: Mix = (feed, count) => {
    const carried = feed.carried.map(({ bytes, why }) => {
      this.#note(why, feed, bytes);
      return bytes;
    });
    feed.carried = [];
    const records = carried.sort((left, right) => sequenceOf(left) - sequenceOf(right));
    while (records.length < count) records.push(...this.#next(feed));
    return records;
  };

  #note(why: DirtyClass, feed: Feed, bytes: Uint8Array): void {
    const terminal = toHex(terminalId(feed.terminal));
    this.truth[why].push(recordName(terminal, feed.batchNumber, sequenceOf(bytes)));
  }

  #next(feed: Feed): readonly Uint8Array[] {
    const fate = this.#fate();
    const world = this.#world;
    if (fate === undefined || fate === 'duplicate') {
      const bytes = world.pay(world.drawCard(feed.terminal), nextTap(feed));
      if (fate === 'duplicate') feed.carried.push({ bytes, why: fate });
      return [bytes];
    }
    const card = world.drawCard(feed.terminal, (one) => !this.#marked.has(one));
    this.#marked.add(card);
    return this.#spoil(fate, feed, card);
  }

  #fate(): DirtyClass | undefined {
    let left = this.#random() % 10_000;
    for (const [name, { share }] of Object.entries(DIRTY_MIX)) {
      // The names are those of the table.
      if (left < share) return name as DirtyClass;
      left -= share;
    }
    return undefined;
  }

  #spoil(fate: Exclude<DirtyClass, 'duplicate'>, feed: Feed, card: number): readonly Uint8Array[] {
    const world = this.#world;
    const from = world.point(card);
    const serial = toHex(world.serial(card));
    switch (fate) {
      case 'late': {
        feed.carried.push({ bytes: world.pay(card, nextTap(feed)), why: fate });
        return [world.pay(card, nextTap(feed))];
      }
      case 'gap': {
        world.pay(card, nextTap(feed));
        this.truth.gap.push(`${serial}:${from.counter}`);
        return [world.pay(card, nextTap(feed))];
      }
      case 'badTac': {
        const bytes = world.forge(card, nextTap(feed));
        this.#note(fate, feed, bytes);
        return [bytes];
      }
      case 'fork': {
        const honest = world.pay(card, nextTap(feed));
        const copy = world.payAsCopy(card, nextTap(feed), from);
        world.stop(card);
        this.truth.fork.push(serial);
        return [honest, copy];
      }
    }
  }
}
