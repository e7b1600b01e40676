// SPDX-License-Identifier: MIT
/** Reads a transcript back (docs/transcripts.md): what was presented, sent and answered, in order. */
import { fromHex } from '../../src/bytes/hex.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { FAULTS, type FaultCode } from '../../src/errors/catalogue.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { CURRENCIES, type CurrencyCode } from '../../src/money/currencies.table.ts';
import { PCSC_CODES, type LineFault } from '../reader/pcsc-codes.table.ts';
import type { LineFailure, Role } from './session-event.ts';
import { NOTHING, TRANSCRIPT_HEADER } from './transcript-text.ts';

/** A card or SAM as it was presented. */
export interface RecordedPresence {
  readonly role: Role;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly reader: string | undefined;
  readonly atr: Uint8Array;
}

export type RecordedAnswer =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: LineFailure }
  /** The recording broke off. */
  | { readonly kind: 'missing' };

/** A command and what came of it. */
export interface RecordedExchange {
  readonly presence: RecordedPresence;
  readonly line: number;
  /** Hexadecimal, `**` for a byte that was masked. */
  readonly command: string;
  readonly answer: RecordedAnswer;
}

export interface Transcript {
  readonly currency: CurrencyCode;
  readonly presences: readonly RecordedPresence[];
  readonly exchanges: readonly RecordedExchange[];
}

interface OpenExchange {
  readonly presence: RecordedPresence;
  readonly line: number;
  readonly command: string;
  answer: RecordedAnswer;
}

/**
 * Reads the text of a transcript.
 * @throws DECODE_FAILED naming the line; LIMIT_EXCEEDED.
 */
export function parseTranscript(text: string): Transcript {
  checkLimit('transcriptCharacters', text.length);
  const lines = text.split('\n').map((line) => line.trimEnd());
  checkLimit('transcriptLines', lines.length);
  if (lines[0] !== TRANSCRIPT_HEADER) {
    throw wrongLine(1, `"${TRANSCRIPT_HEADER}"`, quoted(lines[0] ?? ''));
  }
  const reader = new TranscriptReader();
  for (const [index, line] of lines.entries()) {
    const isComment = line === '' || line.startsWith('#');
    if (index > 0 && !isComment) reader.take(line, index + 1);
  }
  return reader.end(lines.length);
}

function checkLimit(name: 'transcriptCharacters' | 'transcriptLines', got: number): void {
  const { max, meaning } = LIMITS[name];
  if (got <= max) return;
  throw new Fault('LIMIT_EXCEEDED', `"transcript" expected at most ${max} ${meaning}, got ${got}`);
}

const EVENT = /^(?<role>card|sam) (?<what>present|[<>!])(?: (?<rest>.*))?$/;
const FORMS = '"card" or "sam", then "present", ">", "<" or "!"';

class TranscriptReader {
  readonly #presences: RecordedPresence[] = [];
  readonly #exchanges: OpenExchange[] = [];
  readonly #present = new Map<Role, RecordedPresence>();
  /** Commands that have no answer yet. */
  readonly #open = new Map<Role, OpenExchange>();
  #currency: CurrencyCode | undefined;

  take(text: string, line: number): void {
    if (this.#currency === undefined) {
      this.#currency = parseCurrency(text, line);
      return;
    }
    const { role, what, rest = '' } = EVENT.exec(text)?.groups ?? {};
    // Only the first word is quoted: the rest may be a PIN that was revealed.
    if (role === undefined || what === undefined)
      throw wrongLine(line, FORMS, quoted(text.split(' ', 1).join('')));
    // The expression knows two roles.
    const who = role as Role;
    switch (what) {
      case 'present':
        this.#takePresent(who, line, rest);
        break;
      case '>':
        this.#takeCommand(who, line, rest);
        break;
      case '<':
        this.#answer(who, line, { kind: 'bytes', bytes: parseBytes(rest, line) });
        break;
      default:
        this.#answer(who, line, { kind: 'failed', failure: parseFailure(rest, line) });
    }
  }

  end(lastLine: number): Transcript {
    if (this.#currency === undefined) throw wrongLine(lastLine, '"currency" and a code', 'the end');
    return {
      currency: this.#currency,
      presences: this.#presences,
      exchanges: this.#exchanges,
    };
  }

  #takePresent(role: Role, line: number, rest: string): void {
    const [atr = '', ...words] = rest.split(' ');
    const name = words.join(' ');
    const reader = name === '' || name === NOTHING ? undefined : name;
    const presence = { role, line, reader, atr: parseBytes(atr, line) };
    this.#presences.push(presence);
    this.#present.set(role, presence);
    this.#open.delete(role);
  }

  #takeCommand(role: Role, line: number, hex: string): void {
    const presence = this.#present.get(role);
    if (presence === undefined) {
      throw wrongLine(line, `"${role} present" before a command`, 'none');
    }
    const isHex = hex === NOTHING || /^(?:[0-9A-Fa-f]{2}|\*\*)+$/.test(hex);
    if (!isHex) throw wrongLine(line, 'pairs of hexadecimal digits or **', 'something else');
    const command = hex === NOTHING ? '' : hex.toUpperCase();
    const exchange: OpenExchange = { presence, line, command, answer: { kind: 'missing' } };
    this.#exchanges.push(exchange);
    this.#open.set(role, exchange);
  }

  #answer(role: Role, line: number, answer: RecordedAnswer): void {
    const exchange = this.#open.get(role);
    if (exchange === undefined) {
      throw wrongLine(line, `a command of "${role}" before its answer`, 'none');
    }
    exchange.answer = answer;
    this.#open.delete(role);
  }
}

function parseCurrency(text: string, line: number): CurrencyCode {
  const { code = '' } = /^currency (?<code>[A-Z]{3})$/.exec(text)?.groups ?? {};
  if (!Object.hasOwn(CURRENCIES, code)) {
    throw wrongLine(
      line,
      `"currency" and one of ${Object.keys(CURRENCIES).join(', ')}`,
      quoted(text),
    );
  }
  return code as CurrencyCode;
}

function parseBytes(hex: string, line: number): Uint8Array {
  if (hex === NOTHING) return new Uint8Array(0);
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) {
    throw wrongLine(line, `pairs of hexadecimal digits or "${NOTHING}"`, quoted(hex));
  }
  return fromHex(hex);
}

const LINE_FAULTS: ReadonlySet<string> = new Set(
  Object.values(PCSC_CODES).flatMap((row) => ('line' in row ? [row.line as string] : [])),
);

function isFailureKind(kind: string): kind is FaultCode | LineFault {
  return LINE_FAULTS.has(kind) || Object.hasOwn(FAULTS, kind);
}

function parseFailure(rest: string, line: number): LineFailure {
  const { kind, code, message } =
    /^(?<kind>\w+) (?<code>-|[0-9A-Fa-f]{8})(?: (?<message>.*))?$/.exec(rest)?.groups ?? {};
  if (kind === undefined || code === undefined || !isFailureKind(kind)) {
    throw wrongLine(
      line,
      'a kind of failure, a number of PC/SC or "-", and a message',
      quoted(rest),
    );
  }
  const pcscCode = code === NOTHING ? undefined : Number.parseInt(code, 16);
  return { kind, pcscCode, message: message ?? '' };
}

function wrongLine(line: number, expected: string, got: string): Fault {
  return new Fault('DECODE_FAILED', `"line ${line}" expected ${expected}, got ${got}`);
}

/** Enough of a line to know it again. */
function quoted(text: string): string {
  return `"${text.slice(0, 40)}${text.length > 40 ? '…' : ''}"`;
}
