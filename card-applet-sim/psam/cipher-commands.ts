// SPDX-License-Identifier: MIT
/**
 * DELIVERY KEY and CIPHER DATA: the SAM enciphers or makes MACs under a card key that it derives of a TAC
 * or MAC master key. Source: docs/protocol.md, PSAM commands. The terminal sends padded whole blocks in
 * the 3DES suite; the AES suite's CMAC pads by itself, and takes the last piece as it is.
 */
import { concat } from '../../src/bytes/concat.ts';
import { cmac, prepareCmacKey } from '../../src/crypto/aes-cmac.ts';
import { desCbcLastBlock, desEcbDecrypt, desEcbEncrypt, xor } from '../../src/crypto/des.ts';
import { SW } from '../../src/iso7816/status-words.table.ts';
import { SAM_KEY_USAGE } from '../../src/purse/sam-commands.table.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import { SUITES } from '../../src/purse/suites.table.ts';
import { Refusal } from '../apdu/refusal.ts';
import { NO_RESPONSE_DATA, type DeliveredKey, type PsamHandler } from './psam-applet.ts';
import { splitLevels } from './purchase-commands.ts';

/** P1 of DELIVERY KEY: bits 8 to 6 are the levels, the others the usage. */
const LEVELS_SHIFT = 5;
const USAGE_MASK = 0x1f;
/** P1 of CIPHER DATA. */
const P1_MAC = 0x01;
const P1_MORE = 0x02;
const P1_IV = 0x04;
const P1_KNOWN = P1_MAC | P1_MORE | P1_IV;
/** A MAC of at most this many bytes, in as many commands as it takes. */
export const MAC_INPUT_MAX = 1024;
const SERIAL_SIZE = 10;

interface Diversification {
  readonly suite: SuiteName;
  readonly levels: readonly Uint8Array[];
}

/** 8 bytes a level are 3DES; one level of 10 bytes, a whole serial number, is AES. */
function diversification(data: Uint8Array, levelCount: number): Diversification {
  if (levelCount === 1 && data.length === SERIAL_SIZE) return { suite: 'aes', levels: [data] };
  const levels = splitLevels(data);
  if (levels?.length !== levelCount) throw new Refusal(SW.WRONG_LENGTH);
  return { suite: 'tdes', levels };
}

export const deliveryKey: PsamHandler = ({ data, session }, command) => {
  session.delivered = null;
  const usageCode = command.p1 & USAGE_MASK;
  const isTac = usageCode === SAM_KEY_USAGE.tac;
  if (!isTac && usageCode !== SAM_KEY_USAGE.mac) throw new Refusal(SW.WRONG_P1_P2);
  const { suite, levels } = diversification(command.data, command.p1 >> LEVELS_SHIFT);
  const usage = isTac ? 'tac' : 'mac';
  const key = data.cardKey({ suite, usage, version: command.p2 }, levels);
  if (key === undefined) throw new Refusal(SW.KEY_INDEX_NOT_SUPPORTED);
  session.delivered = { suite, usage, key, pending: null };
  return NO_RESPONSE_DATA;
};

function encipher(delivered: DeliveredKey, data: Uint8Array): Uint8Array {
  const suite = SUITES[delivered.suite];
  if (data.length === 0 || data.length % suite.blockSize !== 0) throw new Refusal(SW.WRONG_LENGTH);
  return suite.encipher(delivered.key, data);
}

/** ISO/IEC 9797-1 algorithm 3 over whole blocks; under a TAC key single DES with its halves XORed. */
function tdesMac(
  { key, usage }: DeliveredKey,
  iv: Uint8Array | null,
  data: Uint8Array,
): Uint8Array {
  const left = key.subarray(0, 8);
  const right = key.subarray(8);
  const initial = iv ?? new Uint8Array(8);
  if (usage === 'tac') return desCbcLastBlock(xor(left, right), data, initial);
  return desEcbEncrypt(left, desEcbDecrypt(right, desCbcLastBlock(left, data, initial)));
}

function macOf(delivered: DeliveredKey, iv: Uint8Array | null, data: Uint8Array): Uint8Array {
  const { macSize, blockSize } = SUITES[delivered.suite];
  if (delivered.suite === 'aes') {
    // CMAC has no initial vector: the challenge is a first block of its own.
    const input = iv === null ? data : concat(iv, data);
    return cmac(prepareCmacKey(delivered.key), input).slice(0, macSize);
  }
  if (data.length === 0 || data.length % blockSize !== 0) throw new Refusal(SW.WRONG_LENGTH);
  return tdesMac(delivered, iv, data).slice(0, macSize);
}

export const cipherData: PsamHandler = ({ session }, command) => {
  const { p1 } = command;
  if ((p1 & ~P1_KNOWN) !== 0) throw new Refusal(SW.WRONG_P1_P2);
  const { delivered } = session;
  if (delivered === null) throw new Refusal(SW.COMMAND_NOT_ACCEPTED);
  const { blockSize } = SUITES[delivered.suite];
  session.delivered = { ...delivered, pending: null };
  const hasIv = (p1 & P1_IV) !== 0;
  if ((p1 & P1_MAC) === 0) {
    if (hasIv) throw new Refusal(SW.WRONG_P1_P2);
    return encipher(delivered, command.data);
  }
  if (hasIv && command.data.length < blockSize) throw new Refusal(SW.WRONG_LENGTH);
  // An initial value begins a MAC; without one the pending MAC goes on, or one begins from zeros.
  const begun = hasIv
    ? { iv: command.data.slice(0, blockSize), data: command.data.slice(blockSize) }
    : { iv: null, data: command.data };
  const { pending } = delivered;
  const isGoingOn = pending !== null && !hasIv;
  const state = isGoingOn ? { iv: pending.iv, data: concat(pending.data, command.data) } : begun;
  if (state.data.length > MAC_INPUT_MAX) throw new Refusal(SW.NOT_ENOUGH_SPACE);
  if ((p1 & P1_MORE) === 0) return macOf(delivered, state.iv, state.data);
  session.delivered = { ...delivered, pending: state };
  return NO_RESPONSE_DATA;
};
