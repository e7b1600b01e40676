// SPDX-License-Identifier: MIT
/** PIN, authentication, and the life cycle of application and card. */
import { describe, expect, it } from 'vitest';
import { LIFE_CYCLE } from '../../../card-applet-sim/card/card-map.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  apdu,
  body,
  expectOk,
  issueCard,
  KEY,
  secured,
  selectPurse,
  send,
  SUITE_NAMES,
  sw,
  verifyPin,
} from './card-fixtures.ts';
import { encipher, pinReloadMac, type Suite } from './oracle.ts';

const BALANCE = '805C000204';
const DEPOSIT_BALANCE = '805C000104';

function block(card: VirtualCard, suite: Suite, header: string): string {
  return secured(card, suite, { header, key: 'applicationBlock' });
}

function unblock(card: VirtualCard, suite: Suite, spoilMac = false): string {
  return secured(card, suite, { header: '84180000', key: 'applicationUnblock', spoilMac });
}

describe.each(SUITE_NAMES)('security of the %s suite', (suite) => {
  it('counts wrong PINs, forgets them at a right one, and blocks at three', () => {
    const card = issueCard(suite);
    const wrong = (): string => verifyPin(card, '654321');
    expect([wrong(), wrong(), verifyPin(card), wrong(), wrong(), wrong()]).toEqual([
      '63C2',
      '63C1',
      '9000',
      '63C2',
      '63C1',
      '63C0',
    ]);
    expect(verifyPin(card)).toBe('6983');
    card.powerUp();
    expectOk(send(card, selectPurse(suite)));
    expect(verifyPin(card)).toBe('6983');
  });

  it('shows the deposit after VERIFY only, until a wrong PIN, SELECT or power loss', () => {
    for (const end of [
      (card: VirtualCard) => verifyPin(card, '00000000'),
      (card: VirtualCard) => send(card, selectPurse(suite)),
      (card: VirtualCard) => {
        card.powerUp();
        expectOk(send(card, selectPurse(suite)));
      },
    ]) {
      const card = issueCard(suite);
      expect(send(card, DEPOSIT_BALANCE)).toBe('6982');
      expectOk(verifyPin(card));
      expect(sw(send(card, DEPOSIT_BALANCE))).toBe('9000');
      end(card);
      expect(send(card, DEPOSIT_BALANCE)).toBe('6982');
    }
  });

  it.each([
    ['00200000', '12', '6700'],
    ['00200000', '12345678901234', '6700'],
    ['00200000', '1234', '63C2'],
    ['00200000', '12345600', '63C2'],
    ['00200001', '123456', '6A86'],
  ])('VERIFY %s %s', (header, pin, status) => {
    expect(send(issueCard(suite), apdu(header, pin))).toBe(status);
  });

  it('changes the PIN of whoever knows it', () => {
    const card = issueCard(suite);
    expect(send(card, apdu('805E0100', '123456FF987654'))).toBe('9000');
    expect(verifyPin(card, '987654')).toBe('9000');
    expect(send(card, apdu('805E0100', '123456FF987654'))).toBe('63C2');
    expect(send(card, apdu('805E0100', '98765412345678'))).toBe('6A80');
    expect(send(card, apdu('805E0100', '987654FF12'))).toBe('6A80');
    expect(send(card, apdu('805E0100', '98FF1234'))).toBe('6700');
    expect(verifyPin(card, '987654')).toBe('9000');
  });

  it('reloads a blocked PIN under the reload key', () => {
    const card = issueCard(suite, { pinTriesMax: 1 });
    expect(verifyPin(card, '0000')).toBe('63C0');
    const mac = pinReloadMac(suite, KEY.pinReload, '4321');
    const wrong = pinReloadMac(suite, KEY.pinUnblock, '4321');
    expect(send(card, apdu('805E0000', `4321${wrong}`))).toBe('9302');
    expect(verifyPin(card)).toBe('6983');
    expect(send(card, apdu('805E0000', `4321${mac}`))).toBe('9000');
    expect(verifyPin(card, '4321')).toBe('9000');
  });

  it.each(['84240000', '84240001'])('unblocks the PIN by %s', (header) => {
    const card = issueCard(suite, { pinTriesMax: 1 });
    expect(verifyPin(card, '0000')).toBe('63C0');
    const blockDigits = suite === 'aes' ? 32 : 16;
    const enc = (plain: string): string =>
      encipher(suite, KEY.pinUnblock, plain.padEnd(blockDigits, '0'));
    const send1 = (plain: string, spoilMac = false): string =>
      secured(card, suite, { header, data: enc(plain), key: 'pinUnblock', spoilMac });
    expect(send1('0377665580', true)).toBe('6988');
    expect(send1('0377665500')).toBe('6A80');
    expect(send1('0777665511223344')).toBe('6A80');
    expect(send1('0177800000')).toBe('6A80');
    expect(verifyPin(card, '776655')).toBe('6983');
    expect(send1('0377665580')).toBe('9000');
    expect(verifyPin(card, '776655')).toBe('9000');
  });

  it('authenticates itself, and whoever enciphers its challenge', () => {
    const card = issueCard(suite);
    const digits = suite === 'aes' ? 32 : 16;
    const data = '0123456789ABCDEF'.padEnd(digits, '7');
    const answer = encipher(suite, KEY.internalAuthentication, data);
    expect(send(card, apdu('00880000', data))).toBe(`${answer}9000`);
    expect(send(card, apdu('00880001', data))).toBe(`${answer}9000`);
    expect(send(card, apdu('00880005', data))).toBe('6A88');
    for (const le of ['04', '08']) {
      const challenge = body(send(card, `00840000${le}`));
      const cryptogram = encipher(suite, KEY.externalAuthentication, challenge.padEnd(digits, '0'));
      expect(send(card, apdu('00820000', cryptogram))).toBe('9000');
      expect(send(card, apdu('00820000', cryptogram))).toBe('6984');
    }
    expect(sw(send(card, '00B0960000'))).toBe('9000');
    expectOk(send(card, '0084000008'));
    expect(send(card, apdu('00820000', data))).toBe('6982');
    expect(send(card, '00B0960000')).toBe('6982');
    expect(send(card, '0084000005')).toBe('6700');
  });

  it('blocks the application for the time being: SELECT tells, and only unblocking helps', () => {
    const card = issueCard(suite, { initial: { purseBalance: 9 } });
    const fci = body(send(card, selectPurse(suite)));
    expect(block(card, suite, '841E0000')).toBe('9000');
    expect(send(card, BALANCE)).toBe('6A81');
    expect(send(card, '00B0950000')).toBe('6A81');
    card.powerUp();
    expect(send(card, selectPurse(suite))).toBe(`${fci}6A81`);
    expect(send(card, BALANCE)).toBe('6A81');
    expect(unblock(card, suite)).toBe('9000');
    expect(send(card, BALANCE)).toBe('000000099000');
    expect(sw(send(card, selectPurse(suite)))).toBe('9000');
  });

  it('blocks the application for ever', () => {
    const card = issueCard(suite);
    expect(block(card, suite, '841E0001')).toBe('9000');
    expect(send(card, BALANCE)).toBe('9303');
    expect(send(card, '0084000004')).toBe('9303');
    expect(send(card, selectPurse(suite))).toBe('9303');
    expect(sw(send(card, '00A40000023F00'))).toBe('9000');
  });

  it('locks for ever at the third wrong MAC on UNBLOCK in a row', () => {
    const card = issueCard(suite);
    block(card, suite, '841E0000');
    expect([unblock(card, suite, true), unblock(card, suite, true), unblock(card, suite)]).toEqual([
      '6988',
      '6988',
      '9000',
    ]);
    block(card, suite, '841E0000');
    unblock(card, suite, true);
    unblock(card, suite, true);
    expect(unblock(card, suite, true)).toBe('9303');
    expect(card.memory.cells.includes(LIFE_CYCLE.blockedPermanently)).toBe(true);
    expect(send(card, BALANCE)).toBe('9303');
  });

  it('cannot be locked by guessing while it is not blocked', () => {
    const card = issueCard(suite);
    for (let guess = 0; guess < 4; guess++) expect(unblock(card, suite, true)).toBe('6985');
    expect(sw(send(card, BALANCE))).toBe('9000');
  });

  it('refuses APPLICATION BLOCK with a wrong MAC, no MAC, or another P2', () => {
    const card = issueCard(suite);
    const header = '841E0000';
    expect(secured(card, suite, { header, key: 'applicationUnblock' })).toBe('6988');
    expect(send(card, '841E0000')).toBe('6700');
    expect(send(card, apdu('841E0000', '00'.repeat(suite === 'aes' ? 8 : 4)))).toBe('6984');
    expect(block(card, suite, '841E0002')).toBe('6A86');
    expect(send(card, '801E000000')).toBe('6E00');
    expect(sw(send(card, BALANCE))).toBe('9000');
  });

  it('is dead once the card is blocked', () => {
    const card = issueCard(suite);
    expect(block(card, suite, '84160000')).toBe('9000');
    for (const command of [BALANCE, '0084000004', '00B0950000']) {
      expect(send(card, command)).toBe('9303');
    }
    expect(send(card, selectPurse(suite))).toBe('6A81');
    card.powerUp();
    expect(send(card, '00A40000023F00')).toBe('6A81');
  });
});
