// SPDX-License-Identifier: MIT
/** The purchase SAM: MAC1 that cards accept, its counter, its error counter, and DELIVERY KEY, CIPHER DATA. */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes/hex.ts';
import type { VirtualPsam } from '../../../card-applet-sim/psam/virtual-psam.ts';
import { personalisePsam } from '../../../card-applet-sim/personalise/personalise-psam.ts';
import {
  apdu,
  body,
  DATE,
  expectOk,
  fixedRandom,
  hex,
  issueCard,
  KEY,
  keySetOf,
  MAC_SIZE,
  send,
  SERIAL,
  spoilt,
  SUITE_NAMES,
  sw,
  TERMINAL,
  TIME,
} from './card-fixtures.ts';
import {
  desCbcLast,
  diversifyTdes,
  encipher,
  pad8,
  cardKey,
  retailMac,
  secureMessagingMac,
  session,
  tac,
  tdesEcb,
  type Suite,
} from './oracle.ts';
import { issuePsam, KEY_VERSION, MASTER, psamInitialize, psamOptions } from './psam-fixtures.ts';

/** MAC1 and MAC2 of the request that `psamInitialize` makes by default. */
function expectedMacs(suite: Suite, terminalCounter: string): { mac1: string; mac2: string } {
  const key = cardKey(suite, MASTER.purchase, SERIAL);
  const random = suite === 'aes' ? '1122334455667788' : '11223344';
  const mac = session(suite, key, 'purchase', { random, counter: '0005', terminalCounter });
  const amount = hex(100, 4);
  return {
    mac1: mac(`${amount}06${TERMINAL}${DATE}${TIME}`),
    mac2: mac(suite === 'aes' ? `${amount}${hex(900, 4)}0006` : amount),
  };
}

const credit = (psam: VirtualPsam, mac2: string): string => send(psam, apdu('80720000', mac2));

describe.each(SUITE_NAMES)('purchases of the SAM under the %s suite', (suite) => {
  it('gives terminal counter and MAC1, takes MAC2, and counts on', () => {
    const psam = issuePsam(suite);
    for (const counter of ['00000001', '00000002']) {
      const { mac1, mac2 } = expectedMacs(suite, counter);
      expect(send(psam, psamInitialize(suite))).toBe(`${counter}${mac1}9000`);
      expect(credit(psam, mac2)).toBe('9000');
      expect(credit(psam, mac2)).toBe('6901');
    }
  });

  it('authorises a card that was diversified of the same master key', () => {
    const purchase = cardKey(suite, MASTER.purchase, SERIAL);
    const options = { keys: keySetOf({ ...KEY, purchase }), initial: { purseBalance: 1000 } };
    const card = issueCard(suite, options, fixedRandom('1122334455667788'));
    const psam = issuePsam(suite);
    for (const round of [0, 1, 2]) {
      const reply = expectOk(send(card, apdu('80500102', `01${hex(100, 4)}${TERMINAL}`)));
      const request = {
        random: reply.slice(22),
        counter: reply.slice(8, 12),
        balance: Number.parseInt(reply.slice(0, 8), 16),
      };
      const authorised = expectOk(send(psam, psamInitialize(suite, request)));
      const debit = authorised.slice(0, 8) + DATE + TIME + authorised.slice(8);
      const done = expectOk(send(card, apdu('80540100', debit)));
      expect(credit(psam, done.slice(done.length / 2))).toBe('9000');
      expect(expectOk(send(card, '805C000204'))).toBe(hex(900 - 100 * round, 4));
    }
  });

  it('counts wrong MAC2s, starts over at a right one, and locks at the limit', () => {
    const psam = issuePsam(suite, { mac2ErrorMax: 3 });
    const attempt = (isRight: boolean): string => {
      const reply = expectOk(send(psam, psamInitialize(suite)));
      const { mac2 } = expectedMacs(suite, reply.slice(0, 8));
      return credit(psam, isRight ? mac2 : spoilt(mac2));
    };
    expect([false, false, true, false, false].map(attempt)).toEqual([
      '9302',
      '9302',
      '9000',
      '9302',
      '9302',
    ]);
    // A wrong MAC2 ends the purchase: the right one comes too late.
    expect(sw(credit(psam, '00'.repeat(MAC_SIZE[suite])))).toBe('6901');
    psam.powerUp();
    expect(attempt(false)).toBe('9302');
    expect(send(psam, psamInitialize(suite))).toBe('6983');
    expect(credit(psam, '00'.repeat(MAC_SIZE[suite]))).toBe('6983');
    psam.powerUp();
    expect(send(psam, psamInitialize(suite))).toBe('6983');
  });

  it('never gives a terminal counter twice, over power loss and to its maximum', () => {
    const psam = issuePsam(suite, { terminalCounter: 0xfffffffc });
    const counters: string[] = [];
    for (let round = 0; round < 3; round++) {
      counters.push(body(send(psam, psamInitialize(suite))).slice(0, 8));
      psam.powerUp();
    }
    expect(counters).toEqual(['FFFFFFFD', 'FFFFFFFE', 'FFFFFFFF']);
    expect(send(psam, psamInitialize(suite))).toBe('9402');
  });

  it.each([
    { why: 'a key version that is not held', request: { version: 9 }, status: '9403' },
    { why: 'an algorithm of the other length', request: { algorithm: '04' }, status: '9403' },
    {
      why: 'diversification data of half a level',
      request: { levels: '00'.repeat(11) },
      status: '6700',
    },
  ])('refuses $why and counts nothing', ({ request, status }) => {
    const psam = issuePsam(suite);
    const before = psam.memory.writeCount;
    expect(send(psam, psamInitialize(suite, request))).toBe(status);
    expect(psam.memory.writeCount).toBe(before);
  });

  it('forgets the purchase at power loss, SELECT and a refused INIT', () => {
    for (const forget of [
      (psam: VirtualPsam) => psam.powerUp(),
      (psam: VirtualPsam) => expectOk(send(psam, '00A40000023F00')),
      (psam: VirtualPsam) => send(psam, psamInitialize(suite, { version: 9 })),
    ]) {
      const psam = issuePsam(suite);
      expectOk(send(psam, psamInitialize(suite)));
      forget(psam);
      expect(credit(psam, expectedMacs(suite, '00000001').mac2)).toBe('6901');
    }
  });

  it('keeps the purchase while files are read', () => {
    const psam = issuePsam(suite);
    expectOk(send(psam, psamInitialize(suite)));
    expectOk(send(psam, '00B0960006'));
    expect(credit(psam, expectedMacs(suite, '00000001').mac2)).toBe('9000');
  });
});

