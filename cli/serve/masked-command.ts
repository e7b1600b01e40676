// SPDX-License-Identifier: MIT
/** A command to a served card or SAM in hexadecimal, with PINs and keys masked. */
import { toHex } from '../../src/bytes/hex.ts';
import { SECRET_COMMANDS } from '../../terminal/card/secret-commands.table.ts';
import { secretIn } from '../../terminal/card/secrets.ts';
import { maskedHex } from '../../terminal/transcript/mask.ts';

/** A card in a reader is open to any program: here keys are masked in every class. */
const KEY_INS: ReadonlySet<number | undefined> = new Set(
  SECRET_COMMANDS.filter(({ secret }) => secret === 'key').map(({ ins }) => ins),
);

/** The command in hexadecimal, `**` for each byte that may be secret. */
export function maskedCommand(command: Uint8Array): string {
  const hex = toHex(command);
  const isSecret = secretIn(command) !== undefined || KEY_INS.has(command[1]);
  return isSecret ? maskedHex(hex) : hex;
}
