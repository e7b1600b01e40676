// SPDX-License-Identifier: MIT
/**
 * The card's cryptography a second time, slow and by the book: from the formulas of docs/protocol.md with
 * hex strings, node's ciphers and noble's CMAC. It shares no line with the product.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';

export type Suite = 'aes' | 'tdes';

const raw = (hex: string): Buffer => Buffer.from(hex, 'hex');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

function xorHex(left: string, right: string): string {
  const other = raw(right);
  return text(raw(left).map((byte, index) => byte ^ (other[index] ?? 0)));
}

function desBlock(key: string, block: string, isEncrypting: boolean): string {
  const whole = key.length === 16 ? key + key + key : key + key.slice(0, 16);
  const make = isEncrypting ? createCipheriv : createDecipheriv;
  return text(make('des-ede3', raw(whole), null).setAutoPadding(false).update(raw(block)));
}

function blocksOf(hex: string, size: number): string[] {
  return hex.match(new RegExp(`.{${2 * size}}`, 'g')) ?? [];
}

export const tdesEcb = (key: string, plain: string): string =>
  blocksOf(plain, 8)
    .map((block) => desBlock(key, block, true))
    .join('');

/** 80, then zeros to a whole block of 8. */
export function pad8(hex: string): string {
  let padded = `${hex}80`;
  while (padded.length % 16 !== 0) padded += '00';
  return padded;
}

/** DES-CBC over whole blocks, the last one. */
export function desCbcLast(key8: string, blocks: string, iv = '0000000000000000'): string {
  return blocksOf(blocks, 8).reduce(
    (chained, block) => desBlock(key8, xorHex(chained, block), true),
    iv,
  );
}

export function retailMac(key16: string, blocks: string, iv = '0000000000000000'): string {
  const left = key16.slice(0, 16);
  const last = desCbcLast(left, blocks, iv);
  return desBlock(left, desBlock(key16.slice(16), last, false), true);
}

const fold = (key16: string): string => xorHex(key16.slice(0, 16), key16.slice(16));
const aesMac = (key: string, data: string): string => text(cmac(raw(data), raw(key)));

const LABEL = { purchase: 'PURCHASE', load: 'LOAD', unload: 'UNLOAD', limit: 'LIMIT' } as const;
export type Session = keyof typeof LABEL;

/** A function that makes MACs of a purchase, load, unload or limit update session. */
export function session(
  suite: Suite,
  key: string,
  kind: Session,
  fresh: { random: string; counter: string; terminalCounter?: string },
): (data: string) => string {
  const terminalCounter = fresh.terminalCounter ?? '00000000';
  if (suite === 'tdes') {
    const tail = kind === 'purchase' ? terminalCounter.slice(4) : '8000';
    const sessionKey = tdesEcb(key, fresh.random + fresh.counter + tail);
    return (data) => desCbcLast(sessionKey, pad8(data)).slice(0, 8);
  }
  const label = text(Buffer.from(LABEL[kind], 'ascii'));
  const fixed = `${label}00${fresh.random}${fresh.counter}${terminalCounter}0080`;
  const sessionKey = aesMac(key, `01${fixed}`);
  return (data) => aesMac(sessionKey, data).slice(0, 16);
}

export function tac(suite: Suite, key: string, data: string): string {
  if (suite === 'aes') return aesMac(key, data).slice(0, 16);
  return desCbcLast(fold(key), pad8(data)).slice(0, 8);
}

/** RELOAD PIN has the TAC's kind of key. */
export function pinReloadMac(suite: Suite, key: string, data: string): string {
  return tac(suite, key, data);
}

export function secureMessagingMac(
  suite: Suite,
  key: string,
  challenge: string,
  input: string,
): string {
  if (suite === 'aes') return aesMac(key, challenge.padEnd(32, '0') + input).slice(0, 16);
  return retailMac(key, pad8(input), challenge.padEnd(16, '0')).slice(0, 8);
}

/** ECB under a card key: authentication cryptograms, enciphered PINs. */
export function encipher(suite: Suite, key: string, plain: string): string {
  if (suite === 'tdes') return tdesEcb(key, plain);
  const cipher = createCipheriv('aes-128-ecb', raw(key), null).setAutoPadding(false);
  return text(cipher.update(raw(plain)));
}

function doubled(block: string): string {
  const value = BigInt(`0x${block}`) << 1n;
  const mask = (1n << 128n) - 1n;
  const reduced = value > mask ? (value & mask) ^ 0x87n : value;
  return reduced.toString(16).padStart(32, '0').toUpperCase();
}

/** AN10922, AES-128: always two blocks. */
function diversifyAes(master: string, m: string): string {
  const k2 = doubled(doubled(encipher('aes', master, '0'.repeat(32))));
  const input = `01${m}80`.padEnd(64, '0');
  const first = encipher('aes', master, input.slice(0, 32));
  return encipher('aes', master, xorHex(xorHex(first, input.slice(32)), k2));
}

const diversifyTdes = (master: string, x: string): string =>
  tdesEcb(master, x + xorHex(x, 'FFFFFFFFFFFFFFFF'));

/** The key of a card with this serial number of 20 digits; purpose 01 is purchase. */
export function cardKey(suite: Suite, master: string, serial: string, purpose = '01'): string {
  if (suite === 'aes') return diversifyAes(master, serial + purpose);
  return diversifyTdes(master, serial.slice(4));
}

export { diversifyTdes };
