// SPDX-License-Identifier: MIT
/** GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE. Source: ISO/IEC 7816-4, 11.6; docs/protocol.md. */
import { equalBytes } from '../../src/bytes/compare.ts';
import { NE_SHORT_MAX } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';

const CHALLENGE_SIZES: readonly number[] = [4, 8];

/** GET RESPONSE: the card answers in full, so nothing ever waits. */
export const getResponse: CardHandler = () => {
  throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
};

export const getChallenge: CardHandler = (applet, command) => {
  const isDefault = command.ne === 0 || command.ne >= NE_SHORT_MAX;
  const size = isDefault ? applet.suite.cardRandomSize : command.ne;
  if (!CHALLENGE_SIZES.includes(size)) throw new Refusal(SW.WRONG_LENGTH);
  const challenge = applet.random.bytes(size);
  applet.session.challenge = challenge;
  return challenge.slice();
};

/** @throws Refusal 6A88 unless P2 is 00 (the only key) or the card's key index. */
function checkKeyNumber(applet: CardApplet, p2: number): void {
  if (p2 !== 0 && p2 !== applet.data.keyIndex) throw new Refusal(SW.REFERENCE_NOT_FOUND);
}

/** The cryptogram is the challenge, padded with zeros to one block, under the key of this purpose. */
export const externalAuthenticate: CardHandler = (applet, command) => {
  const { session, suite, data } = applet;
  checkKeyNumber(applet, command.p2);
  const { challenge } = session;
  if (challenge === null) throw new Refusal(SW.REFERENCE_DATA_INVALID);
  session.challenge = null;
  const block = new Uint8Array(suite.blockSize);
  block.set(challenge);
  const expected = suite.encipher(data.key('externalAuthentication'), block);
  session.isExternallyAuthenticated = equalBytes(expected, command.data);
  if (!session.isExternallyAuthenticated) throw new Refusal(SW.SECURITY_STATUS);
  return NO_RESPONSE_DATA;
};

export const internalAuthenticate: CardHandler = (applet, command) => {
  checkKeyNumber(applet, command.p2);
  return applet.suite.encipher(applet.data.key('internalAuthentication'), command.data);
};
