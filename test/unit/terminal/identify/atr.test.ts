// SPDX-License-Identifier: MIT
/** Answers to reset, as the public lists of them have them. */
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../src/bytes/hex.ts';
import { readAtr } from '../../../../terminal/identify/atr.ts';

const storageAtr = (code: string, check: string): string =>
  `3B8F8001804F0CA000000306${code}00000000${check}`;

describe('an ATR', () => {
  it.each([
    ['MIFARE Classic 1K', '030001', '6A'],
    ['MIFARE Classic 4K', '030002', '69'],
    ['MIFARE Ultralight', '030003', '68'],
  ])('of a storage card names a %s', (name, code, check) => {
    const atr = readAtr(fromHex(storageAtr(code, check)));
    expect(atr).toMatchObject({ isCheckRight: true, problem: undefined });
    expect(atr.storageCard).toEqual({ name, standard: 'ISO/IEC 14443 A, part 3', code });
    // 80 4F 0C would be a status object of 15 bytes in compact-TLV.
    expect(atr.historicalBytes).toMatchObject({ objects: [], problem: undefined });
  });

  it('of a storage card with a new code gives the code', () => {
    const { storageCard } = readAtr(fromHex(storageAtr('13FFFE', '00')));
    expect(storageCard).toEqual({ name: undefined, standard: undefined, code: '13FFFE' });
  });

  it('of a T=1 contact card has its interface bytes in order', () => {
    const atr = readAtr(fromHex('3BF81800FF8131FE454A434F507632343143'));
    expect(atr).toMatchObject({ convention: 'direct', protocols: [1], isCheckRight: true });
    expect(atr.interfaceBytes.map(({ name }) => name).join(' ')).toBe(
      'TA1 TB1 TC1 TD1 TD2 TA3 TB3',
    );
    expect(atr.historicalBytes.text).toBe('JCOPv241');
    expect(atr.storageCard).toBeUndefined();
  });

  it('of T=0 alone has no check byte', () => {
    const atr = readAtr(fromHex('3B021450'));
    expect(atr).toMatchObject({ protocols: [0], isCheckRight: undefined, problem: undefined });
    expect(atr.historicalBytes).toMatchObject({ hex: '1450', category: 'proprietary' });
  });

  it('of inverse convention is read as well', () => {
    const atr = readAtr(fromHex('3F65250052096A9000'));
    expect(atr).toMatchObject({ convention: 'inverse', problem: undefined });
    expect(atr.historicalBytes.hex).toBe('52096A9000');
  });

  it('has compact-TLV objects by their names', () => {
    const { historicalBytes } = readAtr(fromHex('3B6E000080318066B08412016E0183009000'));
    expect(historicalBytes.objects.map(({ name, hex }) => [name, hex])).toEqual([
      ['card service data', '80'],
      ['pre-issuing data', 'B08412016E01'],
      ['status', '009000'],
    ]);
  });

  it('has life cycle and status word at the end of category 00', () => {
    const { historicalBytes } = readAtr(fromHex('3B0600318003' + '9000'));
    expect(historicalBytes).toMatchObject({ category: 'compactTlvAndStatus', status: '039000' });
    expect(historicalBytes.objects).toMatchObject([{ tag: 3, hex: '80' }]);
  });

  it('says which compact-TLV object is cut off', () => {
    const { historicalBytes } = readAtr(fromHex('3B03803580'));
    expect(historicalBytes.problem).toBe('"compact-TLV 3" expected 5 bytes, got 1');
  });

  it('with a whole ATS inside shows it', () => {
    const { ats } = readAtr(fromHex('3B8680010675778102' + '8000'));
    expect(ats).toMatchObject({ frameSizeMax: 64, historicalBytes: { hex: '80' } });
    expect(ats?.interfaceBytes.map(({ name, value }) => [name, value])).toEqual([
      ['TA(1)', 0x77],
      ['TB(1)', 0x81],
      ['TC(1)', 0x02],
    ]);
  });

  it('of a contactless card without one shows none', () => {
    expect(readAtr(fromHex('3B878001C1052F2F01BCD6A9'))).toMatchObject({
      ats: undefined,
      isCheckRight: true,
    });
  });

  it.each([
    ['', '"atr" expected bytes, got none'],
    ['00', '"atr" expected to begin with 3B or 3F, got 00'],
    ['3B8F8001804F0C', '"atr" expected 20 bytes, got 7'],
    ['3B02145000', '"atr" expected 4 bytes, got 5'],
  ])('%s says what is wrong with it', (hex, problem) => {
    expect(readAtr(fromHex(hex)).problem).toBe(problem);
  });

  it('with a wrong check byte says so', () => {
    expect(readAtr(fromHex(storageAtr('030001', '6B'))).isCheckRight).toBe(false);
  });

  it('has long numbers masked but for their end', () => {
    const { historicalBytes } = readAtr(fromHex('3B0F363232323032313233343536373839'));
    expect(historicalBytes.text).toBe('***********6789');
  });
});
