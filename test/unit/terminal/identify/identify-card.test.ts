// SPDX-License-Identifier: MIT
/** Foreign cards, by recordings of what they answer. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DF_NAMES } from '../../../../src/purse/files.table.ts';
import { identifyAnyCard } from '../../../../terminal/identify/identify-card.ts';
import type { PurseReading } from '../../../../terminal/identify/read-purse.ts';
import { PURSE_KINDS } from '../../../../terminal/identify/purse-kinds.table.ts';
import { recordedCard, select, tlv, type Recording } from './recorded-card.ts';

const OK = '9000';
const READ_EF15 = '00B095';
const GET_BALANCE = '805C000204';
/** The only instructions that may be sent: SELECT, READ BINARY, READ RECORD, GET BALANCE, GET DATA. */
const READING = new Set(['A4', 'B0', 'B2', '5C', 'CA']);

interface Read {
  readonly name: string;
  readonly command: string;
  readonly reply: string;
}

// The file is in the repository, and its members are those of test/vectors/README.md.
const T_UNION_READS = JSON.parse(
  readFileSync(new URL('../../../vectors/t-union-reads.json', import.meta.url), 'utf8'),
) as readonly Read[];

/** The recording ends its commands with Le 00; ours name the length. */
const T_UNION: Recording = {
  answers: Object.fromEntries(
    T_UNION_READS.map(({ command, reply }) => [
      command.startsWith('00B2') ? command.slice(0, 8) : command,
      `${reply}${OK}`,
    ]),
  ),
};
const SHENZHEN_FCI =
  '6F3284075041592E535A54A5279F0801029F0C200000000000000000FD44000051800000E63C1D29201712012027120110100000';
const SHANGHAI_EF15 = '869820007590FFFF820520007D93847E0526E0B820180724202416020000';
const CHONGQING_EF15 = `000140002014120320991231${'00'.repeat(18)}`;

/** A purse with the name that City Union shares with many. */
function cityCard(ef15: string, others: Readonly<Record<string, string>> = {}): Recording {
  const answers = { [select(DF_NAMES.tdesPurse)]: OK, [READ_EF15]: `${ef15}${OK}`, ...others };
  return { answers };
}

/** The one purse of a card. */
async function purseOf(recording: Recording): Promise<PurseReading> {
  const card = recordedCard(recording);
  const { class: cardClass, purses } = await identifyAnyCard(card);
  expect(cardClass).toBe('purse');
  expect(purses).toHaveLength(1);
  for (const command of card.sent) expect(READING).toContain(command.slice(2, 4));
  const [purse] = purses;
  if (purse === undefined) throw new Error('no purse');
  return purse;
}

const sure = (value: number | string): object => ({ value, isSure: true });
const notSure = (value: number | string): object => ({ value, isSure: false });

