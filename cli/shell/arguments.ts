// SPDX-License-Identifier: MIT
/** Arguments of shell commands. No message repeats what was typed: it may be a PIN in the wrong place. */
import { fromHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import { decodeCommand } from '../../src/iso7816/apdu.ts';

/** A whole number, decimal. @throws USAGE */
export function numberArgument(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Fault('USAGE', `"${name}" expected a whole number from 1 to ${most}`);
}

/** `15` or `EF15`: the short identifier of a file. Source: ISO/IEC 7816-4, 5.3.1.1: 1 to 30. @throws USAGE */
export function shortFileIdArgument(text: string): number {
  const digits = /^(?:ef)?([01][0-9a-f])$/i.exec(text)?.[1] ?? '0';
  const value = Number.parseInt(digits, 16);
  if (value >= 1 && value <= 30) return value;
  throw new Fault('USAGE', '"SFI" expected two hexadecimal digits from 01 to 1E, such as 15');
}

/** A whole command APDU, hexadecimal. @throws USAGE */
export function apduArgument(name: string, text: string): Uint8Array {
  try {
    const bytes = fromHex(text, name);
    decodeCommand(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const problem = error.message.replace(`"${name}" `, '');
    throw new Fault('USAGE', `"${name}" expected a whole command APDU in hex: ${problem}`, {
      cause: error,
    });
  }
}
