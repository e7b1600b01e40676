// SPDX-License-Identifier: MIT
/**
 * The cryptography of the grey lock, the pre-authorisation of fuel pumps. Source: PBOC part 9, 7.7, as
 * one public implementation does it (docs/protocol.md, Grey lock); 3DES only. The commands are not built.
 */
import { writeUint } from '../bytes/integer.ts';
import { bytes, constant } from '../codec/field.ts';
import { struct, type LayoutValue } from '../codec/struct.ts';
import { desEcbEncrypt } from '../crypto/des.ts';
import { desMac } from '../crypto/des-mac.ts';
import { invariant } from '../errors/invariant.ts';

/** The transaction type of a grey lock. */
const GREY_LOCK_TYPE = 0x91;

/** What the SAM's MAC1 of a grey lock covers. */
export const GREY_LOCK_MAC1 = struct('greyLockMac1', {
  _transactionType: constant(Uint8Array.of(GREY_LOCK_TYPE)),
  terminalId: bytes(6),
  date: bytes(4),
  time: bytes(3),
});

/** What makes the session key of a grey lock fresh; the counter is the value before the increment. */
export interface GreyLockSession {
  readonly cardRandom: Uint8Array;
  readonly offlineCounter: number;
  readonly terminalCounter: number;
  readonly terminalRandom: Uint8Array;
}

const MAC_SIZE = 4;

/**
 * The session key of 8 bytes:
 * 1. t = 3DES(DPK, cardRandom 4 ‖ offlineCounter 2 ‖ the low half of the terminal counter 2);
 * 2. SESPK = DES(t, terminalRandom 4 ‖ 80000000).
 */
export function greyLockSessionKey(
  purchaseKey: Readonly<Uint8Array>,
  session: GreyLockSession,
): Uint8Array {
  const { cardRandom, terminalRandom } = session;
  invariant(cardRandom.length === 4, `"cardRandom" expected 4 bytes, got ${cardRandom.length}`);
  invariant(
    terminalRandom.length === 4,
    `"terminalRandom" expected 4 bytes, got ${terminalRandom.length}`,
  );
  const first = new Uint8Array(8);
  first.set(cardRandom);
  writeUint(first, 4, 2, session.offlineCounter);
  writeUint(first, 6, 2, session.terminalCounter & 0xffff);
  const second = new Uint8Array(8);
  second.set(terminalRandom);
  second[4] = 0x80;
  return desEcbEncrypt(desEcbEncrypt(purchaseKey, first), second);
}

/** MAC1 of 4 bytes, by which the SAM asks the card to lock. */
export function greyLockMac1(
  sessionKey: Readonly<Uint8Array>,
  input: LayoutValue<typeof GREY_LOCK_MAC1>,
): Uint8Array {
  return desMac(sessionKey, GREY_LOCK_MAC1.encode(input)).slice(0, MAC_SIZE);
}
