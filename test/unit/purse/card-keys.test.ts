// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import {
  deriveCardKeys,
  generateMasterKeys,
  uniformKeys,
  type KeySet,
} from '../../../src/purse/card-keys.ts';
import { Defect } from '../../../src/errors/invariant.ts';
import { KEY_PURPOSE_NAMES, KEY_PURPOSES } from '../../../src/purse/key-purposes.table.ts';
import { formatSerialNumber, serialNumberBytes } from '../../../src/purse/serial-number.ts';
import { diversifyLevels } from '../../../src/purse/suite-tdes.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';
import { slowTdesBlock } from '../../vectors/slow-crypto.ts';
import { faultOf, thrownBy } from '../errors/thrown.ts';

/** Counts up, so that every key differs. */
function masters(): KeySet {
  let next = 0;
  return generateMasterKeys({
    bytes: (length) => Uint8Array.from({ length }, () => next++ & 0xff),
  });
}

describe('the keys of a card', () => {
  const serial = serialNumberBytes('8600000123');

  it.each(['tdes', 'aes'] as const)('are one of 16 bytes for each purpose in suite %s', (suite) => {
    const keys = deriveCardKeys(suite, masters(), serial);
    expect(Object.keys(keys)).toEqual(KEY_PURPOSE_NAMES);
    expect(Object.values(keys).every((key) => key.length === 16)).toBe(true);
    expect(new Set(Object.values(keys).map(toHex)).size).toBe(KEY_PURPOSE_NAMES.length);
    expect(Object.isFrozen(keys)).toBe(true);
  });

  it.each(['tdes', 'aes'] as const)('are those of the suite, key by key, in suite %s', (suite) => {
    const set = masters();
    const keys = deriveCardKeys(suite, set, serial);
    for (const purpose of KEY_PURPOSE_NAMES) {
      const master = SUITES[suite].issuerMasterKey(set[purpose], purpose);
      // An issuer key serves many cards: one card's key does not depend on the card before it.
      master.cardKey(serialNumberBytes('99999999999999999999'));
      expect(toHex(keys[purpose]), purpose).toBe(toHex(master.cardKey(serial)));
    }
  });

  it('differ by purpose in the AES suite under one master key, but for maintenance', () => {
    const keys = deriveCardKeys('aes', uniformKeys(fromHex('00'.repeat(16))), serial);
    const byPurpose = new Map(
      KEY_PURPOSE_NAMES.map((name) => [KEY_PURPOSES[name].aes, keys[name]]),
    );
    expect(new Set([...byPurpose.values()].map(toHex)).size).toBe(6);
    for (const name of KEY_PURPOSE_NAMES) {
      expect(keys[name], name).toEqual(byPurpose.get(KEY_PURPOSES[name].aes));
    }
  });

  it('are of a whole serial number in the AES suite', () => {
    const master = SUITES.aes.issuerMasterKey(masters().load, 'load');
    master.cardKey(serial);
    // Short of a byte it would make the key of another card.
    expect(thrownBy(() => master.cardKey(serial.slice(1)))).toBeInstanceOf(Defect);
  });

  it('of a uniform set are copies', () => {
    const key = fromHex('11223344556677888877665544332211');
    const keys = uniformKeys(key);
    keys.load.fill(0);
    expect(keys.purchase).toEqual(key);
    expect(keys.purchase).not.toBe(key);
  });

  it('come down level by level from a national master key in 3DES', () => {
    const master = fromHex('11223344556677888877665544332211');
    const levels = [fromHex('0000000000000001'), fromHex('8001020304050607')];
    const child = (key: Uint8Array, x: Uint8Array): Uint8Array =>
      Uint8Array.of(
        ...slowTdesBlock(key, x),
        ...slowTdesBlock(
          key,
          x.map((byte) => ~byte),
        ),
      );
    expect(toHex(diversifyLevels(master, levels.slice(0, 1)))).toBe(
      '6B3C059DBA64295091C3F108689C120A',
    );
    expect(diversifyLevels(master, levels)).toEqual(child(child(master, levels[0]!), levels[1]!));
    const untouched = diversifyLevels(master, []);
    untouched.fill(0);
    expect(toHex(master)).toBe('11223344556677888877665544332211');
  });
});

describe('a serial number', () => {
  it('is 20 digits in 10 bytes, padded on the left', () => {
    expect(toHex(serialNumberBytes('8600000123'))).toBe('00000000008600000123');
    expect(formatSerialNumber(serialNumberBytes('03105170010170907984'))).toBe(
      '03105170010170907984',
    );
  });

  it.each(['', '123456789012345678901', '12A', '-1', '1.5', ' 1'])('is never "%s"', (text) => {
    expect(faultOf(() => serialNumberBytes(text)).code).toBe('USAGE');
  });
});
