// SPDX-License-Identifier: MIT
/**
 * Command and response APDUs. Source: ISO/IEC 7816-4:2020, 5.2 (command-response pairs) and 5.3.
 *
 * case 1   CLA INS P1 P2
 * case 2S  … Le              case 2E  … 00 LeHi LeLo
 * case 3S  … Lc data         case 3E  … 00 LcHi LcLo data
 * case 4S  … Lc data Le      case 4E  … 00 LcHi LcLo data LeHi LeLo
 */
import { DecodeError } from '../errors/fault.ts';
import { Defect } from '../errors/invariant.ts';
import { toHex } from '../bytes/hex.ts';
import { readUint, writeUint } from '../bytes/integer.ts';

/** The cases of 5.2: S for short, E for extended length fields. */
export type ApduCase = '1' | '2S' | '2E' | '3S' | '3E' | '4S' | '4E';

/** A command APDU. `ne` is the number of bytes that are expected at most: 0 for none, 65,536 at most. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  readonly ne: number;
  /** Extended length fields even where short ones would do. */
  readonly isExtended?: boolean;
}

/** A response APDU: its data field and SW1-SW2. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** The largest Ne of a short Le, coded 00. */
export const NE_SHORT_MAX = 256;
/** The largest Ne of an extended Le, coded 0000. */
const NE_EXTENDED_MAX = 65_536;
const NC_SHORT_MAX = 255;
const NC_EXTENDED_MAX = 65_535;
const NO_DATA = new Uint8Array(0);

/** The case of 5.2 that a command falls under. */
export function apduCase(command: CommandApdu): ApduCase {
  const { data, ne } = command;
  const isExtended = command.isExtended === true || data.length > NC_SHORT_MAX || ne > NE_SHORT_MAX;
  if (data.length === 0) {
    if (ne === 0) return '1';
    return isExtended ? '2E' : '2S';
  }
  if (ne === 0) return isExtended ? '3E' : '3S';
  return isExtended ? '4E' : '4S';
}

function checkByte(name: string, byte: number): void {
  if (!Number.isInteger(byte) || byte < 0 || byte > 255) {
    throw new Defect(`"${name}" expected one byte, got ${byte}`);
  }
}

function checkRanges(command: CommandApdu): void {
  const { cla, ins, p1, p2, data, ne } = command;
  checkByte('cla', cla);
  checkByte('ins', ins);
  checkByte('p1', p1);
  checkByte('p2', p2);
  if (data.length > NC_EXTENDED_MAX) {
    throw new Defect(`"data" expected at most ${NC_EXTENDED_MAX} bytes, got ${data.length}`);
  }
  if (!Number.isInteger(ne) || ne < 0 || ne > NE_EXTENDED_MAX) {
    throw new Defect(`"ne" expected 0 to ${NE_EXTENDED_MAX}, got ${ne}`);
  }
}

/** The command as it goes over the line. An `ne` of 256 (short) or 65,536 (extended) is coded as 00. */
export function encodeCommand(command: CommandApdu): Uint8Array {
  checkRanges(command);
  const { data, ne } = command;
  const kind = apduCase(command);
  const isExtended = kind.endsWith('E');
  const lcSize = data.length === 0 ? 0 : isExtended ? 3 : 1;
  const leSize = ne === 0 ? 0 : kind === '2E' ? 3 : isExtended ? 2 : 1;
  const bytes = new Uint8Array(4 + lcSize + data.length + leSize);
  bytes[0] = command.cla;
  bytes[1] = command.ins;
  bytes[2] = command.p1;
  bytes[3] = command.p2;
  if (lcSize > 0) writeUint(bytes, 4, lcSize, data.length);
  bytes.set(data, 4 + lcSize);
  if (leSize === 1) bytes[bytes.length - 1] = ne & 0xff;
  else if (leSize > 1) writeUint(bytes, bytes.length - 2, 2, ne & 0xffff);
  return bytes;
}

