// SPDX-License-Identifier: MIT
/**
 * APPLICATION BLOCK, APPLICATION UNBLOCK and CARD BLOCK. Source: PBOC part 2, 5.2; docs/protocol.md.
 *
 * active -> blockedTemporarily -> active by BLOCK 00 and UNBLOCK; active or blockedTemporarily ->
 * blockedPermanently by BLOCK 01, or by the third wrong MAC on UNBLOCK in a row; any -> cardBlocked.
 */
import { SW } from '../../src/iso7816/status-words.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type CardApplet, type CardHandler } from '../card/card-applet.ts';
import { LIFE_CYCLE } from '../card/card-map.ts';
import { openSecured } from './secure-messaging.ts';

export const UNBLOCK_TRIES = 3;
/** P2 of APPLICATION BLOCK. */
const PERMANENTLY = 0x01;

export const cardBlock: CardHandler = (applet, command) => {
  const { data } = applet;
  openSecured(applet, command, 'applicationBlock');
  data.memory.commit([data.accessChange({ lifeCycle: LIFE_CYCLE.cardBlocked })]);
  return NO_RESPONSE_DATA;
};

export const applicationBlock: CardHandler = (applet, command) => {
  const { data } = applet;
  openSecured(applet, command, 'applicationBlock');
  const lifeCycle =
    command.p2 === PERMANENTLY ? LIFE_CYCLE.blockedPermanently : LIFE_CYCLE.blockedTemporarily;
  data.memory.commit([data.accessChange({ lifeCycle })]);
  return NO_RESPONSE_DATA;
};

/** A wrong MAC takes a try; the last one locks for ever, in the same commit. */
function refuseUnblock(applet: CardApplet, refusal: Refusal): never {
  const { data } = applet;
  if (refusal.sw !== SW.SECURE_MESSAGING_WRONG) throw refusal;
  const unblockTriesLeft = Math.max(0, data.access().unblockTriesLeft - 1);
  const isLast = unblockTriesLeft === 0;
  const lifeCycle = isLast ? LIFE_CYCLE.blockedPermanently : data.lifeCycle;
  data.memory.commit([data.accessChange({ unblockTriesLeft, lifeCycle })]);
  throw new Refusal(isLast ? SW.APPLICATION_LOCKED : refusal.sw, { isCounted: true });
}

export const applicationUnblock: CardHandler = (applet, command) => {
  const { data } = applet;
  // Nobody can lock an application that is not blocked by guessing MACs.
  if (data.lifeCycle !== LIFE_CYCLE.blockedTemporarily) {
    throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  }
  try {
    openSecured(applet, command, 'applicationUnblock');
  } catch (error) {
    if (error instanceof Refusal) refuseUnblock(applet, error);
    throw error;
  }
  const unblocked = { lifeCycle: LIFE_CYCLE.active, unblockTriesLeft: UNBLOCK_TRIES };
  data.memory.commit([data.accessChange(unblocked)]);
  return NO_RESPONSE_DATA;
};
