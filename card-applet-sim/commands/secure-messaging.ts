// SPDX-License-Identifier: MIT
/**
 * Secured commands (class 04, 84). Source: docs/protocol.md, Secure messaging: the MAC is over CLA INS P1
 * P2 Lc, where Lc counts the MAC, and the data; it is bound to the last challenge, which it uses up.
 */
import { concat } from '../../src/bytes/concat.ts';
import { equalBytes } from '../../src/bytes/compare.ts';
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import type { KeyPurpose } from '../../src/purse/key-purposes.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import type { CardApplet } from '../card/card-applet.ts';

/** Class bytes whose low nibble is 4 announce a MAC. */
export function isSecured(command: CommandApdu): boolean {
  return (command.cla & 0x0f) === 0x04;
}

/**
 * The data of a secured command without its MAC.
 * @throws Refusal 6987 with no room for a MAC, 6984 without a challenge, 6988 on a wrong MAC.
 */
export function openSecured(
  applet: CardApplet,
  command: CommandApdu,
  purpose: KeyPurpose,
): Uint8Array {
  const { suite, session } = applet;
  const { cla, ins, p1, p2, data } = command;
  const split = data.length - suite.macSize;
  if (split < 0) throw new Refusal(SW.SECURE_MESSAGING_MISSING);
  const { challenge } = session;
  if (challenge === null) throw new Refusal(SW.REFERENCE_DATA_INVALID);
  session.challenge = null;
  // An Lc above FF has the three bytes of an extended length field. ISO/IEC 7816-4, 5.2.
  const lc = data.length <= 0xff ? [data.length] : [0, data.length >> 8, data.length & 0xff];
  const plain = data.slice(0, split);
  const input = concat(Uint8Array.of(cla, ins, p1, p2, ...lc), plain);
  const expected = suite.secureMessagingMac(applet.data.key(purpose), challenge, input);
  if (!equalBytes(expected, data.subarray(split))) throw new Refusal(SW.SECURE_MESSAGING_WRONG);
  return plain;
}
