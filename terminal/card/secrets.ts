// SPDX-License-Identifier: MIT
/** What a command must not be shown with. Facts: secret-commands.table.ts. */
import { SECRET_COMMANDS, type SecretCommandRow } from './secret-commands.table.ts';

/** The bits of CLA that say secure messaging. ISO/IEC 7816-4, 5.4.1. */
const SECURED_CLASS = 0x0c;
const PROPRIETARY_CLASS = 0x80;

/** The secret that a command carries, by its first two bytes; undefined for none. */
export function secretIn([cla = 0, ins]: ArrayLike<number> & Iterable<number>):
  SecretCommandRow['secret'] | undefined {
  const row = SECRET_COMMANDS.find((known) => known.ins === ins && isIn(known.classes, cla));
  return row?.secret;
}

function isIn(classes: SecretCommandRow['classes'], cla: number): boolean {
  if (classes === 'any') return true;
  return classes === 'plain' ? (cla & SECURED_CLASS) === 0 : (cla & PROPRIETARY_CLASS) !== 0;
}
