// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { VirtualCard } from '../../../../card-applet-sim/card/virtual-card.ts';
import { blankCardMemory } from '../../../../card-applet-sim/fmcos/blank-map.ts';
import { concat } from '../../../../src/bytes/concat.ts';
import { fromHex, toHex } from '../../../../src/bytes/hex.ts';
import { desEcbEncrypt } from '../../../../src/crypto/des.ts';
import { TRANSPORT_KEY } from '../../../../src/purse/fmcos-layouts.ts';
import { countingRandom } from '../card-fixtures.ts';

function blankCard(): VirtualCard {
  const card = new VirtualCard(blankCardMemory(), countingRandom());
  card.powerUp();
  return card;
}

/** The status word of a command. */
function sw(card: VirtualCard, hex: string): string {
  return toHex(card.process(fromHex(hex))).slice(-4);
}

function authenticate(card: VirtualCard, key: Readonly<Uint8Array> = TRANSPORT_KEY): string {
  const challenge = card.process(fromHex('0084000008')).slice(0, 8);
  const cryptogram = desEcbEncrypt(key, challenge);
  return toHex(card.process(concat(fromHex('0082000008'), cryptogram))).slice(-4);
}

const DIRECTORY = '80E03F0111381500F0F095FFFFA00000000386980701';
const KEY_FILE = '80E00000073F040095F0FFFF';
const KEY = '0102030405060708090A0B0C0D0E0F10';
const PURCHASE_KEY = `80D40101153EF0020100${KEY}`;
const EF15 = '80E0001507A8001EF0F0FFFF';

/** A blank card after these commands, which it must carry out. */
function after(...commands: readonly string[]): VirtualCard {
  const card = blankCard();
  expect(authenticate(card)).toBe('9000');
  for (const command of commands) expect(sw(card, command)).toBe('9000');
  return card;
}

const SELECT = '00A40000023F01';

describe('a blank card', () => {
  it('creates and erases nothing before the transport key', () => {
    expect(sw(blankCard(), DIRECTORY)).toBe('6982');
    expect(sw(blankCard(), '800E000000')).toBe('6982');
  });

  it('locks the transport key after 15 wrong cryptograms, and counts anew after a right one', () => {
    const card = blankCard();
    const wrong = new Uint8Array(8);
    expect(authenticate(card, wrong)).toBe('63CE');
    expect(authenticate(card)).toBe('9000');
    for (let left = 14; left >= 0; left--) {
      expect(authenticate(card, wrong)).toBe(`63C${left.toString(16).toUpperCase()}`);
    }
    card.powerUp();
    expect(authenticate(card)).toBe('6983');
  });

  it('takes a cryptogram of a fresh challenge only', () => {
    const card = blankCard();
    expect(sw(card, '00820000080102030405060708')).toBe('6984');
  });

  it.each([
    ['a file of another type', [DIRECTORY, SELECT, KEY_FILE], '80E00015072C001EF0F0FFFF', '6A80'],
    ['a file of another size', [DIRECTORY, SELECT, KEY_FILE], '80E0001507A8001FF0F0FFFF', '6A84'],
    [
      'a file that a purse has not',
      [DIRECTORY, SELECT, KEY_FILE],
      '80E0007707A8001EF0F0FFFF',
      '6A84',
    ],
    ['a file twice', [DIRECTORY, SELECT, KEY_FILE, EF15], EF15, '6A80'],
    ['a file before the key file', [DIRECTORY, SELECT], EF15, '6985'],
    ['a second key file', [DIRECTORY, SELECT, KEY_FILE], KEY_FILE, '6A80'],
    ['a purse before its log', [DIRECTORY, SELECT, KEY_FILE], '80E00002072F0208F000FF18', '6A82'],
    ['a second directory', [DIRECTORY], DIRECTORY, '6A80'],
    ['a directory of a foreign name', [], '80E03F010D381500F0F095FFFF3132333435', '6A84'],
    ['a key before the key file', [DIRECTORY, SELECT], PURCHASE_KEY, '6A82'],
    ['a key outside the directory', [DIRECTORY], PURCHASE_KEY, '6985'],
    ['a key twice', [DIRECTORY, SELECT, KEY_FILE, PURCHASE_KEY], PURCHASE_KEY, '6A80'],
    [
      'a key of an unknown type',
      [DIRECTORY, SELECT, KEY_FILE],
      `80D40101153BF0020100${KEY}`,
      '6A88',
    ],
    [
      'a key of 8 bytes',
      [DIRECTORY, SELECT, KEY_FILE],
      '80D401010D3EF00201000102030405060708',
      '6700',
    ],
    [
      'a key of another algorithm',
      [DIRECTORY, SELECT, KEY_FILE],
      `80D40101153EF0020188${KEY}`,
      '6A80',
    ],
    [
      'a key of another version',
      [DIRECTORY, SELECT, KEY_FILE, PURCHASE_KEY],
      `80D40101153FF0020200${KEY}`,
      '6A80',
    ],
    [
      'a key of another index',
      [DIRECTORY, SELECT, KEY_FILE, PURCHASE_KEY],
      `80D40102153FF0020100${KEY}`,
      '6A80',
    ],
    ['a change of a key', [DIRECTORY, SELECT, KEY_FILE], `80D43E01153EF0020100${KEY}`, '6A86'],
    [
      'an update without a MAC key',
      [DIRECTORY, SELECT, KEY_FILE, EF15],
      '04D6950005AA00000000',
      '6985',
    ],
    ['a read of a file that is not there', [DIRECTORY, SELECT], '00B095001E', '6A82'],
    ['a command of the purse', [DIRECTORY, SELECT], '805C000204', '6D00'],
  ])('refuses %s', (_what, before, command, expected) => {
    const card = after(...before);
    const { revision } = card;
    expect(sw(card, command)).toBe(expected);
    expect(card.revision).toBe(revision);
  });

  it('has nothing after ERASE DF but the transport key', () => {
    const card = after(DIRECTORY, SELECT, KEY_FILE, PURCHASE_KEY, EF15);
    card.powerUp();
    expect(authenticate(card)).toBe('9000');
    expect(sw(card, '800E000000')).toBe('9000');
    expect(sw(card, SELECT)).toBe('6A82');
    expect(toHex(card.memory.cells.slice(-4000))).not.toContain(toHex(fromHex(KEY)));
    expect(authenticate(card)).toBe('9000');
  });
});
