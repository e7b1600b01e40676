// SPDX-License-Identifier: MIT
/**
 * WRITE KEY: adds a key or the PIN to the key file of the purse. A real card keeps version, algorithm and
 * identifier with each key; a purse of this project has one of each, so keys that disagree are refused
 * (6A80). Source: src/purse/fmcos.table.ts.
 */
import type { CommandApdu } from '../../src/iso7816/apdu.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { FMCOS_PIN_TYPE, WRITE_KEY_HEADER } from '../../src/purse/fmcos-layouts.ts';
import { FMCOS_KEY_SLOTS } from '../../src/purse/fmcos.table.ts';
import {
  KEY_PURPOSE_NAMES,
  KEY_PURPOSES,
  type KeyPurpose,
} from '../../src/purse/key-purposes.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA } from '../card/card-applet.ts';
import {
  ACCESS_ADDRESS,
  CARD_ACCESS,
  CARD_CONSTANTS,
  CONSTANTS_ADDRESS,
  KEY_SIZE,
  LIFE_CYCLE,
  PIN_SIZE_MAX,
} from '../card/card-map.ts';
import { PIN_SIZE_MIN } from '../commands/pin-commands.ts';
import type { MemoryChange } from '../memory/non-volatile-memory.ts';
import type { BlankApplet, BlankHandler } from './blank-applet.ts';
import { hasFile, hasKey, withKey, type BlankContents } from './blank-map.ts';

type Header = ReturnType<typeof WRITE_KEY_HEADER.decode>;

const ADD_KEY = 0x01;

function constantAt(field: string, byte: number): MemoryChange {
  return {
    address: CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf(field),
    bytes: Uint8Array.of(byte),
  };
}

/** The purpose of a key by its type and identifier. @throws Refusal 6A88 */
function purposeOf(keyType: number, id: number): KeyPurpose {
  const found = KEY_PURPOSE_NAMES.find((purpose) => {
    const slot = FMCOS_KEY_SLOTS[purpose];
    const fitsId = slot.id === 'keyIndex' || slot.id === id;
    return KEY_PURPOSES[purpose].fmcos === keyType && fitsId;
  });
  if (found === undefined) throw new Refusal(SW.REFERENCE_NOT_FOUND);
  return found;
}

/** The field of the constants that all keys of a kind share, set by the first of them. @throws Refusal 6A80 */
function shared(
  contents: BlankContents,
  among: readonly KeyPurpose[],
  known: number,
  given: number,
): void {
  const isKnown = among.some((purpose) => hasKey(contents, purpose));
  if (isKnown && known !== given) throw new Refusal(SW.WRONG_DATA);
}

const INDEXED = KEY_PURPOSE_NAMES.filter((name) => FMCOS_KEY_SLOTS[name].id === 'keyIndex');
const VERSIONED = KEY_PURPOSE_NAMES.filter((name) => FMCOS_KEY_SLOTS[name].form === 'version');

function addKey(applet: BlankApplet, id: number, header: Header, key: Uint8Array): void {
  const { contents } = applet;
  const purpose = purposeOf(header.keyType, id);
  if (key.length !== KEY_SIZE) throw new Refusal(SW.WRONG_LENGTH);
  if (hasKey(contents, purpose)) throw new Refusal(SW.WRONG_DATA);
  const { data } = applet.asPurse;
  const place = KEY_SIZE * KEY_PURPOSE_NAMES.indexOf(purpose);
  const keysAddress = CONSTANTS_ADDRESS + CARD_CONSTANTS.offsetOf('keys');
  const changes: MemoryChange[] = [{ address: keysAddress + place, bytes: key }];
  if (VERSIONED.includes(purpose)) {
    if (header.algorithmOrTries !== data.suite.algorithmId) throw new Refusal(SW.WRONG_DATA);
    shared(contents, VERSIONED, data.keyVersion, header.versionOrState);
    changes.push(constantAt('keyVersion', header.versionOrState));
  }
  if (INDEXED.includes(purpose)) {
    shared(contents, INDEXED, data.keyIndex, id);
    changes.push(constantAt('keyIndex', id));
  }
  applet.commit(withKey(contents, purpose), changes);
}

function addPin(applet: BlankApplet, id: number, header: Header, pin: Uint8Array): void {
  const { contents } = applet;
  if (id !== 0) throw new Refusal(SW.REFERENCE_NOT_FOUND);
  if (hasKey(contents, 'pin')) throw new Refusal(SW.WRONG_DATA);
  if (pin.length < PIN_SIZE_MIN || pin.length > PIN_SIZE_MAX) throw new Refusal(SW.WRONG_LENGTH);
  const triesMax = header.algorithmOrTries >> 4;
  const triesLeft = header.algorithmOrTries & 0x0f;
  if (triesLeft > triesMax) throw new Refusal(SW.WRONG_DATA);
  const padded = new Uint8Array(PIN_SIZE_MAX);
  padded.set(pin);
  const access = CARD_ACCESS.encode({
    lifeCycle: LIFE_CYCLE.blank,
    unblockTriesLeft: 0,
    pinTriesLeft: triesLeft,
    pinLength: pin.length,
    pin: padded,
  });
  applet.commit(withKey(contents, 'pin'), [
    constantAt('pinTriesMax', triesMax),
    { address: ACCESS_ADDRESS, bytes: access },
  ]);
}

export const writeKey: BlankHandler = (applet, { p1, p2, data }: CommandApdu) => {
  // P1 other than 01 changes a key that is there: a test card is erased instead.
  if (p1 !== ADD_KEY) throw new Refusal(SW.WRONG_P1_P2);
  if (applet.session.selected !== 'purse') throw new Refusal(SW.CONDITIONS_NOT_SATISFIED);
  if (!hasFile(applet.contents, 'keyFile')) throw new Refusal(SW.FILE_NOT_FOUND);
  const header = WRITE_KEY_HEADER.decode(data.slice(0, WRITE_KEY_HEADER.size));
  const secret = data.slice(WRITE_KEY_HEADER.size);
  if (header.keyType === FMCOS_PIN_TYPE) addPin(applet, p2, header, secret);
  else addKey(applet, p2, header, secret);
  return NO_RESPONSE_DATA;
};
