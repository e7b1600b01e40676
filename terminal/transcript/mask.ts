// SPDX-License-Identifier: MIT
/** Keeps PINs and keys out of transcripts and messages. */
import { toHex } from '../../src/bytes/hex.ts';
import { secretIn } from '../card/secrets.ts';
import type { TracedCommand } from '../card/trace.ts';

/** One byte that is not told. */
export const MASKED_BYTE = '**';

/** CLA, INS, P1, P2 and the first byte of Lc are told. */
const TOLD_DIGITS = 2 * 5;

/** The entry of `bytes` with their full length, and `**` for every byte that may be secret. */
export function maskSecrets(entry: TracedCommand, bytes: Uint8Array): TracedCommand {
  const secret = secretIn(bytes);
  const full = toHex(bytes);
  const hex = secret === undefined ? full : maskedHex(full);
  if (hex === full) return entry;
  // The trace masks the fields of a PIN itself; those of a key would show it.
  return { ...entry, hex, fields: secret === 'pin' ? entry.fields : [] };
}

/** The same for a command of which only the hexadecimal digits are known. */
export function maskHex(hex: string): string {
  const header = [hex.slice(0, 2), hex.slice(2, 4)].map((byte) => Number.parseInt(byte, 16));
  return secretIn(header) === undefined ? hex : maskedHex(hex);
}

/** A command in hexadecimal with `**` for each byte after its header. */
export function maskedHex(hex: string): string {
  const told = hex.slice(0, TOLD_DIGITS);
  return told + MASKED_BYTE.repeat((hex.length - told.length) / 2);
}
