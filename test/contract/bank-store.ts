// SPDX-License-Identifier: MIT
/** Files out, bank and claims: the part of the store's contract that files and matching stand on. */
import { expect, it } from 'vitest';
import { account } from '../../host/ledger/accounts.table.ts';
import type { BankLineRow, ClaimRow } from '../../host/store/bank-store.ts';
import type { HostStore } from '../../host/store/store.ts';
import { signedAmount } from '../../src/money/amount.ts';
import { instant } from '../../src/time/instant.ts';

const AT = instant(1_770_000_000_000);

const line: Omit<BankLineRow, 'id'> = {
  key: 'k',
  digest: 'D',
  statement: null,
  amount: signedAmount(-40),
  bookedOn: '2026-02-03',
  endToEndId: 'E',
  reference: 'R',
  counterparty: 'C',
  remittance: 'W',
  match: null,
  openedAt: AT,
};

export function bankContract(store: () => HostStore): void {
  it('keeps files of the bank once', () => {
    const file = {
      digest: 'D',
      kind: 'camt.053',
      messageId: 'M',
      importedAt: AT,
      actor: 'ann',
    } as const;
    store().insertBankFile(file);
    expect([store().bankFile('D'), store().bankFile('E')]).toEqual([file, undefined]);
    expect(() => store().insertBankFile(file)).toThrow();
  });

  it('knows the last statement of each account, and each by its name', () => {
    const first = {
      account: 'A',
      statementId: 'S2',
      sequence: 2,
      opening: signedAmount(-5),
      closing: signedAmount(7),
      digest: 'D',
    };
    const second = { ...first, statementId: 'S1', sequence: null };
    store().insertBankStatement(first);
    store().insertBankStatement(second);
    store().insertBankStatement({ ...first, account: 'B' });
    expect(store().lastBankStatement('A')).toEqual(second);
    expect(store().lastBankStatement('C')).toBeUndefined();
    expect(store().bankStatement('A', 'S2')).toEqual(first);
    expect(store().bankStatement('B', 'S1')).toBeUndefined();
    expect(() => store().insertBankStatement(first)).toThrow();
  });

  it('keeps lines, of which match and statement change', () => {
    const [one, two] = [store().insertBankLine(line), store().insertBankLine(line)];
    const three = store().insertBankLine({ ...line, key: 'other', match: 'payout:1' });
    expect(store().bankLine(two)).toEqual({ ...line, id: two });
    expect(store().bankLine(three + 1)).toBeUndefined();
    const ids = (rows: readonly BankLineRow[]): readonly number[] => rows.map(({ id }) => id);
    expect(ids(store().bankLinesOfKey('k'))).toEqual([one, two]);
    expect(ids(store().unmatchedBankLines())).toEqual([one, two]);
    expect(ids(store().bankLines(2))).toEqual([three, two]);
    expect([store().hasBankMatch('payout:1'), store().hasBankMatch('payout:2')]).toEqual([
      true,
      false,
    ]);
    store().setBankLineMatch(one, 'payout:2');
    store().setBankLineStatement(one, 'S');
    expect(store().bankLine(one)).toEqual({ ...line, id: one, match: 'payout:2', statement: 'S' });
    expect(ids(store().unmatchedBankLines())).toEqual([two]);
  });

  it('keeps what the bank said without effect', () => {
    const advice = {
      digest: 'D',
      endToEndId: 'E',
      status: 'RJCT',
      reason: 'AC04',
      problem: 'nobody knows it',
      openedAt: AT,
    };
    store().insertBankAdvice(advice);
    expect(store().bankAdvices()).toEqual([{ ...advice, id: 1 }]);
  });

  it('keeps the digest of each file of a window once', () => {
    const file = { window: 1, name: 'b.csv', digest: 'D' };
    store().insertWindowFile(file);
    store().insertWindowFile({ ...file, name: 'a.csv' });
    store().insertWindowFile({ ...file, window: 2 });
    expect(store().windowFiles(1)).toEqual([{ ...file, name: 'a.csv' }, file]);
    expect(() => store().insertWindowFile(file)).toThrow();
  });

  it('keeps claims in the order in which they came', () => {
    const claim: Omit<ClaimRow, 'id'> = {
      digest: 'D',
      terminal: 'T',
      date: '2026-02-03',
      type: 6,
      counter: null,
      window: null,
      count: 2,
      gross: signedAmount(30),
      openedAt: AT,
    };
    const other = { ...claim, digest: 'E', counter: 7, window: 1 };
    store().insertClaim(claim);
    store().insertClaim(other);
    expect(store().claims()).toEqual([
      { ...claim, id: 1 },
      { ...other, id: 2 },
    ]);
    expect([store().hasClaims('E'), store().hasClaims('F')]).toEqual([true, false]);
  });

  it('knows every balance after an entry, and the entries of a stretch', () => {
    const [cash, owed] = [account('1010', 'main'), account('2062', '1')];
    for (const id of [1, 2, 3]) {
      const postings = [
        { account: cash, amount: signedAmount(id) },
        { account: owed, amount: signedAmount(0 - id) },
      ];
      const entry = {
        id,
        source: `s${id}`,
        kind: 'bankLine',
        postedAt: AT,
        window: 1,
        postings,
      } as const;
      store().insertEntry({ ...entry, hash: Uint8Array.of(id) }, [
        signedAmount(0),
        signedAmount(0),
      ]);
    }
    expect(store().balancesAt(2)).toEqual([
      { account: cash, balance: 3 },
      { account: owed, balance: -3 },
    ]);
    expect(store().balancesAt(0)).toEqual([]);
    const stretch = (after: number, last: number): readonly number[] =>
      [...store().entriesBetween(after, last)].map(({ id }) => id);
    expect([stretch(0, 2), stretch(1, 9), stretch(3, 9)]).toEqual([[1, 2], [2, 3], []]);
  });
}
