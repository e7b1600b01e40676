// SPDX-License-Identifier: MIT
/** Keeps PINs and keys out of transcripts and messages. */
import { toHex } from '../../src/bytes/hex.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import type { TracedCommand } from '../card/trace.ts';
import { SECRET_COMMANDS } from './secret-commands.table.ts';

/** One byte that is not told. */
export const MASKED_BYTE = '**';

/** CLA, INS, P1, P2 and the first byte of Lc are told. */
const TOLD_BYTES = 5;

const PIN_INS: ReadonlySet<number> = new Set([
  CARD_COMMANDS.verify.ins,
  CARD_COMMANDS.changePin.ins,
  CARD_COMMANDS.reloadPin.ins,
]);
const KEY_INS: ReadonlySet<number> = new Set(Object.values(SECRET_COMMANDS).map(({ ins }) => ins));

/** The entry of `bytes` with their full length, and `**` for every byte that may be secret. */
export function maskSecrets(entry: TracedCommand, bytes: Uint8Array): TracedCommand {
  const full = toHex(bytes);
  // The trace masks PINs itself, then its text is not that of the bytes.
  const hasPin = entry.hex !== full;
  const hex = hasPin ? masked(full) : maskHex(full);
  if (hex === full) return entry;
  return { ...entry, hex, fields: hasPin ? entry.fields : [] };
}

/** The same for a command of which only the hexadecimal digits are known. */
export function maskHex(hex: string): string {
  const cla = Number.parseInt(hex.slice(0, 2), 16);
  const ins = Number.parseInt(hex.slice(2, 4), 16);
  const isSecret = PIN_INS.has(ins) || ((cla & 0x80) !== 0 && KEY_INS.has(ins));
  return isSecret ? masked(hex) : hex;
}

function masked(hex: string): string {
  const told = hex.slice(0, 2 * TOLD_BYTES);
  return told + MASKED_BYTE.repeat((hex.length - told.length) / 2);
}
