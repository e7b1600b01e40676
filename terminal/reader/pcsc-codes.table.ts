// SPDX-License-Identifier: MIT
/**
 * What PC/SC says when something is wrong, by number: the texts are localised, the numbers are not.
 * Source: pcsc-lite 1.9.9, `pcsclite.h`; Windows uses the same numbers, save where noted.
 */

/** What a fault of a line to a card means to the one who taps. */
export type LineFault = 'mute' | 'removed' | 'reset' | 'sharing' | 'unknownOutcome';

export interface PcscCodeRow {
  readonly name: string;
  readonly meaning: string;
  /** Undefined: a matter of the service or the reader, not of the card. */
  readonly line?: LineFault;
}

const row = (name: string, meaning: string, line?: LineFault): PcscCodeRow =>
  line === undefined ? { name, meaning } : { name, meaning, line };

export const PCSC_CODES = {
  0x80100001: row('SCARD_F_INTERNAL_ERROR', 'the service failed', 'unknownOutcome'),
  0x80100002: row('SCARD_E_CANCELLED', 'the request was cancelled', 'unknownOutcome'),
  0x80100003: row('SCARD_E_INVALID_HANDLE', 'the connection is gone', 'reset'),
  0x80100004: row('SCARD_E_INVALID_PARAMETER', 'a parameter was not accepted', 'unknownOutcome'),
  0x80100006: row('SCARD_E_NO_MEMORY', 'the service is out of memory', 'unknownOutcome'),
  0x80100008: row(
    'SCARD_E_INSUFFICIENT_BUFFER',
    'the answer is longer than the buffer',
    'unknownOutcome',
  ),
  0x80100009: row('SCARD_E_UNKNOWN_READER', 'the reader is gone', 'removed'),
  0x8010000a: row('SCARD_E_TIMEOUT', 'the card did not answer in time', 'mute'),
  0x8010000b: row(
    'SCARD_E_SHARING_VIOLATION',
    'another program has the card for itself',
    'sharing',
  ),
  0x8010000c: row('SCARD_E_NO_SMARTCARD', 'there is no card in the reader', 'removed'),
  0x8010000f: row('SCARD_E_PROTO_MISMATCH', 'the card does not speak the protocol asked for'),
  0x80100010: row('SCARD_E_NOT_READY', 'the reader is not ready', 'mute'),
  0x80100016: row('SCARD_E_NOT_TRANSACTED', 'the transfer was broken off', 'unknownOutcome'),
  0x80100017: row('SCARD_E_READER_UNAVAILABLE', 'the reader is gone', 'removed'),
  0x8010001d: row('SCARD_E_NO_SERVICE', 'the smart-card service is not running'),
  0x8010001e: row(
    'SCARD_E_SERVICE_STOPPED',
    'the smart-card service has stopped',
    'unknownOutcome',
  ),
  0x8010002e: row('SCARD_E_NO_READERS_AVAILABLE', 'no reader is connected'),
  0x80100065: row('SCARD_W_UNSUPPORTED_CARD', 'the reader cannot talk to this card'),
  0x80100066: row('SCARD_W_UNRESPONSIVE_CARD', 'the card does not answer to a reset', 'mute'),
  0x80100067: row('SCARD_W_UNPOWERED_CARD', 'the card has no power', 'reset'),
  0x80100068: row('SCARD_W_RESET_CARD', 'another program has reset the card', 'reset'),
  0x80100069: row('SCARD_W_REMOVED_CARD', 'the card was taken away', 'removed'),
  0x8010006a: row('SCARD_W_SECURITY_VIOLATION', 'access was denied: permissions of the service'),
} as const satisfies Readonly<Record<number, PcscCodeRow>>;

/** The code in an error of the PC/SC library: its text carries it as `(0x80100069)`; else undefined. */
export function pcscCodeIn(text: string): number | undefined {
  const { code: hex } = /0x(?<code>[0-9a-f]{8})\b/i.exec(text)?.groups ?? {};
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

/** The row of a code. */
export function pcscCodeRow(code: number): PcscCodeRow | undefined {
  const rows: Readonly<Record<number, PcscCodeRow>> = PCSC_CODES;
  return rows[code];
}

/** `0x80100069 SCARD_W_REMOVED_CARD: the card was taken away`. */
export function formatPcscCode(code: number): string {
  const known = pcscCodeRow(code);
  const hex = `0x${code.toString(16).padStart(8, '0')}`;
  return known === undefined ? hex : `${hex} ${known.name}: ${known.meaning}`;
}
