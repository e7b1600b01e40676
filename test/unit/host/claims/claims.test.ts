// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import { importClaims, type ClaimImport } from '../../../../host/claims/import.ts';
import { LIMITS } from '../../../../src/clearing/limits.table.ts';
import { readClaims } from '../../../../host/claims/read-claims.ts';
import { claimExceptions } from '../../../../host/exceptions/sources/claims.ts';
import { stateHash } from '../../../../host/report/state-hash.ts';
import { batch } from '../host-world.ts';
import { buy, disposeAll, loaded, other, purchases, terminal } from '../intake-fixtures.ts';
import { ANN, openShop, type Shop } from '../settlement/settlement-fixtures.ts';

afterEach(disposeAll);

const HEAD = 'terminal,date,type,count,gross';
const bytes = (...lines: readonly string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(`${lines.join('\r\n')}\r\n`));
const take = ({ test }: Shop, file: Uint8Array, window: number | null = null): ClaimImport =>
  importClaims(test.host.settlement, { bytes: file, window }, ANN);
const exceptions = ({ test }: Shop) => [...claimExceptions(test.host.store)];

describe('a claim file', () => {
  it('has totals of days and single transactions, in columns of any order', () => {
    const file = bytes(
      '\uFEFFdate,terminal,type,gross,count,counter',
      '2026-02-03,00000000000a,pursePurchase,12.50,3,',
      '2026-02-03,00000000000A,9,0.05,1,77',
    );
    const common = { terminal: '00000000000A', date: '2026-02-03' };
    expect(readClaims(file, 'INR')).toEqual([
      { ...common, type: 6, counter: null, count: 3, gross: 1250 },
      { ...common, type: 9, counter: 77, count: 1, gross: 5 },
    ]);
  });

  const day = '00000000000A,2026-02-03,pursePurchase,1,1';
  it.each([
    ['no rows', bytes(HEAD), /"file" expected rows below a header line, got nothing/],
    [
      'a missing column',
      bytes('terminal,date,type,count', 'A,B,C,D'),
      /"line 1" expected a column gross/,
    ],
    [
      'a column that is not known',
      bytes(`${HEAD},x`, `${day},1`),
      /"line 1" expected columns .*, got "x"/,
    ],
    ['a row of another length', bytes(HEAD, `${day},1`), /"file" expected CSV with a header line/],
    [
      'a terminal that is none',
      bytes(HEAD, 'T1,2026-02-03,6,1,1'),
      /"line 2: terminal" expected 12 hex digits/,
    ],
    [
      'a day that is none',
      bytes(HEAD, '00000000000A,2026-02-30,6,1,1'),
      /"line 2: date" expected YYYY-MM-DD/,
    ],
    [
      'a load',
      bytes(HEAD, '00000000000A,2026-02-03,purseLoad,1,1'),
      /"line 2: type" expected pursePurchase or/,
    ],
    [
      'half a transaction',
      bytes(HEAD, '00000000000A,2026-02-03,6,0.5,1'),
      /"line 2: count" expected a whole number/,
    ],
    [
      'a negative amount',
      bytes(HEAD, '00000000000A,2026-02-03,6,1,-1'),
      /"line 2: gross" expected a plain decimal in INR/,
    ],
    [
      'two rows about the same',
      bytes(HEAD, day, day),
      /"line 3" expected another subject than line 2/,
    ],
    [
      'two transactions of one counter',
      bytes(`${HEAD},counter`, '00000000000A,2026-02-03,6,2,1,7'),
      /"line 2: count" expected 1 with a counter, got "2"/,
    ],
    ['bytes that are no UTF-8', Uint8Array.of(0xff), /"file" expected text in UTF-8/],
  ])('is refused with %s', (_what, file, message) => {
    expect(() => readClaims(file, 'INR')).toThrow(
      expect.objectContaining({
        code: 'CLAIM_FILE_REFUSED',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});

describe('a claim file above a limit', () => {
  it.each([
    ['bytes', new Uint8Array(LIMITS.claimFileBytes.max + 1)],
    ['rows', bytes(HEAD, ...new Array<string>(LIMITS.claimRows.max + 1).fill('a,b,c,d,e'))],
    [
      'money',
      bytes(
        HEAD,
        `00000000000A,2026-02-03,6,1,${LIMITS.fileMoney.max / 100}`,
        '00000000000A,2026-02-04,6,1,0.01',
      ),
    ],
  ])('of %s is refused', (_what, file) => {
    expect(() => readClaims(file, 'INR')).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }) as Error,
    );
  });
});

describe('a claim', () => {
  const ofDay = (count: number, gross: string): Uint8Array =>
    bytes(HEAD, `${terminal.id},2026-02-03,pursePurchase,${count},${gross}`);

  it('agrees with what the cards proved, and is no exception', async () => {
    const shop = await openShop();
    await shop.sell();
    expect(take(shop, ofDay(4, '0.40'))).toMatchObject({
      isNew: true,
      claims: [{ isAgreed: true, proven: { count: 4, gross: 40 } }],
    });
    expect(exceptions(shop)).toEqual([]);
  });

  it('of more than that is an exception with both values, and moves no money', async () => {
    const shop = await openShop();
    await shop.sell();
    const before = stateHash(shop.test.host.store);
    const entries = shop.test.host.store.lastEntry()?.id;
    const file = bytes(
      `${HEAD},counter`,
      `${terminal.id},2026-02-03,pursePurchase,5,0.50,`,
      `${terminal.id},2026-02-03,pursePurchase,1,0.10,2`,
      `${terminal.id},2026-02-03,pursePurchase,1,0.11,3`,
      `${terminal.id},2026-02-03,pursePurchase,1,0.10,99`,
    );
    take(shop, file);
    expect(take(shop, file).isNew).toBe(false);
    expect(exceptions(shop)).toMatchObject([
      {
        subject: `terminal ${terminal.id} 2026-02-03 pursePurchase`,
        expected: '4 of 40, as the cards proved',
        found: '5 of 50 claimed',
        moneyAtRisk: 10,
        liable: 'merchant',
        merchant: 'SHOP',
      },
      {
        subject: `terminal ${terminal.id} counter 3`,
        expected: '1 of 10, as the cards proved',
        moneyAtRisk: 1,
      },
      { subject: `terminal ${terminal.id} counter 99`, expected: '0 of 0, as the cards proved' },
    ]);
    expect([stateHash(shop.test.host.store), shop.test.host.store.lastEntry()?.id]).toEqual([
      before,
      entries,
    ]);
  });

  it('comes true when the late record arrives, and the newest claim about the same stands', async () => {
    const shop = await openShop();
    await shop.test.upload(batch(terminal, [loaded, ...purchases.slice(0, 3)]));
    take(shop, ofDay(4, '0.40'));
    expect(exceptions(shop)).toHaveLength(1);
    await shop.test.upload(batch(terminal, purchases.slice(3), { batchNumber: 2 }));
    expect(exceptions(shop)).toEqual([]);
    take(shop, ofDay(5, '0.50'));
    expect(exceptions(shop)).toMatchObject([{ found: '5 of 50 claimed' }]);
    take(shop, ofDay(4, '0.4'));
    expect(exceptions(shop)).toEqual([]);
  });

  it('of one window is compared with that window alone', async () => {
    const shop = await openShop();
    await shop.test.upload(batch(terminal, [loaded, ...purchases.slice(0, 3)]));
    await shop.close();
    await shop.test.upload(batch(terminal, purchases.slice(3), { batchNumber: 2 }));
    await shop.test.upload(batch(other, [buy(4, 60, { terminal: other, sequence: 1 })]));
    const proven = (file: Uint8Array, window: number | null) =>
      take(shop, file, window).claims[0]?.proven;
    expect(proven(ofDay(3, '0.30'), 1)).toEqual({ count: 3, gross: 30 });
    expect(proven(ofDay(1, '0.10'), 2)).toEqual({ count: 1, gross: 10 });
    expect(proven(ofDay(4, '0.40'), null)).toEqual({ count: 4, gross: 40 });
    expect(exceptions(shop)).toEqual([]);
  });

  it('of a terminal or a window that is not known is refused whole', async () => {
    const shop = await openShop();
    const file = bytes(HEAD, `${terminal.id},2026-02-03,6,1,1`, 'FFFFFFFFFFFF,2026-02-03,6,1,1');
    expect(() => take(shop, file)).toThrow(/"terminal" expected an enrolled one, got FFFFFFFFFFFF/);
    expect(() => take(shop, ofDay(1, '1'), 9)).toThrow(/expected the number of a window, got 9/);
    expect(shop.test.host.store.claims()).toEqual([]);
  });
});
