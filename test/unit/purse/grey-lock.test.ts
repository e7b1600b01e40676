// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import {
  GREY_LOCK_MAC1,
  greyLockMac1,
  greyLockSessionKey,
  type GreyLockSession,
} from '../../../src/purse/grey-lock.ts';
import { slowDesMac, slowTdesBlock } from '../../vectors/slow-crypto.ts';
import { readVectors } from '../../vectors/vector.ts';
import { decodeErrorOf, thrownBy } from '../errors/thrown.ts';

const VECTOR = readVectors('grey-lock')[0]!;
const KEY = VECTOR.bytes('purchaseKey');
const SESSION: GreyLockSession = {
  cardRandom: VECTOR.bytes('cardRandom'),
  offlineCounter: VECTOR.number('offlineCounter'),
  terminalCounter: VECTOR.number('terminalCounter'),
  terminalRandom: VECTOR.bytes('terminalRandom'),
};
const INPUT = {
  terminalId: VECTOR.bytes('terminalId'),
  date: VECTOR.bytes('date'),
  time: VECTOR.bytes('time'),
};

describe('the grey lock', () => {
  it('has the derived session key', () => {
    // Step 1 of the formula, by the oracle.
    expect(toHex(slowTdesBlock(KEY, fromHex('1122334400050007')))).toBe(VECTOR.text('t'));
    expect(toHex(greyLockSessionKey(KEY, SESSION))).toBe(VECTOR.text('sessionKey'));
  });

  it('has the derived MAC1 over its input', () => {
    expect(toHex(GREY_LOCK_MAC1.encode(INPUT))).toBe(VECTOR.text('input'));
    const mac1 = greyLockMac1(VECTOR.bytes('sessionKey'), INPUT);
    expect(toHex(mac1)).toBe(VECTOR.text('mac1'));
    const slow = slowDesMac(VECTOR.bytes('sessionKey'), VECTOR.bytes('input'));
    expect(mac1).toEqual(slow.slice(0, 4));
  });

  it.each([
    ['card random', { cardRandom: fromHex('11223345') }],
    ['offline counter', { offlineCounter: 6 }],
    ['terminal counter', { terminalCounter: 8 }],
    ['terminal random', { terminalRandom: fromHex('AABBCCDE') }],
  ])('has another session key for another %s', (_, change) => {
    const key = toHex(greyLockSessionKey(KEY, { ...SESSION, ...change }));
    expect(key).not.toBe(VECTOR.text('sessionKey'));
  });

  it('uses the low half of the terminal counter alone', () => {
    const key = greyLockSessionKey(KEY, { ...SESSION, terminalCounter: 0x12340007 });
    expect(toHex(key)).toBe(VECTOR.text('sessionKey'));
  });

  it('refuses randoms of another length and an input of another type', () => {
    const wide = { ...SESSION, cardRandom: new Uint8Array(8) };
    const short = { ...SESSION, terminalRandom: new Uint8Array(3) };
    expect(thrownBy(() => greyLockSessionKey(KEY, wide))).toBeInstanceOf(Defect);
    expect(thrownBy(() => greyLockSessionKey(KEY, short))).toBeInstanceOf(Defect);
    const purchase = VECTOR.bytes('input');
    purchase[0] = 0x06;
    expect(decodeErrorOf(() => GREY_LOCK_MAC1.decode(purchase))).toEqual({
      path: 'greyLockMac1._transactionType',
      offset: 0,
    });
  });
});
