// SPDX-License-Identifier: MIT
/**
 * Secure Channel Protocol 03, the off-card end. Source: GlobalPlatform Card Specification, Amendment D:
 * 4.1.5 (key derivation), 6.2.1 (session keys), 6.2.2 (cryptograms), 6.2.4 (C-MAC), 6.2.5 (R-MAC), 6.2.6
 * (C-ENC), 6.2.7 (R-ENC), 7.1.1 (INITIALIZE UPDATE), 7.1.2 (EXTERNAL AUTHENTICATE); S8 mode, that is,
 * challenges, cryptograms and MACs of 8 bytes. A building block for a modernised purse; no flow uses it.
 */
import { concat } from '../bytes/concat.ts';
import { equalBytes } from '../bytes/compare.ts';
import { uintBytes } from '../bytes/integer.ts';
import { bytes, uint8 } from '../codec/field.ts';
import { struct } from '../codec/struct.ts';
import { DecodeError, Fault } from '../errors/fault.ts';
import { invariant } from '../errors/invariant.ts';
import { encodeCommand, type CommandApdu, type ResponseApdu } from '../iso7816/apdu.ts';
import { AES_BLOCK, cmac, prepareCmacKey, type CmacKey } from './aes-cmac.ts';
import { aesCbcDecrypt, aesCbcEncrypt, aesEcbEncrypt } from './aes.ts';
import { padMethod2 } from './padding.ts';

/** The card's static keys that open a channel; each of 16, 24 or 32 bytes. Key-DEK takes no part. */
export interface Scp03Keys {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
}

/** The random numbers of both ends, 8 bytes each: the context of every derivation. */
export interface Scp03Challenges {
  readonly host: Uint8Array;
  readonly card: Uint8Array;
}

/** S-ENC, S-MAC and S-RMAC, as long as the static keys. */
export interface Scp03SessionKeys {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
  readonly rmac: Uint8Array;
}

/** 01 C-MAC; 03 and C-ENC; 11 C-MAC and R-MAC; 33 all four. Amendment D, table 7-4. */
export type Scp03Level = 0x01 | 0x03 | 0x11 | 0x33;

const C_ENC = 0x02;
const R_MAC = 0x10;
const R_ENC = 0x20;

const MAC_SIZE = 8;
const CHALLENGE_SIZE = 8;
const SECURED = 0x04;

/** Data derivation constants. Amendment D, table 4-1. */
const CONSTANT = {
  cardCryptogram: 0x00,
  hostCryptogram: 0x01,
  sEnc: 0x04,
  sMac: 0x06,
  sRmac: 0x07,
} as const;

/** The reply to INITIALIZE UPDATE; a sequence counter of 3 bytes follows pseudo-random challenges. */
const INITIALIZE_UPDATE_REPLY = struct('initializeUpdateReply', {
  keyDiversificationData: bytes(10),
  keyVersion: uint8,
  protocol: uint8,
  implementationOptions: uint8,
  cardChallenge: bytes(CHALLENGE_SIZE),
  cardCryptogram: bytes(MAC_SIZE),
});
const SEQUENCE_COUNTER_SIZE = 3;

/**
 * 4.1.5: K(i) = CMAC(key, 00 × 11 ‖ constant ‖ 00 ‖ L in bits, 2 ‖ i, 1 ‖ host challenge ‖ card challenge).
 * The counter stands inside the fixed data, unlike in kdf108.ts.
 */
function derive(
  key: CmacKey,
  constant: number,
  length: number,
  challenges: Scp03Challenges,
): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 1; (i - 1) * AES_BLOCK < length; i++) {
    const label = concat(new Uint8Array(11), Uint8Array.of(constant, 0x00));
    const counter = concat(uintBytes(8 * length, 2), Uint8Array.of(i));
    blocks.push(cmac(key, concat(label, counter, challenges.host, challenges.card)));
  }
  return concat(...blocks).slice(0, length);
}

/** The session keys of 6.2.1. */
export function deriveScp03SessionKeys(
  keys: Scp03Keys,
  challenges: Scp03Challenges,
): Scp03SessionKeys {
  const enc = prepareCmacKey(keys.enc);
  const mac = prepareCmacKey(keys.mac);
  return {
    enc: derive(enc, CONSTANT.sEnc, keys.enc.length, challenges),
    mac: derive(mac, CONSTANT.sMac, keys.mac.length, challenges),
    rmac: derive(mac, CONSTANT.sRmac, keys.mac.length, challenges),
  };
}

/** The cryptogram of 6.2.2 by which one end proves that it holds the keys. */
export function scp03Cryptogram(
  by: 'card' | 'host',
  sessionMacKey: Uint8Array,
  challenges: Scp03Challenges,
): Uint8Array {
  const constant = by === 'card' ? CONSTANT.cardCryptogram : CONSTANT.hostCryptogram;
  return derive(prepareCmacKey(sessionMacKey), constant, MAC_SIZE, challenges);
}

/** What both ends know of a session before its first command. */
export interface Scp03Opening {
  readonly keys: Scp03Keys;
  readonly hostChallenge: Uint8Array;
  /** The data of the card's reply to INITIALIZE UPDATE, 29 or 32 bytes. */
  readonly initializeUpdateReply: Uint8Array;
  readonly level: Scp03Level;
}

/**
 * Opens a channel. The caller sends `externalAuthenticate` and, on 9000, talks through `channel`.
 * @throws DECODE_FAILED on a reply of another length; CARD_UNUSABLE when the card has other keys.
 */