describe('a purse card', () => {
  it('of T-Union is read as published, EF15 out of the answer to SELECT', async () => {
    const purse = await purseOf(T_UNION);
    expect(purse).toMatchObject({
      kind: 'tUnion',
      serial: sure('03105170010170907984'),
      startDate: sure('20190806'),
      expiryDate: sure('20401231'),
      balance: sure(0xac3),
    });
    expect(purse.log).toMatchObject([{ counterAfter: 0x042d, amount: 500, transactionType: 9 }]);
    expect(purse.trips).toMatchObject([{ tripType: 4, amount: 500, balance: 0x0e01 }]);
  });

  it.each([
    ['0001', { scope: 'interoperable' }, true],
    ['0000', { scope: 'local' }, true],
    ['0102', { scope: undefined, scopeCode: '0102' }, false],
  ])('of T-Union says in EF17 where it is valid: %s', async (code, scope, isSure) => {
    const ef17 = `015600001000100A${code}07${'00'.repeat(49)}`;
    const answers = { ...T_UNION.answers, '00B097': `${ef17}${OK}` };
    expect((await purseOf({ answers })).validity).toMatchObject({
      isSure,
      value: { country: '01560000', province: '1000', city: '100A', cardCategory: '07', ...scope },
    });
  });

  it.each([
    ['nothing written', `${'00'.repeat(60)}${OK}`],
    ['fewer bytes', `${'01'.repeat(8)}${OK}`],
    ['no EF17', '6A82'],
  ])('of T-Union does not say where it is valid with %s', async (_what, answer) => {
    const answers = { ...T_UNION.answers, '00B097': answer };
    expect((await purseOf({ answers })).validity).toBeUndefined();
  });

  it('of Shenzhen has its number in the answer to SELECT, lowest byte first', async () => {
    const name = PURSE_KINDS.shenzhen.aid;
    expect(await purseOf({ answers: { [select(name)]: `${SHENZHEN_FCI}${OK}` } })).toMatchObject({
      kind: 'shenzhen',
      serial: sure('689781990'),
      startDate: sure('20171201'),
      expiryDate: sure('20271201'),
      balance: undefined,
      log: [],
    });
  });

  it('of Shanghai has its number highest byte first, and no date where none stands', async () => {
    expect(await purseOf(cityCard(SHANGHAI_EF15))).toMatchObject({
      kind: 'shanghai',
      city: sure('2000'),
      serial: sure('86433976'),
      startDate: sure('20180724'),
      expiryDate: notSure('20241602'),
    });
  });

  it('of Chongqing has its dates elsewhere, and no number where zeros stand', async () => {
    expect(await purseOf(cityCard(CHONGQING_EF15))).toMatchObject({
      kind: 'chongqing',
      serial: undefined,
      startDate: notSure('20141203'),
      expiryDate: notSure('20991231'),
    });
  });

  it('of another city has both readings of its number', async () => {
    const ef15 = `${SHANGHAI_EF15.slice(0, 4)}1234${SHANGHAI_EF15.slice(8)}`;
    const purse = await purseOf(cityCard(ef15));
    expect(purse).toMatchObject({ kind: 'pboc', city: notSure('1234') });
    expect(purse.row.isSure).toBe(false);
    expect(purse.otherSerial).toEqual(notSure('3101697541'));
  });

  it('with the top bit of its balance set is not sure of it', async () => {
    const answers = { [GET_BALANCE]: `80000064${OK}` };
    const { balance } = await purseOf(cityCard(SHANGHAI_EF15, answers));
    expect(balance).toEqual(notSure(100));
  });

  it('with its purse in DF 1001 is asked there', async () => {
    // No public recording has a balance: bytes of EF04 and the balance are made up.
    const ef04 = `1000751234567890${'00'.repeat(16)}2012010120301231`;
    const name = select(PURSE_KINDS.beijing.aid);
    const file = '00A4000002100100';
    const card = recordedCard({
      answers: { [name]: OK, '00B08400': `${ef04}${OK}`, [file]: OK },
    });
    const { purses } = await identifyAnyCard(card);
    expect(purses).toMatchObject([
      { serial: sure('1000751234567890'), expiryDate: sure('20301231'), balance: undefined },
    ]);
    expect(card.sent.join(' ')).toContain(`${GET_BALANCE} ${file} ${GET_BALANCE}`);
  });

  it('leaves out log records that were never written', async () => {
    const log = (number: number, data: string): object => ({
      [`00B20${number}C4`]: `${data}${OK}`,
    });
    const written = '00010000000000006406' + '11223344556620240102030405';
    const answers = { ...log(1, 'FF'.repeat(23)), ...log(2, written), ...log(3, '00'.repeat(23)) };
    const purse = await purseOf(cityCard(SHANGHAI_EF15, answers));
    expect(purse.log).toMatchObject([{ counterAfter: 1, amount: 100 }]);
  });

  it('whose EF15 is short tells what is there', async () => {
    const purse = await purseOf(cityCard(SHANGHAI_EF15.slice(0, 48)));
    expect(purse).toMatchObject({ startDate: sure('20180724'), expiryDate: undefined });
  });
});

