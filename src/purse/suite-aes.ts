// SPDX-License-Identifier: MIT
/**
 * Suite 88: AES-128, this project's default. Source: docs/protocol.md, AES suite: AN10922 card keys, SP
 * 800-108 session keys, AES-CMAC cut to 8 bytes.
 */
import { concat } from '../bytes/concat.ts';
import { writeUint } from '../bytes/integer.ts';
import { cmac, prepareCmacKey } from '../crypto/aes-cmac.ts';
import { aesEcbDecrypt, aesEcbEncrypt } from '../crypto/aes.ts';
import { diversifyAes128 } from '../crypto/an10922.ts';
import { deriveCounterMode } from '../crypto/kdf108.ts';
import { invariant } from '../errors/invariant.ts';
import { KEY_PURPOSES } from './key-purposes.table.ts';
import { SESSION_KEYS, type SessionName } from './session-keys.table.ts';
import type { MacKey, PurseSuite, SessionInput } from './suite.ts';

const MAC_SIZE = 8;
const KEY_SIZE = 16;
const CHALLENGE_BLOCK = 16;

function macKey(key: Uint8Array): MacKey {
  const prepared = prepareCmacKey(key);
  return { mac: (input) => cmac(prepared, input).slice(0, MAC_SIZE) };
}

/** label ‖ 00 ‖ cardRandom 8 ‖ counter 2 ‖ terminalCounter 4 ‖ 0080, with room for the fresh values. */
function fixedTemplate(session: SessionName): Uint8Array {
  const label = Uint8Array.from(SESSION_KEYS[session].label, (character) =>
    character.charCodeAt(0),
  );
  const template = new Uint8Array(label.length + 17);
  template.set(label);
  writeUint(template, template.length - 2, 2, 8 * KEY_SIZE);
  return template;
}

const TEMPLATES: Readonly<Record<SessionName, Uint8Array>> = {
  purchase: fixedTemplate('purchase'),
  load: fixedTemplate('load'),
  unload: fixedTemplate('unload'),
  limit: fixedTemplate('limit'),
};

function sessionContext(input: SessionInput): Uint8Array {
  const fixed = TEMPLATES[input.session].slice();
  const isTerminal = SESSION_KEYS[input.session].tail === 'terminal';
  fixed.set(input.cardRandom, fixed.length - 16);
  writeUint(fixed, fixed.length - 8, 2, input.counter);
  writeUint(fixed, fixed.length - 6, 4, isTerminal ? input.terminalCounter : 0);
  return fixed;
}

/** The AES-128 suite. */
export const AES_SUITE: PurseSuite = {
  name: 'aes',
  algorithmId: 0x88,
  macSize: MAC_SIZE,
  cardRandomSize: 8,
  blockSize: 16,
  issuerMasterKey(key, purpose) {
    const prepared = prepareCmacKey(key);
    const m = new Uint8Array(11);
    m[10] = KEY_PURPOSES[purpose].aes;
    return {
      cardKey(serial) {
        invariant(serial.length === 10, `"serial" expected 10 bytes, got ${serial.length}`);
        m.set(serial);
        return diversifyAes128(prepared, m);
      },
    };
  },
  sessionMasterKey(key) {
    const prepared = prepareCmacKey(key);
    return {
      sessionKey: (input) =>
        macKey(
          deriveCounterMode(prepared, sessionContext(input), { counterSize: 1, length: KEY_SIZE }),
        ),
    };
  },
  tacKey: macKey,
  pinReloadKey: macKey,
  // CMAC has no initial vector: the challenge is a first block of its own.
  secureMessagingMac(key, challenge, input) {
    const first = new Uint8Array(CHALLENGE_BLOCK);
    first.set(challenge);
    return macKey(key).mac(concat(first, input));
  },
  encipher: aesEcbEncrypt,
  decipher: aesEcbDecrypt,
};
