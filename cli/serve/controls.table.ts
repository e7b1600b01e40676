// SPDX-License-Identifier: MIT
/** What one can tell `card serve` while it runs: a line on standard input, or a key on a terminal. */

import type { TearMoment } from '../../simulation/world/tear-on-commit.ts';

/** Where a served device is: the card's slot, or the next one with the SAM. */
export type SlotName = 'card' | 'psam';

export type Control =
  | { readonly kind: 'help' | 'quit' | 'status' }
  | { readonly kind: 'insert' | 'remove'; readonly slot: SlotName }
  | { readonly kind: 'tear'; readonly when: TearMoment | undefined };

export interface ControlRow {
  readonly line: string;
  readonly key: string;
  readonly control: Control;
  readonly meaning: string;
}

export const CONTROLS: readonly ControlRow[] = [
  {
    line: 'insert',
    key: 'i',
    control: { kind: 'insert', slot: 'card' },
    meaning: 'put the card in',
  },
  {
    line: 'remove',
    key: 'r',
    control: { kind: 'remove', slot: 'card' },
    meaning: 'take the card out, until it is inserted',
  },
  {
    line: 'insert psam',
    key: 'I',
    control: { kind: 'insert', slot: 'psam' },
    meaning: 'put the SAM in',
  },
  {
    line: 'remove psam',
    key: 'R',
    control: { kind: 'remove', slot: 'psam' },
    meaning: 'take the SAM out, until it is inserted',
  },
  {
    line: 'tear before',
    key: 'b',
    control: { kind: 'tear', when: 'before' },
    meaning: 'at the next DEBIT or CREDIT the card leaves before the write that decides',
  },
  {
    line: 'tear inside',
    key: 'n',
    control: { kind: 'tear', when: 'inside' },
    meaning: 'the same, in the middle of that write',
  },
  {
    line: 'tear after',
    key: 'a',
    control: { kind: 'tear', when: 'after' },
    meaning: 'the same, after that write',
  },
  {
    line: 'tear response',
    key: 'l',
    control: { kind: 'tear', when: 'response' },
    meaning: 'the same, with all done and only the answer lost',
  },
  {
    line: 'tear none',
    key: 'x',
    control: { kind: 'tear', when: undefined },
    meaning: 'take back a tear that has not happened',
  },
  { line: 'status', key: 's', control: { kind: 'status' }, meaning: 'say what is in' },
  { line: 'help', key: 'h', control: { kind: 'help' }, meaning: 'print this list' },
  { line: 'quit', key: 'q', control: { kind: 'quit' }, meaning: 'take everything out and end' },
];
