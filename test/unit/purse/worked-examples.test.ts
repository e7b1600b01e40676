// SPDX-License-Identifier: MIT
/**
 * The published worked examples as whole sessions, card, SAM and host keys in one hand: V1 (load), V2
 * (purchase), and the derived unload and limit update. Single values are in test/vectors/tables/purse/.
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import { decodeCommand } from '../../../src/iso7816/apdu.ts';
import { amount } from '../../../src/money/amount.ts';
import {
  DEBIT,
  DEBIT_REPLY,
  INITIALIZE,
  INITIALIZE_LIMIT_REPLY,
  INITIALIZE_OFFLINE_REPLY,
  INITIALIZE_ONLINE_REPLY,
  LIMIT_COMMIT,
  ONLINE_COMMIT,
} from '../../../src/purse/command-layouts.ts';
import { MAC_INPUTS } from '../../../src/purse/mac-inputs.table.ts';
import { uniformKeys } from '../../../src/purse/card-keys.ts';
import { SUITES } from '../../../src/purse/suites.table.ts';

const KEYS = uniformKeys(fromHex('11223344556677888877665544332211'));
const { tdes } = SUITES;
const tac = tdes.tacKey(KEYS.tac);
const dataOf = (hex: string): Uint8Array => decodeCommand(fromHex(hex)).data;
const WHEN = { date: fromHex('20111221'), time: fromHex('214822') };

describe('V1, a load of 3DES', () => {
  const request = INITIALIZE.tdes.decode(dataOf('805000010B0100001000001122334455 10'));
  const reply = INITIALIZE_ONLINE_REPLY.tdes.decode(
    fromHex('00000000 0000 02 00 11223344 2988AE5A'),
  );
  const session = tdes.sessionMasterKey(KEYS.load).sessionKey({
    session: 'load',
    cardRandom: reply.cardRandom,
    counter: reply.onlineCounter,
    terminalCounter: 0,
  });
  const { amount: loaded, terminalId } = request;
  const common = { amount: loaded, transactionType: 0x01, terminalId };

  it('has the MAC1 that the card returned', () => {
    const input = MAC_INPUTS.loadMac1.tdes.encode({ balanceBefore: reply.balance, ...common });
    expect(toHex(input)).toBe('000000000000100001001122334455');
    expect(toHex(session.mac(input))).toBe(toHex(reply.mac1));
  });

  it('has the MAC2 that the host sends', () => {
    const input = MAC_INPUTS.loadMac2.tdes.encode({ ...common, ...WHEN });
    const sent = ONLINE_COMMIT.tdes.decode(dataOf('805200000B201112212148223A845BF004'));
    expect(sent).toMatchObject(WHEN);
    expect(toHex(session.mac(input))).toBe(toHex(sent.mac2));
  });

  it('ends with the derived TAC', () => {
    const input = MAC_INPUTS.loadTac.tdes.encode({
      balanceAfter: amount(reply.balance + loaded),
      counterBefore: reply.onlineCounter,
      ...common,
      ...WHEN,
    });
    expect(toHex(tac.mac(input))).toBe('FF5C1389');
  });
});

describe('V2, a purchase of 3DES', () => {
  const request = INITIALIZE.tdes.decode(dataOf('805001020B01000010000011223344550F'));
  const reply = INITIALIZE_OFFLINE_REPLY.tdes.decode(
    fromHex('00000000 0000 000000 01 00 11223344'),
  );
  const debit = DEBIT.tdes.decode(dataOf('805401000F0000000120120229135100F15CAB7508'));
  const answer = DEBIT_REPLY.tdes.decode(fromHex('F5B221C956988A13'));
  const session = tdes.sessionMasterKey(KEYS.purchase).sessionKey({
    session: 'purchase',
    cardRandom: reply.cardRandom,
    counter: reply.offlineCounter,
    terminalCounter: debit.terminalCounter,
  });
  const { terminalCounter, date, time } = debit;
  const common = { amount: request.amount, transactionType: 0x06, terminalId: request.terminalId };

  it('has the MAC1 of the SAM', () => {
    const input = MAC_INPUTS.purchaseMac1.tdes.encode({ ...common, date, time });
    expect(toHex(session.mac(input))).toBe(toHex(debit.mac1));
  });

  it('has the MAC2 of the card over the amount alone', () => {
    const input = MAC_INPUTS.purchaseMac2.tdes.encode({ amount: request.amount });
    expect(toHex(session.mac(input))).toBe(toHex(answer.mac2));
  });

  it('ends with the derived TAC, the first half of the reply', () => {
    const input = MAC_INPUTS.purchaseTac.tdes.encode({ ...common, terminalCounter, date, time });
    expect(toHex(tac.mac(input))).toBe(toHex(answer.tac));
  });

  it('uses the low half of the terminal counter alone for its session key', () => {
    const other = tdes.sessionMasterKey(KEYS.purchase).sessionKey({
      session: 'purchase',
      cardRandom: reply.cardRandom,
      counter: 0,
      terminalCounter: 0xabcd0001,
    });
    expect(toHex(other.mac(fromHex('00001000')))).toBe('56988A13');
  });
});

describe('the derived limit update of 3DES', () => {
  it('has the MACs of card and host', () => {
    const reply = INITIALIZE_LIMIT_REPLY.tdes.decode(
      fromHex('00002000 0002 000000 02 00 11223344 9615393A'),
    );
    const sent = LIMIT_COMMIT.tdes.decode(dataOf('805800000E0005002011122121482234B3152404'));
    const terminalId = fromHex('001122334455');
    const session = tdes.sessionMasterKey(KEYS.limit).sessionKey({
      session: 'limit',
      cardRandom: reply.cardRandom,
      counter: reply.onlineCounter,
      terminalCounter: 0,
    });
    const common = { transactionType: 0x07, terminalId };
    const { balance, oldLimit } = reply;
    const mac1 = MAC_INPUTS.limitMac1.tdes.encode({ balanceBefore: balance, oldLimit, ...common });
    expect(toHex(session.mac(mac1))).toBe(toHex(reply.mac1));
    const { newLimit, date, time } = sent;
    const mac2 = MAC_INPUTS.limitMac2.tdes.encode({ newLimit, ...common, date, time });
    expect(toHex(session.mac(mac2))).toBe(toHex(sent.mac2));
  });
});

describe('session keys of load, unload and limit', () => {
  it.each(['tdes', 'aes'] as const)('ignore the terminal counter in suite %s', (name) => {
    const suite = SUITES[name];
    for (const session of ['load', 'unload', 'limit'] as const) {
      const macOf = (terminalCounter: number): string =>
        toHex(
          suite
            .sessionMasterKey(KEYS.load)
            .sessionKey({
              session,
              cardRandom: new Uint8Array(suite.cardRandomSize).fill(7),
              counter: 1,
              terminalCounter,
            })
            .mac(new Uint8Array(4)),
        );
      expect(macOf(99), session).toBe(macOf(0));
    }
  });
});
