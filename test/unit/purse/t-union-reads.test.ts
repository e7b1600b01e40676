// SPDX-License-Identifier: MIT
/** What a real T-Union card answered, decoded field by field. */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes/hex.ts';
import { decodeCommand } from '../../../src/iso7816/apdu.ts';
import { decodeTlv, encodeTlv, tlvValue } from '../../../src/iso7816/tlv.ts';
import { BALANCE_REPLY } from '../../../src/purse/command-layouts.ts';
import {
  INDUSTRY,
  LOG_RECORD,
  PUBLIC_DATA,
  TRIP_RECORD,
  TRIP_TYPE,
} from '../../../src/purse/file-layouts.ts';
import { DF_NAMES, FILES } from '../../../src/purse/files.table.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { TRANSACTION_TYPES } from '../../../src/purse/transaction-types.table.ts';
import { asJson, readVectors } from '../../vectors/vector.ts';

const [balance, log, trip, fci] = readVectors('t-union-reads').map((vector) => ({
  command: decodeCommand(vector.bytes('command')),
  reply: vector.bytes('reply'),
}));

describe('a real T-Union card', () => {
  it('has a balance of 2755 fen', () => {
    expect(BALANCE_REPLY.tdes.decode(balance!.reply).balance).toBe(2755);
  });

  it('logged a composite purchase of 500 as its transaction 042D', () => {
    expect(log!.command.p2 >> 3).toBe(FILES.ef18.shortFileId);
    // The reader appended the status word.
    expect(toHex(log!.reply)).toHaveLength(2 * LOG_RECORD.size);
    expect(asJson(LOG_RECORD.decode(log!.reply))).toEqual({
      counterAfter: 0x042d,
      overdraftLimit: 0,
      amount: 500,
      transactionType: TRANSACTION_TYPES.compositePurchase.code,
      terminalId: '300089000340',
      date: '20241229',
      time: '141740',
    });
  });

  it('left a metro gate with 3585 fen', () => {
    expect(trip!.command.p2 >> 3).toBe(FILES.ef1e.shortFileId);
    expect(asJson(TRIP_RECORD.decode(trip!.reply))).toEqual({
      tripType: TRIP_TYPE.purseOut,
      terminal: '0000300089000340',
      industry: INDUSTRY.metro,
      station: '08001900300000',
      amount: 500,
      balance: 3585,
      date: '20241229',
      time: '141740',
      city: '1000',
      institution: '01011000FFFFFFFF',
      maximumFare: 0,
      maximumMinutes: 0,
    });
  });

  it('logged the trip at the terminal, date and time of the transaction', () => {
    const record = LOG_RECORD.decode(log!.reply);
    const leg = TRIP_RECORD.decode(trip!.reply);
    expect(toHex(leg.terminal)).toBe(`0000${toHex(record.terminalId)}`);
    expect([leg.date, leg.time]).toEqual([record.date, record.time]);
  });

  it('presents its AID and public data in its file control information', () => {
    const objects = decodeTlv(fci!.reply);
    expect(toHex(tlvValue(objects, 0x6f, 0x84)!)).toBe(DF_NAMES.tUnion);
    expect(toHex(tlvValue(objects, 0x6f, 0xa5, 0x9f08)!)).toBe('02');
    const publicData = PUBLIC_DATA.decode(tlvValue(objects, 0x6f, 0xa5, 0x9f0c)!);
    expect(asJson(publicData)).toEqual({
      issuerId: '01011000FFFFFFFF',
      applicationType: 2,
      applicationVersion: 1,
      applicationSerialNumber: '03105170010170907984',
      startDate: '20190806',
      expiryDate: '20401231',
      issuerFci: '0000',
    });
    expect(formatSerialNumber(publicData.applicationSerialNumber)).toBe('03105170010170907984');
    expect(encodeTlv(...objects)).toEqual(fci!.reply);
  });
});
