// SPDX-License-Identifier: MIT
/**
 * Suite 00: triple DES, exactly as PBOC/FMCOS cards do it. Source: docs/protocol.md, 3DES suite.
 * Card keys have 16 bytes; a session key has 8 and makes single-DES MACs, cut to 4 bytes.
 */
import { concat } from '../bytes/concat.ts';
import { writeUint } from '../bytes/integer.ts';
import { desEcbDecrypt, desEcbEncrypt, diversifyTdes, prepareDesKey, xor } from '../crypto/des.ts';
import { desMac, retailMac } from '../crypto/des-mac.ts';
import { SESSION_KEYS } from './session-keys.table.ts';
import type { MacKey, PurseSuite, SessionInput } from './suite.ts';

const MAC_SIZE = 4;

function macKey(key: Uint8Array): MacKey {
  const prepared = prepareDesKey(key);
  return { mac: (input) => desMac(prepared, input).slice(0, MAC_SIZE) };
}

/** A 16-byte key used as one of 8: its halves XORed (TAC, RELOAD PIN). */
function foldedKey(key: Uint8Array): MacKey {
  return macKey(xor(key.slice(0, 8), key.slice(8)));
}

/** cardRandom 4 ‖ counter 2 ‖ terminal counter's low half, or 8000. */
function sessionBlock(input: SessionInput): Uint8Array {
  const block = new Uint8Array(8);
  block.set(input.cardRandom);
  writeUint(block, 4, 2, input.counter);
  const isTerminal = SESSION_KEYS[input.session].tail === 'terminal';
  writeUint(block, 6, 2, isTerminal ? input.terminalCounter & 0xffff : 0x8000);
  return block;
}

/** The triple DES suite. */
export const TDES_SUITE: PurseSuite = {
  name: 'tdes',
  algorithmId: 0x00,
  macSize: MAC_SIZE,
  cardRandomSize: 4,
  blockSize: 8,
  // The last level of diversification takes the rightmost 8 bytes of the serial number.
  issuerMasterKey(key) {
    const prepared = prepareDesKey(key);
    return { cardKey: (serial) => diversifyTdes(prepared, serial.slice(-8)) };
  },
  sessionMasterKey(key) {
    const prepared = prepareDesKey(key);
    return { sessionKey: (input) => macKey(desEcbEncrypt(prepared, sessionBlock(input))) };
  },
  tacKey: foldedKey,
  pinReloadKey: foldedKey,
  secureMessagingMac(key, challenge, input) {
    const iv = new Uint8Array(8);
    iv.set(challenge.slice(0, 8));
    return retailMac(key, input, iv).slice(0, MAC_SIZE);
  },
  encipher: desEcbEncrypt,
  decipher: desEcbDecrypt,
};

/** A master key taken down one level: to an issuer or a city, by 8 bytes of its identifier. */
export function diversifyLevels(master: Uint8Array, levels: readonly Uint8Array[]): Uint8Array {
  return levels.reduce<Uint8Array>((key, level) => diversifyTdes(key, level), concat(master));
}
