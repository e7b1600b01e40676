// SPDX-License-Identifier: MIT
/**
 * Writes a session as text: a line for everything that is replayed, and under it comments for people.
 * The form is described in docs/transcripts.md; parse-transcript.ts reads it.
 */
import { toHex } from '../../src/bytes/hex.ts';
import type { CurrencyCode } from '../../src/money/currencies.table.ts';
import { civilTime, formatCivil } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { TraceField } from '../card/trace-meaning.ts';
import { formatPcscCode } from '../reader/pcsc-codes.table.ts';
import type { LineFailure, Role, SessionEvent, SessionSink } from './session-event.ts';

/** First line of a transcript, with the version of its form. */
export const TRANSCRIPT_HEADER = 'openpurse-transcript 1';
/** Stands where there are no bytes, no reader or no number. */
export const NOTHING = '-';

export interface TranscriptOptions {
  readonly currency: CurrencyCode;
  readonly beganAt: Instant;
}

/** A sink that writes lines, each whole with its line feed. */
export function transcriptSink(
  write: (text: string) => void,
  { currency, beganAt }: TranscriptOptions,
): SessionSink {
  const sentAt: Record<Role, Instant> = { card: beganAt, sam: beganAt };
  const began = `# ${formatCivil(civilTime(beganAt, 0))} UTC`;
  write(textOf([TRANSCRIPT_HEADER, began, `currency ${currency}`]));
  return (event) => {
    if (event.kind === 'command') sentAt[event.role] = event.at;
    write(textOf(eventLines(event, event.at - sentAt[event.role])));
  };
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function eventLines(event: SessionEvent, elapsedMs: number): readonly string[] {
  const { role } = event;
  // What took no time at all ran on a clock that stands still.
  const after = elapsedMs > 0 ? `, after ${elapsedMs} ms` : '';
  switch (event.kind) {
    case 'present':
      return ['', `${role} present ${hexOrNothing(toHex(event.atr))} ${oneLine(event.reader)}`];
    case 'command': {
      const { hex, title, parameters, fields } = event.entry;
      const about = parameters === undefined ? title : `${title}, ${parameters}`;
      return ['', `${role} > ${hexOrNothing(hex)}`, `#   ${about}`, ...fieldLines(fields)];
    }
    case 'response': {
      const { hex, sw, meaning, fields } = event.entry;
      const said = sw === undefined ? meaning : `${sw} ${meaning}`;
      return [`${role} < ${hexOrNothing(hex)}`, `#   ${said}${after}`, ...fieldLines(fields)];
    }
    case 'failed': {
      const { kind, pcscCode, message } = event.failure;
      const code = pcscCode === undefined ? NOTHING : pcscHex(pcscCode);
      const line = `${role} ! ${kind} ${code} ${oneLine(message)}`;
      return [line, `#   ${failureMeaning(event.failure)}${after}`];
    }
  }
}

function hexOrNothing(hex: string): string {
  return hex === '' ? NOTHING : hex;
}

/** Text that cannot begin a line of its own; nothing is written for a name that is not there. */
function oneLine(text: string | undefined): string {
  const line = (text ?? NOTHING).replace(/\s+/g, ' ').trim();
  return line === '' ? NOTHING : line;
}

/** As PC/SC writes its numbers, without the `0x`. */
function pcscHex(code: number): string {
  return code.toString(16).toUpperCase().padStart(8, '0');
}

function failureMeaning({ kind, pcscCode }: LineFailure): string {
  const known = pcscCode === undefined ? kind : formatPcscCode(pcscCode);
  return `${known}; the outcome of the command is unknown`;
}

const NAME_INDENT = '#     ';
/** Wider bytes do not push the meanings of the others to the right. */
const HEX_WIDTH_MAX = 40;

function fieldLines(fields: readonly TraceField[]): readonly string[] {
  const nameWidth = Math.max(0, ...fields.map(({ name }) => name.length));
  const hexWidth = Math.min(HEX_WIDTH_MAX, Math.max(0, ...fields.map(({ hex }) => hex.length)));
  return fields.map(({ name, hex, meaning = '' }) =>
    `${NAME_INDENT}${name.padEnd(nameWidth)}  ${hex.padEnd(hexWidth)}  ${meaning}`.trimEnd(),
  );
}
