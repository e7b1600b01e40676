// SPDX-License-Identifier: MIT
/** What a command to a served card or SAM was, with PINs and keys masked. */
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { decodeCommand } from '../../src/iso7816/apdu.ts';
import { CARD_COMMANDS } from '../../src/purse/card-commands.table.ts';
import { describeCommand } from '../../terminal/card/trace-commands.ts';
import { MASKED_BYTE } from '../../terminal/transcript/mask.ts';
import { SECRET_COMMANDS } from '../../terminal/transcript/secret-commands.table.ts';
import type { SlotName } from './controls.table.ts';

/** CLA, INS, P1, P2 and the first byte of Lc are told. */
const TOLD_BYTES = 5;

/** Masked in every class and length: who sends them wrongly still sends a secret. */
const SECRET_INS: ReadonlySet<number | undefined> = new Set([
  CARD_COMMANDS.verify.ins,
  CARD_COMMANDS.changePin.ins,
  CARD_COMMANDS.reloadPin.ins,
  ...Object.values(SECRET_COMMANDS).map(({ ins }) => ins),
]);

/** `INITIALIZE FOR PURCHASE`. */
export function commandTitle(slot: SlotName, command: Uint8Array): string {
  try {
    const role = slot === 'card' ? 'card' : 'sam';
    return describeCommand(role, decodeCommand(command), undefined).title;
  } catch (error) {
    if (error instanceof Fault) return 'malformed command';
    throw error;
  }
}

/** The command in hexadecimal, `**` for each byte that may be secret. */
export function maskedCommand(command: Uint8Array): string {
  if (!SECRET_INS.has(command[1])) return toHex(command);
  const told = toHex(command.subarray(0, TOLD_BYTES));
  return told + MASKED_BYTE.repeat(Math.max(0, command.length - TOLD_BYTES));
}