describe('the SAM', () => {
  it('refuses an AES amount above the balance: no card will make its MAC2', () => {
    expect(send(issuePsam('aes'), psamInitialize('aes', { balance: 99 }))).toBe('9401');
  });

  it.each(['innermostFirst', 'outermostFirst'] as const)(
    'diversifies by two levels, %s',
    (order) => {
      const psam = issuePsam('tdes', { diversificationOrder: order });
      const [issuer, card] = ['2150800021508000', SERIAL.slice(4)] as const;
      const levels = order === 'innermostFirst' ? card + issuer : issuer + card;
      const key = diversifyTdes(diversifyTdes(MASTER.purchase, issuer), card);
      const fresh = { random: '11223344', counter: '0005', terminalCounter: '00000001' };
      const mac1 = session(
        'tdes',
        key,
        'purchase',
        fresh,
      )(`${hex(100, 4)}06${TERMINAL}${DATE}${TIME}`);
      expect(send(psam, psamInitialize('tdes', { levels }))).toBe(`00000001${mac1}9000`);
    },
  );

  it('tells serial number, terminal identifier and public data', () => {
    const psam = issuePsam('aes');
    expect(send(psam, '00B095000A')).toBe('00000000000987654321' + '9000');
    expect(send(psam, '00B0960006')).toBe(`${TERMINAL}9000`);
    expect(send(psam, '00B0970019')).toBe(`01${'01011000FFFFFFFF'.repeat(2)}20240101204012319000`);
    expect(send(psam, '00B0980000')).toBe('6A82');
    expect(send(psam, '00B0960600')).toBe('6B00');
    expect(send(psam, '00B0960007')).toBe('6C06');
    expect(send(psam, '00A4040006F04F5053414D')).toBe('6F088406F04F5053414D9000');
    expect(send(psam, '00A4040005A000000003')).toBe('6A82');
    expect(send(psam, '0084000008')).toBe('6D00');
  });

  it('makes 3DES TAC and MAC under delivered keys, in one piece and in several', () => {
    const psam = issuePsam('tdes');
    const card = SERIAL.slice(4);
    const data = '000003E806001122334455000000012024022913510012';
    const padded = pad8(data);
    const deliver = (header: string): string => send(psam, apdu(header, card));
    expect(deliver(`801A24${hex(KEY_VERSION, 1)}`)).toBe('9000');
    const tacKey = diversifyTdes(MASTER.tac, card);
    expect(send(psam, apdu('80FA0100', padded))).toBe(`${tac('tdes', tacKey, data)}9000`);
    expect(deliver(`801A25${hex(KEY_VERSION, 1)}`)).toBe('9000');
    const macKey = diversifyTdes(MASTER.mac, card);
    const iv = '1122334400000000';
    const expected = `${retailMac(macKey, padded, iv).slice(0, 8)}9000`;
    expect(send(psam, apdu('80FA0500', iv + padded))).toBe(expected);
    expect(send(psam, apdu('80FA0700', iv + padded.slice(0, 16)))).toBe('9000');
    expect(send(psam, apdu('80FA0300', padded.slice(16, 32)))).toBe('9000');
    expect(send(psam, apdu('80FA0100', padded.slice(32)))).toBe(expected);
    const zeros = retailMac(macKey, padded).slice(0, 8);
    expect(send(psam, apdu('80FA0100', padded))).toBe(`${zeros}9000`);
    expect(send(psam, apdu('80FA0000', padded))).toBe(`${tdesEcb(macKey, padded)}9000`);
    expect(desCbcLast('0123456789ABCDEF', '4E6F772069732074')).toBe('3FA40E8A984D4815');
  });

  it('makes AES TAC and secure messaging MAC under delivered keys', () => {
    const psam = issuePsam('aes');
    const version = hex(KEY_VERSION, 1);
    const input = `04D6950008DEADBEEF`;
    // The maintenance key of the AES suite has the purpose 06, the TAC key 03.
    const keyOf = (master: string, purpose: string): string =>
      cardKey('aes', master, SERIAL, purpose);
    expect(send(psam, apdu(`801A25${version}`, SERIAL))).toBe('9000');
    const challenge = '0102030405060708'.padEnd(32, '0');
    const mac = secureMessagingMac('aes', keyOf(MASTER.mac, '06'), '0102030405060708', input);
    expect(send(psam, apdu('80FA0500', challenge + input))).toBe(`${mac}9000`);
    const block = '00112233445566778899AABBCCDDEEFF';
    expect(send(psam, apdu('80FA0000', block))).toBe(
      `${encipher('aes', keyOf(MASTER.mac, '06'), block)}9000`,
    );
    expect(send(psam, apdu(`801A24${version}`, SERIAL))).toBe('9000');
    expect(send(psam, apdu('80FA0100', input))).toBe(
      `${tac('aes', keyOf(MASTER.tac, '03'), input)}9000`,
    );
  });

  it.each([
    { why: 'CIPHER DATA with no key', commands: ['80FA010008' + '00'.repeat(8)], status: '6901' },
    { why: 'the purchase key for MACs', commands: [`801A220208${'00'.repeat(8)}`], status: '6A86' },
    { why: 'a version not held', commands: [`801A250908${'00'.repeat(8)}`], status: '9403' },
    { why: 'fewer levels than P1 says', commands: [`801A450208${'00'.repeat(8)}`], status: '6700' },
    {
      why: 'half a block',
      commands: [`801A250208${'00'.repeat(8)}`, '80FA010004' + '00'.repeat(4)],
      status: '6700',
    },
    {
      why: 'an initial value for encryption',
      commands: [`801A250208${'00'.repeat(8)}`, '80FA040008' + '00'.repeat(8)],
      status: '6A86',
    },
    {
      why: 'a MAC of more than 1024 bytes',
      commands: [
        `801A250208${'00'.repeat(8)}`,
        ...Array.from({ length: 5 }, () => apdu('80FA0300', '00'.repeat(240))),
      ],
      status: '6A84',
    },
  ])('refuses $why', ({ commands, status }) => {
    const psam = issuePsam('tdes');
    expect(commands.map((command) => send(psam, command)).at(-1)).toBe(status);
  });

  it.each([
    ['a terminal identifier of one byte', { terminalId: fromHex('00') }],
    ['an issuer of one byte', { issuerId: fromHex('00') }],
    ['no MAC2 errors allowed', { mac2ErrorMax: 0 }],
    ['a negative counter', { terminalCounter: -1 }],
    [
      'a key of one byte',
      { masterKeys: [{ ...psamOptions().masterKeys[0]!, key: fromHex('00') }] },
    ],
    ['two keys of one name', { masterKeys: psamOptions().masterKeys.flatMap((key) => [key, key]) }],
  ])('is not personalised with %s', (_name, options) => {
    expect(() => personalisePsam(psamOptions(options))).toThrow(/^"\w+(\.\w+)?" expected/);
  });
});
