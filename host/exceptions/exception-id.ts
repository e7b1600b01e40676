// SPDX-License-Identifier: MIT
import { toHex } from '../../src/bytes/hex.ts';
import { sha256 } from '../../src/crypto/sha256.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';

/** `E` and ten hexadecimal digits: the same rule, subject and key have the same id in every report. */
export function exceptionId(rule: RuleName, subject: string, key: string): string {
  return `E${toHex(sha256(new TextEncoder().encode(`${rule}\n${subject}\n${key}`))).slice(0, 10)}`;
}
