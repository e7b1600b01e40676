// SPDX-License-Identifier: MIT
/**
 * What readers do to a line, by name, and what the terminal must make of it. `source` is the rule of
 * docs/readers.md; `work` says in which worlds the trouble can be met: the card has done the command
 * under way, or it has not. The terminal cannot tell one from the other, and the money differs.
 */

/** Whether the card has carried out the command at which the line fails. */
export type Work = 'done' | 'notDone';

export interface ReaderQuirk {
  readonly source: string;
  /** What the line does. */
  readonly line: string;
  /** What the terminal must do. */
  readonly terminal: string;
  readonly work: readonly Work[];
  /** The number of PC/SC that every command of the line fails with from then on, where it fails. */
  readonly pcscCode?: number;
}

const EITHER: readonly Work[] = ['notDone', 'done'];

export const READER_QUIRKS = {
  emptySuccess: {
    source: 'docs/readers.md, What a channel must expect, 1',
    line: 'a torn command succeeds with zero bytes, and the card is gone',
    terminal: 'takes the outcome as unknown; the next tap of the card asks for the proof',
    work: EITHER,
    pcscCode: 0x80100069,
  },
  removed: {
    source: 'docs/readers.md, What a channel must expect, 2',
    line: 'the card leaves in mid-command: 0x80100069',
    terminal: 'takes the outcome as unknown; the next tap of the card asks for the proof',
    work: EITHER,
    pcscCode: 0x80100069,
  },
  mute: {
    source: 'docs/readers.md, What a channel must expect, 3',
    line: 'a command never ends, and later ones wait behind it',
    terminal: 'ends the command at its deadline, the outcome unknown, and uses the line no more',
    work: EITHER,
  },
  lateAnswer: {
    source: 'docs/readers.md, What a channel must expect, 3',
    line: 'the answer comes after the deadline',
    terminal: 'has settled on unknown by then and does not look at the answer',
    work: ['done'],
  },
  smallBuffer: {
    source: 'docs/readers.md, Real readers',
    line: 'an answer that is longer than the buffer fails with 0x80100008; the card has done its work',
    terminal: 'takes the outcome as unknown, never as a refusal',
    work: ['done'],
    pcscCode: 0x80100008,
  },
  cutAnswer: {
    source: 'docs/readers.md, Real readers',
    line: 'an answer that is longer than the buffer is cut: its last two bytes are no status word',
    terminal: 'never reads a refusal out of an answer that has data',
    work: ['done'],
  },
  neighbourReset: {
    source: 'docs/readers.md, Real readers',
    line: 'another program resets the card: 0x80100068 until the line is opened anew; volatile state is lost',
    terminal:
      'opens a new line and begins with SELECT; the command under way has an unknown outcome',
    work: EITHER,
    pcscCode: 0x80100068,
  },
  neighbourSelect: {
    source: 'docs/readers.md, What a channel must expect, 6',
    line: 'another program selects something else between two commands, without a reset',
    terminal: 'takes a refusal for one only where it proves that nothing was done',
    work: ['done'],
  },
  exclusiveLock: {
    source: 'docs/readers.md, Real readers',
    line: 'another program has the card for itself: 0x8010000b, at the opening or at any command',
    terminal: 'names the program class to close; a command that was refused has an unknown outcome',
    work: ['notDone'],
    pcscCode: 0x8010000b,
  },
} as const satisfies Readonly<Record<string, ReaderQuirk>>;

export type QuirkName = keyof typeof READER_QUIRKS;

/** The row of a quirk, with the members that only some rows have. */
export function readerQuirk(name: QuirkName): ReaderQuirk {
  return READER_QUIRKS[name];
}
