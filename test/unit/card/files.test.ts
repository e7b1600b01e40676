// SPDX-License-Identifier: MIT
/** SELECT, directories and elementary files: reading, updating under secure messaging, access conditions. */
import { describe, expect, it } from 'vitest';
import { decodeTlv, tlvValue } from '../../../src/iso7816/tlv.ts';
import { fromHex, toHex } from '../../../src/bytes/hex.ts';
import {
  AID,
  apdu,
  body,
  expectOk,
  hex,
  issueCard,
  prepareDebit,
  secured,
  selectPurse,
  send,
  SERIAL,
  SUITE_NAMES,
  sw,
  verifyPin,
} from './card-fixtures.ts';

const EF15 = `01011000FFFFFFFF0201${SERIAL}20240101204012310000`;
const PSE = '315041592E5359532E4444463031';
const PPSE = '325041592E5359532E4444463031';
const RECORD_1 = `011E00${'00'.repeat(29)}`;

describe.each(SUITE_NAMES)('files of the %s suite', (suite) => {
  it('selects the purse by name with EF15 in its FCI, and by both identifiers', () => {
    const card = issueCard(suite);
    const fci = `6F${hex(39 + 2 + AID[suite].length / 2, 1)}84${hex(AID[suite].length / 2, 1)}${AID[suite]}A5259F0801019F0C1E${EF15}`;
    expect(send(card, selectPurse(suite))).toBe(`${fci}9000`);
    for (const fileId of ['3F01', '1001']) {
      expect(send(card, `00A4000002${fileId}`)).toBe(`${fci}9000`);
    }
    expect(send(card, `00A4040C${hex(AID[suite].length / 2, 1)}${AID[suite]}`)).toBe('9000');
  });

  it('lists the purse in the PSE and in the PPSE', () => {
    const card = issueCard(suite);
    const pse = decodeTlv(fromHex(expectOk(send(card, apdu('00A40400', PSE)))));
    expect(toHex(tlvValue(pse, 0x6f, 0xa5, 0x88) ?? new Uint8Array())).toBe('01');
    const record = decodeTlv(fromHex(expectOk(send(card, '00B2010C00'))));
    expect(toHex(tlvValue(record, 0x70, 0x61, 0x4f) ?? new Uint8Array())).toBe(AID[suite]);
    expect(send(card, '00B2020C00')).toBe('6A83');
    expect(send(card, '00B2011400')).toBe('6A82');
    const ppse = decodeTlv(fromHex(expectOk(send(card, apdu('00A40400', PPSE)))));
    const found = tlvValue(ppse, 0x6f, 0xa5, 0xbf0c, 0x61, 0x4f);
    expect(toHex(found ?? new Uint8Array())).toBe(AID[suite]);
  });

  it.each([
    ['an unknown application', '00A4040005A000000003', '6A82'],
    ['the start of its own name', `00A4040005${AID[suite].slice(0, 10)}`, '6A82'],
    ['an OpenSC probe', '00A4040006A00000000101', '6A82'],
    ['the application of the T-Union', '00A4040008A000000632010105', '6A82'],
    ['a second occurrence', `00A40402${hex(AID[suite].length / 2, 1)}${AID[suite]}`, '6A82'],
    ['an unknown identifier', '00A40000023F02', '6A82'],
    ['an identifier of three bytes', '00A40000033F0000', '6700'],
    ['an unknown way to select', '00A40800023F00', '6A86'],
    ['GET DATA', '80CA9F7F00', '6D00'],
    ['GET DATA of class 00', '00CA004F00', '6D00'],
    ['a class of another card', '3CB0000000', '6E00'],
    ['GET RESPONSE with nothing waiting', '00C0000010', '6985'],
  ])('answers %s with its status word alone', (_name, command, status) => {
    expect(send(issueCard(suite), command)).toBe(status);
  });

  it('needs the purse selected for purse commands, and knows no files in the master file', () => {
    const card = issueCard(suite);
    expect(sw(send(card, '00A40000023F00'))).toBe('9000');
    expect(send(card, '805C000204')).toBe('6985');
    expect(verifyPin(card)).toBe('6985');
    expect(send(card, '00B0950000')).toBe('6A82');
    expect(send(card, '00B0000010')).toBe('6986');
    expect(sw(send(card, '00A4'))).toBe('6700');
    expect(sw(send(card, '00A40000'))).toBe('9000');
  });

  it('reads transparent files by short identifier and by selection', () => {
    const card = issueCard(suite);
    expect(send(card, '00B095001E')).toBe(`${EF15}9000`);
    expect(send(card, '00B0950000')).toBe(`${EF15}9000`);
    expect(send(card, '00B0950A0A')).toBe(`${SERIAL}9000`);
    expect(send(card, '00B095001F')).toBe('6C1E');
    expect(send(card, '00B0951E00')).toBe('6B00');
    expect(send(card, '00B0000A0A')).toBe(`${SERIAL}9000`);
    expect(send(card, '00B09F0000')).toBe('6A82');
    expect(send(card, '00B0980000')).toBe('6981');
    expect(send(card, '00B0800000')).toBe('6A86');
    expect(send(card, '00A40000020017')).toBe('6F088002003C830200179000');
    expect(sw(send(card, '00B000003C'))).toBe('9000');
  });

  it('shows the cardholder after VERIFY or EXTERNAL AUTHENTICATE only', () => {
    const card = issueCard(suite, { cardholderData: fromHex('42'.repeat(55)) });
    expect(send(card, '00B0960000')).toBe('6982');
    expectOk(verifyPin(card));
    expect(send(card, '00B0960000')).toBe(`${'42'.repeat(55)}9000`);
    expectOk(send(card, selectPurse(suite)));
    expect(send(card, '00B0960000')).toBe('6982');
  });

  it('updates a transparent file under secure messaging, the FCI with it', () => {
    const card = issueCard(suite);
    const update = { header: '04D69508', data: '0701', key: 'maintenance' } as const;
    expect(secured(card, suite, { ...update, spoilMac: true })).toBe('6988');
    expect(secured(card, suite, update)).toBe('9000');
    expect(send(card, '00B0950802')).toBe('07019000');
    expect(send(card, selectPurse(suite))).toContain('FFFFFFFF0701');
  });

  it('refuses an update without MAC, without challenge, out of range, or of the card’s own files', () => {
    const card = issueCard(suite);
    expect(send(card, '00D6950002ABCD')).toBe('6987');
    expect(send(card, '04D6950002ABCD')).toBe('6987');
    expect(send(card, apdu('04D69500', `ABCD${'00'.repeat(8)}`))).toBe('6984');
    const key = 'maintenance';
    expect(secured(card, suite, { header: '04D6951E', data: 'AB', key })).toBe('6B00');
    expect(secured(card, suite, { header: '04D6951D', data: 'ABCD', key })).toBe('6A84');
    expect(secured(card, suite, { header: '04D69500', key })).toBe('6700');
    expect(secured(card, suite, { header: '04DC01C4', data: '00'.repeat(23), key })).toBe('6982');
    expect(secured(card, suite, { header: '04E200F0', data: '00'.repeat(48), key })).toBe('6982');
  });

  it('uses a challenge up, right MAC or wrong', () => {
    const card = issueCard(suite);
    const update = { header: '04D69508', data: '0701', key: 'maintenance' } as const;
    expect(secured(card, suite, { ...update, spoilMac: true })).toBe('6988');
    expect(send(card, apdu('04D69508', `0701${'00'.repeat(8)}`))).toBe('6984');
  });

  it('reads under secure messaging too', () => {
    const card = issueCard(suite);
    expect(secured(card, suite, { header: '04B09500', key: 'maintenance' })).toBe(`${EF15}9000`);
    const wrong = { header: '04B201C8', key: 'maintenance', spoilMac: true } as const;
    expect(secured(card, suite, wrong)).toBe('6988');
    expect(send(card, '00B0950001AB')).toBe('6700');
  });

  it('reads, updates and appends variable records by tag and by number', () => {
    const card = issueCard(suite);
    const key = 'maintenance';
    expect(send(card, '00B201C800')).toBe(`${RECORD_1}9000`);
    expect(send(card, '00B201CC00')).toBe(`${RECORD_1}9000`);
    expect(send(card, '00B202CC00')).toBe(`${RECORD_1.replace(/^01/, '02')}9000`);
    expect(send(card, '00B203C800')).toBe('6A83');
    expect(send(card, '00B200C800')).toBe('6A83');
    expect(send(card, '00B209CC00')).toBe('6A83');
    expect(send(card, '00B201CA00')).toBe('6A86');
    expect(send(card, '00B201C805')).toBe('6C20');
    expect(send(card, '00B201AC00')).toBe('6981');
    const shorter = '0103007788';
    expect(secured(card, suite, { header: '04DC01C8', data: shorter, key })).toBe('9000');
    expect(send(card, '00B201CC00')).toBe(`${shorter}9000`);
    expect(secured(card, suite, { header: '04E200C8', data: '09020011', key })).toBe('9000');
    expect(send(card, '00B209C800')).toBe('090200119000');
    expect(send(card, '00B203CC00')).toBe('090200119000');
  });

  it.each([
    ['a length byte that lies', '04DC01C8', '01050011', '6A80'],
    ['a tag that another record has', '04DC01C8', '02020011', '6A80'],
    ['a record longer than a slot', '04DC01C8', `0140${'00'.repeat(64)}`, '6A84'],
    ['a tag that is not there', '04DC07C8', '07020011', '6A83'],
    ['an append of a tag that is there', '04E200C8', '01020011', '6A80'],
    ['an append with a mode', '04E200CC', '09020011', '6A86'],
    ['an append to a transparent file', '04E200A8', '09020011', '6981'],
    ['a cyclic record by tag', '04DC01F0', '01020011', '6981'],
  ])('refuses %s', (_name, header, data, status) => {
    const card = issueCard(suite);
    expect(secured(card, suite, { header, data, key: 'maintenance' })).toBe(status);
  });

  it('refuses an append to a full file', () => {
    const card = issueCard(suite);
    const append = (tag: number): string =>
      secured(card, suite, {
        header: '04E200C8',
        data: `${hex(tag, 1)}020011`,
        key: 'maintenance',
      });
    expect([3, 4, 5, 6, 7, 8].map(append)).toEqual(Array.from({ length: 6 }, () => '9000'));
    expect(append(9)).toBe('6A84');
  });

  it('keeps thirty trips, the newest first', () => {
    const card = issueCard(suite);
    for (let trip = 1; trip <= 31; trip++) {
      const between = [apdu('80DC00F0', hex(trip, 1).repeat(48))];
      const flow = { p1: '03', type: '09', account: '02', amount: 0, between } as const;
      expectOk(send(card, prepareDebit(card, suite, flow).command));
    }
    expect(body(send(card, '00B201F400'))).toBe('1F'.repeat(48));
    expect(body(send(card, '00B21EF400'))).toBe('02'.repeat(48));
    expect(send(card, '00B21FF400')).toBe('6A83');
  });

  it('caches a record that replaces the one before as often as it comes', () => {
    const card = issueCard(suite);
    prepareDebit(card, suite, { p1: '03', type: '09', account: '02', amount: 0 });
    for (let update = 0; update < 20; update++) {
      expect(send(card, apdu('80DC01C8', RECORD_1))).toBe('9000');
    }
  });

  it('refuses a cached record whose length byte lies', () => {
    const card = issueCard(suite);
    prepareDebit(card, suite, { p1: '03', type: '09', account: '02', amount: 0 });
    expect(send(card, apdu('80DC01C8', RECORD_1.replace(/^011E/, '011D')))).toBe('6A80');
  });

  it('limits what one composite purchase may cache', () => {
    const card = issueCard(suite);
    prepareDebit(card, suite, { p1: '03', type: '09', account: '02', amount: 0 });
    const answers = Array.from({ length: 9 }, () => send(card, apdu('80DC00F0', '00'.repeat(48))));
    expect(answers).toEqual([...Array.from({ length: 8 }, () => '9000'), '6A84']);
    expect(send(card, '80540100')).toBe('6700');
  });
});
