// SPDX-License-Identifier: MIT
/** APPLICATION BLOCK for the time being, of which the host knows the key and a terminal holds the card. */
import { CARD_COMMANDS } from './card-commands.table.ts';
import type { PurseSuite } from './suite.ts';

/** P2: until APPLICATION UNBLOCK. docs/protocol.md, File and security commands. */
const TEMPORARILY = 0x00;

/** CLA INS P1 P2 Lc: what the MAC is over; Lc counts the MAC, which is all of the data. */
export function blockCommandHeader({ macSize }: Pick<PurseSuite, 'macSize'>): Uint8Array {
  const { claSecured, ins, p1 } = CARD_COMMANDS.applicationBlock;
  return Uint8Array.of(claSecured, ins, p1, TEMPORARILY, macSize);
}
