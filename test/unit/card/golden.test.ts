// SPDX-License-Identifier: MIT
/** The worked examples of docs/protocol.md through a whole card. Origin: test/vectors/README.md. */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes/hex.ts';
import { uniformKeys } from '../../../src/purse/card-keys.ts';
import type { InitialState } from '../../../card-applet-sim/personalise/personalise-card.ts';
import type { VirtualCard } from '../../../card-applet-sim/card/virtual-card.ts';
import {
  apdu,
  expectOk,
  fixedRandom,
  issueCard,
  prove,
  readLog,
  send,
  sw,
  verifyPin,
} from './card-fixtures.ts';

const K = '11223344556677888877665544332211';

function exampleCard(initial: InitialState, keyVersion: number): VirtualCard {
  const options = { keys: uniformKeys(fromHex(K)), keyVersion, initial };
  const card = issueCard('tdes', options, fixedRandom('11223344'));
  expectOk(verifyPin(card));
  return card;
}

describe('worked examples of the 3DES suite', () => {
  it('V1: loads the deposit with the published MAC1 and MAC2, and the derived TAC', () => {
    const card = exampleCard({}, 2);
    expect(send(card, '805000010B010000100000112233445510')).toBe(
      '00000000' + '0000' + '02' + '00' + '11223344' + '2988AE5A' + '9000',
    );
    expect(send(card, '805200000B201112212148223A845BF004')).toBe('FF5C13899000');
    expect(prove(card, '01', '0001')).toBe('00000000FF5C13899000');
  });

  it('V2: pays with the published MAC1 and MAC2, and the derived TAC', () => {
    const card = exampleCard({ depositBalance: 0x1000 }, 1);
    expect(send(card, '805001020B01000000000011223344550F')).toBe(
      '000000000000000000010011223344' + '9000',
    );
    // Type 06 is the purse's: the example says P2 01 but computes with type 06.
    const purse = exampleCard({ purseBalance: 0x1000 }, 1);
    expect(send(purse, '805001020B01000010000011223344550F')).toBe(
      '000010000000000000010011223344' + '9000',
    );
    expect(send(purse, '805401000F0000000120120229135100F15CAB7508')).toBe('F5B221C956988A139000');
    expect(readLog(purse)).toEqual(['00010000000000100006' + '001122334455' + '20120229135100']);
  });

  it('unloads 00000800 of 00002000 with the derived MAC1, MAC2 and MAC3', () => {
    const card = exampleCard({ depositBalance: 0x2000, onlineCounter: 1 }, 1);
    expect(send(card, '805005010B010000080000112233445510')).toBe(
      '00002000' + '0001' + '01' + '00' + '11223344' + 'AD442359' + '9000',
    );
    expect(send(card, '805403000B2011122121482289C9C76804')).toBe('511A26FD9000');
  });

  it('raises the limit from 000000 to 000500 with the derived MAC1, MAC2 and TAC', () => {
    const card = exampleCard({ depositBalance: 0x2000, onlineCounter: 2 }, 1);
    expect(send(card, '80500401070100112233445513')).toBe(
      '00002000' + '0002' + '000000' + '01' + '00' + '11223344' + '9615393A' + '9000',
    );
    expect(send(card, '805800000E0005002011122121482234B3152404')).toBe('923182B79000');
    expectOk(verifyPin(card));
    expect(send(card, '805C000104')).toBe('000025009000');
  });

  it('blocks the application and updates EF15 with the derived secure messaging MACs', () => {
    const card = exampleCard({}, 1);
    expect(send(card, '0084000004')).toBe('112233449000');
    expect(send(card, '04D6950008DEADBEEF33479321')).toBe('9000');
    expect(send(card, '00B0950004')).toBe('DEADBEEF9000');
    expectOk(send(card, '0084000004'));
    expect(send(card, '841E00000492D7297D')).toBe('9000');
    expect(sw(send(card, '805C000204'))).toBe('6A81');
  });

  it('unblocks and reloads the PIN with the derived cryptogram and MACs', () => {
    const card = exampleCard({}, 1);
    for (let wrong = 0; wrong < 3; wrong++) send(card, apdu('00200000', '9999'));
    expect(verifyPin(card)).toBe('6983');
    expectOk(send(card, '0084000004'));
    expect(send(card, '842400010C687DC5DDB4ABA26555880475')).toBe('9000');
    expect(verifyPin(card)).toBe('9000');
    expect(send(card, '805E0000071234566A8B5C73')).toBe('9000');
  });
});
