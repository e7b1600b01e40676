// SPDX-License-Identifier: MIT
/**
 * VERIFY, CHANGE PIN, RELOAD PIN and PIN UNBLOCK. Source: PBOC part 2, 5.2; docs/protocol.md.
 * A try is taken off and committed before the PIN is compared, so that tearing the card out at the right
 * moment never gives a try for nothing.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { invariant } from '../../src/errors/invariant.ts';
import { SW, swTriesLeft } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import { PIN_SIZE_MAX } from '../card/card-map.ts';
import type { MemoryChange } from '../memory/non-volatile-memory.ts';
import { openSecured } from './secure-messaging.ts';

export const PIN_SIZE_MIN = 2;
/** Between the old and the new PIN of CHANGE PIN; no BCD digit pair has this value. */
const SEPARATOR = 0xff;
const PADDING = 0x80;

function isPinSize(size: number): boolean {
  return size >= PIN_SIZE_MIN && size <= PIN_SIZE_MAX;
}

/** The change that sets a new PIN with all its tries. */
function newPinChange(applet: CardApplet, pin: Readonly<Uint8Array>): MemoryChange {
  const padded = new Uint8Array(PIN_SIZE_MAX);
  padded.set(pin);
  return applet.data.accessChange({
    pin: padded,
    pinLength: pin.length,
    pinTriesLeft: applet.data.pinTriesMax,
  });
}

/** @throws Refusal 6983 with no tries left, 63Cx on a wrong PIN. */
function comparePin(applet: CardApplet, candidate: Readonly<Uint8Array>): void {
  const { data, session } = applet;
  const { pin, pinLength, pinTriesLeft } = data.access();
  if (pinTriesLeft === 0) throw new Refusal(SW.AUTHENTICATION_LOCKED);
  const triesLeft = pinTriesLeft - 1;
  data.memory.commit([data.accessChange({ pinTriesLeft: triesLeft })]);
  invariant(data.access().pinTriesLeft === triesLeft, '"pinTriesLeft" expected one try less');
  if (equalBytes(pin.subarray(0, pinLength), candidate)) return;
  session.isPinVerified = false;
  throw new Refusal(swTriesLeft(triesLeft), { isCounted: true });
}

export const verify: CardHandler = (applet, command) => {
  const { data } = applet;
  comparePin(applet, command.data);
  data.memory.commit([data.accessChange({ pinTriesLeft: data.pinTriesMax })]);
  applet.session.isPinVerified = true;
  return NO_RESPONSE_DATA;
};

export const changePin: CardHandler = (applet, command) => {
  const separator = command.data.indexOf(SEPARATOR);
  const newPin = command.data.slice(separator + 1);
  if (!isPinSize(separator) || !isPinSize(newPin.length)) throw new Refusal(SW.WRONG_DATA);
  comparePin(applet, command.data.subarray(0, separator));
  applet.data.memory.commit([newPinChange(applet, newPin)]);
  return NO_RESPONSE_DATA;
};

/** The MAC is over the new PIN alone, with no challenge: the field's protocol. */
export const reloadPin: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const split = command.data.length - suite.macSize;
  const pin = command.data.slice(0, split);
  const expected = suite.pinReloadKey(data.key('pinReload')).mac(pin);
  if (!equalBytes(expected, command.data.subarray(split))) throw new Refusal(SW.MAC_INVALID);
  data.memory.commit([newPinChange(applet, pin)]);
  return NO_RESPONSE_DATA;
};

/** The PIN in len ‖ PIN ‖ 80 00.., or undefined when the block is anything else. */
function pinOfBlock(block: Readonly<Uint8Array>): Uint8Array | undefined {
  const length = block[0] ?? 0;
  if (!isPinSize(length)) return undefined;
  const end = 1 + length;
  const isPadded = block.every(
    (byte, index) => index < end || byte === (index === end ? PADDING : 0),
  );
  return isPadded ? block.slice(1, end) : undefined;
}

export const pinUnblock: CardHandler = (applet, command) => {
  const { data, suite } = applet;
  const enciphered = openSecured(applet, command, 'pinUnblock');
  const pin = pinOfBlock(suite.decipher(data.key('pinUnblock'), enciphered));
  if (pin === undefined) throw new Refusal(SW.WRONG_DATA);
  data.memory.commit([newPinChange(applet, pin)]);
  return NO_RESPONSE_DATA;
};