export function openScp03(opening: Scp03Opening): {
  readonly externalAuthenticate: CommandApdu;
  readonly channel: Scp03Channel;
} {
  const { keys, hostChallenge, initializeUpdateReply: reply, level } = opening;
  invariant(hostChallenge.length === CHALLENGE_SIZE, '"hostChallenge" expected 8 bytes');
  const { size, name } = INITIALIZE_UPDATE_REPLY;
  if (reply.length !== size && reply.length !== size + SEQUENCE_COUNTER_SIZE) {
    throw new DecodeError(name, 0, `expected 29 or 32 bytes, got ${reply.length}`);
  }
  const { cardChallenge, cardCryptogram } = INITIALIZE_UPDATE_REPLY.decodeAt(reply, 0);
  const challenges = { host: hostChallenge, card: cardChallenge };
  const session = deriveScp03SessionKeys(keys, challenges);
  if (!equalBytes(cardCryptogram, scp03Cryptogram('card', session.mac, challenges))) {
    throw new Fault('CARD_UNUSABLE', '"cardCryptogram" expected that of the keys');
  }
  const channel = new Scp03Channel(session, level);
  const externalAuthenticate = channel.authenticate(
    scp03Cryptogram('host', session.mac, challenges),
  );
  return { externalAuthenticate, channel };
}

/** The off-card end of an open channel: commands go through `wrap`, their responses through `unwrap`. */
export class Scp03Channel {
  readonly #encKey: Uint8Array;
  readonly #macKey: CmacKey;
  readonly #rmacKey: CmacKey;
  readonly #level: Scp03Level;
  /** The MAC chaining value: the whole CMAC of the command before. 6.2.3. */
  #chain: Uint8Array = new Uint8Array(AES_BLOCK);
  /** The encryption counter: 1 for the first command after EXTERNAL AUTHENTICATE. 6.2.6. */
  #counter = 0;

  constructor(keys: Scp03SessionKeys, level: Scp03Level) {
    this.#encKey = keys.enc.slice();
    this.#macKey = prepareCmacKey(keys.mac);
    this.#rmacKey = prepareCmacKey(keys.rmac);
    this.#level = level;
  }

  /** EXTERNAL AUTHENTICATE: the first command, with a C-MAC but never enciphered. 7.1.2. */
  authenticate(hostCryptogram: Uint8Array): CommandApdu {
    const header = { cla: 0x80, ins: 0x82, p1: this.#level, p2: 0x00, ne: 0 };
    return this.#withMac({ ...header, data: hostCryptogram });
  }

  /** Enciphers (if the level says so) and authenticates a command on the basic logical channel. */
  wrap(command: CommandApdu): CommandApdu {
    this.#counter++;
    // 6.2.6: the counter goes on even where there are no data to encipher.
    const isEnciphered = (this.#level & C_ENC) !== 0 && command.data.length > 0;
    const data = isEnciphered
      ? aesCbcEncrypt(this.#encKey, this.#iv(0x00), padMethod2(command.data, AES_BLOCK))
      : command.data;
    return this.#withMac({ ...command, data });
  }

  /**
   * Checks and deciphers the response to the last wrapped command.
   * @throws CARD_UNUSABLE when its MAC or its padding is wrong.
   */
  unwrap(response: ResponseApdu): ResponseApdu {
    if ((this.#level & R_MAC) === 0) return response;
    // 6.2.5: error responses carry a status word alone and are not protected.
    if (!isSuccessOrWarning(response.sw)) {
      if (response.data.length > 0) refuse('no data with an error status word');
      return response;
    }
    if (response.data.length < MAC_SIZE) refuse(`an R-MAC of ${MAC_SIZE} bytes`);
    const cipher = response.data.slice(0, -MAC_SIZE);
    const covered = concat(this.#chain, cipher, uintBytes(response.sw, 2));
    const mac = cmac(this.#rmacKey, covered).slice(0, MAC_SIZE);
    if (!equalBytes(mac, response.data.slice(-MAC_SIZE))) refuse('the R-MAC of its bytes');
    if ((this.#level & R_ENC) === 0 || cipher.length === 0) {
      return { data: cipher, sw: response.sw };
    }
    if (cipher.length % AES_BLOCK !== 0) refuse('whole blocks of 16 bytes');
    const padded = aesCbcDecrypt(this.#encKey, this.#iv(0x80), cipher);
    return { data: unpad(padded), sw: response.sw };
  }

  /** 6.2.4: C-MAC over chain ‖ modified header ‖ Lc with the MAC ‖ data; its 16 bytes are the next chain. */
  #withMac(command: CommandApdu): CommandApdu {
    invariant((command.cla & 0x43) === 0, '"cla" expected the basic logical channel');
    const cla = command.cla | SECURED;
    const room = concat(command.data, new Uint8Array(MAC_SIZE));
    const covered = encodeCommand({ ...command, cla, data: room, ne: 0 }).slice(0, -MAC_SIZE);
    this.#chain = cmac(this.#macKey, concat(this.#chain, covered));
    return { ...command, cla, data: concat(command.data, this.#chain.slice(0, MAC_SIZE)) };
  }

  /** 6.2.6, 6.2.7: the counter enciphered under S-ENC; its first byte is 80 for a response. */
  #iv(first: 0x00 | 0x80): Uint8Array {
    const block = concat(Uint8Array.of(first), uintBytes(0, 9), uintBytes(this.#counter, 6));
    return aesEcbEncrypt(this.#encKey, block);
  }
}

function isSuccessOrWarning(sw: number): boolean {
  return sw === 0x9000 || sw >> 8 === 0x62 || sw >> 8 === 0x63;
}

function unpad(padded: Readonly<Uint8Array>): Uint8Array {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0x00) end--;
  if (padded[end] !== 0x80) refuse('padding 80 00..');
  return padded.slice(0, end);
}

function refuse(expected: string): never {
  throw new Fault('CARD_UNUSABLE', `"response" expected ${expected}`);
}
