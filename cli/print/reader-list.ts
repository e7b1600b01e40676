// SPDX-License-Identifier: MIT
/** What `openpurse readers` says of readers and of what happens at them. */
import { toHex } from '../../src/bytes/hex.ts';
import type { ReaderState } from '../../terminal/reader/pcsc.ts';
import type { ReaderEvent } from '../../terminal/reader/pcsc-reader.ts';
import { table, type Said } from './printer.ts';

/** What `--reader` would make of a reader: take its card now, wait for one in it, or pass it over. */
export type ReaderChoice = 'leaves out' | 'takes' | 'waits for a card';

/** A command takes the card of the first reader that is accepted and has one. */
function choices(
  readers: readonly ReaderState[],
  accepts: (name: string) => boolean,
): readonly ReaderChoice[] {
  const taken = readers.find(({ name, hasCard }) => hasCard && accepts(name));
  return readers.map((reader) => {
    if (!accepts(reader.name)) return 'leaves out';
    return reader === taken ? 'takes' : 'waits for a card';
  });
}

export function readersSaid(
  readers: readonly ReaderState[],
  accepts: (name: string) => boolean,
): Said {
  const chosen = choices(readers, accepts);
  const rows = readers.map(({ name, hasCard, atr }, index) => ({
    name,
    hasCard,
    atr: toHex(atr),
    choice: chosen[index] ?? 'leaves out',
  }));
  const lines = table([
    ['reader', 'state', 'ATR', '--reader'],
    ...rows.map(({ name, hasCard, atr, choice }) => [
      name,
      hasCard ? 'card' : 'empty',
      atr,
      choice,
    ]),
  ]);
  return {
    data: { readers: rows },
    lines: rows.length === 0 ? ['no reader: `openpurse doctor` says why'] : lines,
  };
}

/** Something that happened, as data; `at` in UTC. */
export function readerEventData(event: ReaderEvent, at: string): object {
  return event.kind === 'card' ? { at, ...event, atr: toHex(event.atr) } : { at, ...event };
}

/** The same in words. */
export function readerEventLine(event: ReaderEvent, at: string): string {
  return `${at}  ${inWords(event)}`;
}

function inWords(event: ReaderEvent): string {
  switch (event.kind) {
    case 'reader':
      return `reader in   ${event.reader}`;
    case 'readerGone':
      return `reader out  ${event.reader}`;
    case 'card':
      return `card in     ${event.reader}  ATR ${toHex(event.atr)}`;
    case 'cardGone':
      return `card out    ${event.reader}`;
    case 'sharing':
      return `card held   ${event.message}`;
    case 'error':
      return `error       ${event.reader ?? 'service'}: ${event.message}`;
  }
}