describe('a payment card', () => {
  const entries = [
    tlv('61', tlv('4F', 'A0000000031010') + tlv('50', '56495341') + tlv('87', '81')),
    // A label that is a number like that of a card: 6222021234567890.
    tlv('61', tlv('4F', 'A000000333010101') + tlv('50', '36323232303231323334353637383930')),
  ].join('');
  const ppse = tlv('6F', tlv('84', DF_NAMES.ppse) + tlv('A5', tlv('BF0C', entries)));

  it('is listed by its PPSE, and nothing in its applications is selected or read', async () => {
    const card = recordedCard({ answers: { [select(DF_NAMES.ppse)]: `${ppse}${OK}` } });
    const identity = await identifyAnyCard(card);
    expect(identity.class).toBe('paymentCard');
    expect(identity.applications).toEqual([
      { directory: 'PPSE', aid: 'A0000000031010', label: 'VISA', priority: 1, scheme: 'Visa' },
      {
        directory: 'PPSE',
        aid: 'A000000333010101',
        label: '************7890',
        priority: undefined,
        scheme: 'UnionPay',
      },
    ]);
    expect(new Set(card.sent.map((command) => command.slice(0, 4)))).toEqual(new Set(['00A4']));
    expect(card.sent.filter((command) => command.includes('A0000000031010'))).toEqual([]);
  });

  it('with a PSE has the records of that directory read, and no others', async () => {
    const pse = tlv('6F', tlv('84', DF_NAMES.pse) + tlv('A5', tlv('88', '01')));
    const card = recordedCard({
      answers: { [select(DF_NAMES.pse)]: `${pse}${OK}`, '00B2010C': `${tlv('70', entries)}${OK}` },
    });
    const { applications } = await identifyAnyCard(card);
    expect(applications.map(({ directory }) => directory)).toEqual(['PSE', 'PSE']);
    const reads = card.sent.filter((command) => command.startsWith('00B2'));
    expect(reads).toEqual(['00B2010C00', '00B2020C00']);
  });

  it('with a directory that is no TLV lists nothing', async () => {
    const card = recordedCard({ answers: { [select(DF_NAMES.ppse)]: `6F7F00${OK}` } });
    expect(await identifyAnyCard(card)).toMatchObject({ class: 'unknown', applications: [] });
  });
});

describe('another card', () => {
  it('is unknown, with every SELECT that was tried', async () => {
    const { class: cardClass, selects } = await identifyAnyCard(recordedCard({}));
    expect(cardClass).toBe('unknown');
    const names = new Set(Object.values(PURSE_KINDS).map(({ aid }) => aid));
    expect(selects.map(({ name }) => name).slice(3)).toEqual([...names]);
    expect(new Set(selects.map(({ sw }) => sw))).toEqual(new Set([0x6a82]));
  });

  it('that says yes to everything is believed nothing', async () => {
    const card = recordedCard({ otherwise: OK });
    expect(await identifyAnyCard(card)).toMatchObject({ class: 'unbelievable', purses: [] });
    expect(card.sent).toHaveLength(1);
  });

  it('of storage is asked for its UID alone', async () => {
    const card = recordedCard({
      atr: '3B8F8001804F0CA000000306030001000000006A',
      reader: 'ACR122U',
      answers: { FFCA000000: `04A1B2C3${OK}` },
    });
    expect(await identifyAnyCard(card)).toMatchObject({
      class: 'storageCard',
      uid: { hex: '04A1B2C3', isRandom: false },
      selects: [],
    });
    expect(card.sent).toEqual(['FFCA000000']);
  });

  it.each([
    ['a random UID of a phone', `08A1B2C3${OK}`, { hex: '08A1B2C3', isRandom: true }],
    ['a UID of seven bytes', `04112233445566${OK}`, { hex: '04112233445566', isRandom: false }],
    ['no UID, from a contact reader', '6E00', undefined],
    ['no UID, from an empty answer', OK, undefined],
  ])('has %s', async (_, answer, uid) => {
    const card = recordedCard({ reader: 'reader', answers: { FFCA000000: answer } });
    expect((await identifyAnyCard(card)).uid).toEqual(uid);
  });

  it('without a reader is not asked for a UID', async () => {
    const card = recordedCard({});
    await identifyAnyCard(card);
    expect(card.sent.some((command) => command.startsWith('FF'))).toBe(false);
  });
});

describe('a card that leaves', () => {
  it('is said to be gone, whatever it was asked last', async () => {
    const whole = recordedCard(T_UNION);
    await identifyAnyCard(whole);
    for (let answersMax = 0; answersMax < whole.sent.length; answersMax++) {
      const card = recordedCard({ ...T_UNION, answersMax });
      await expect(identifyAnyCard(card)).rejects.toMatchObject({ code: 'CARD_GONE' });
      expect(card.sent).toHaveLength(answersMax + 1);
    }
  });
});