/**
 * Reads a command.
 * @throws DECODE_FAILED when the length fields and the number of bytes disagree.
 */
export function decodeCommand(bytes: Readonly<Uint8Array>): CommandApdu {
  if (bytes.length < 4) {
    throw new DecodeError(
      'command',
      bytes.length,
      `expected a header of 4 bytes, got ${bytes.length}`,
    );
  }
  // Read as one number: taking a typed array apart by a pattern runs its iterator, which costs more than
  // all the rest, and every APDU of card, SAM and terminal comes through here.
  const header = readUint(bytes, 0, 4);
  const cla = header >>> 24;
  const ins = (header >>> 16) & 0xff;
  const p1 = (header >>> 8) & 0xff;
  const p2 = header & 0xff;
  // Member by member: a spread costs more than the rest as well.
  const { data, ne, isExtended } = decodeBody(bytes);
  if (isExtended === true) return { cla, ins, p1, p2, data, ne, isExtended };
  return { cla, ins, p1, p2, data, ne };
}

type CommandBody = Pick<CommandApdu, 'data' | 'isExtended' | 'ne'>;

function decodeBody(bytes: Readonly<Uint8Array>): CommandBody {
  const body = bytes.length - 4;
  const first = bytes[4] ?? 0;
  const expected = (le: number): number => (le === 0 ? NE_SHORT_MAX : le);
  if (body === 0) return { data: NO_DATA, ne: 0 };
  if (body === 1) return { data: NO_DATA, ne: expected(first) };
  if (first === 0) return decodeExtendedBody(bytes);
  const isCase4 = body === first + 2;
  if (body !== first + 1 && !isCase4) {
    throw new DecodeError(
      'command.lc',
      4,
      `expected ${body - 1} or ${body - 2} bytes of data, got Lc ${first}`,
    );
  }
  const ne = isCase4 ? expected(bytes[bytes.length - 1] ?? 0) : 0;
  return { data: bytes.slice(5, 5 + first), ne };
}

function decodeExtendedBody(bytes: Readonly<Uint8Array>): CommandBody {
  const body = bytes.length - 4;
  const number = (offset: number): number => ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
  const expected = (le: number): number => (le === 0 ? NE_EXTENDED_MAX : le);
  if (body === 3) return { data: NO_DATA, ne: expected(number(5)), isExtended: true };
  const lc = body > 3 ? number(5) : 0;
  const isCase4 = body === lc + 5;
  if (lc === 0 || (body !== lc + 3 && !isCase4)) {
    throw new DecodeError(
      'command.lc',
      4,
      `expected extended length fields that fit ${body} bytes, got Lc ${lc}`,
    );
  }
  return {
    data: bytes.slice(7, 7 + lc),
    ne: isCase4 ? expected(number(bytes.length - 2)) : 0,
    isExtended: true,
  };
}

/** A response as it goes over the line: data, SW1, SW2. */
export function encodeResponse(response: ResponseApdu): Uint8Array {
  const bytes = new Uint8Array(response.data.length + 2);
  bytes.set(response.data);
  bytes[bytes.length - 2] = response.sw >> 8;
  bytes[bytes.length - 1] = response.sw & 0xff;
  return bytes;
}

/** @throws DECODE_FAILED under two bytes: then nothing is known of what the card did. */
export function decodeResponse(bytes: Readonly<Uint8Array>): ResponseApdu {
  if (bytes.length < 2) {
    throw new DecodeError(
      'response',
      bytes.length,
      `expected at least SW1 SW2, got ${bytes.length} bytes`,
    );
  }
  const sw = ((bytes[bytes.length - 2] ?? 0) << 8) | (bytes[bytes.length - 1] ?? 0);
  return { data: bytes.slice(0, -2), sw };
}

/** A status word as four hexadecimal digits. */
export function formatSw(sw: number): string {
  return toHex(Uint8Array.of(sw >> 8, sw & 0xff));
}
