// SPDX-License-Identifier: MIT
import { afterEach, describe, expect, it } from 'vitest';
import {
  assignBankLine,
  floatAccount,
  importBankFile,
  setFloatAccount,
  type BankImport,
} from '../../../../host/bank/import.ts';
import { listExceptions } from '../../../../host/exceptions/list.ts';
import type { Exception } from '../../../../host/exceptions/model.ts';
import { checkTrialBalance } from '../../../../host/ledger/ledger.ts';
import { confirmPayout } from '../../../../host/settlement/payouts.ts';
import { stateHash } from '../../../../host/report/state-hash.ts';
import { instant } from '../../../../src/time/instant.ts';
import { disposeAll } from '../intake-fixtures.ts';
import { ACCOUNT, ANN, DAY, openShop, type Shop } from '../settlement/settlement-fixtures.ts';
import {
  interbankStatus,
  notification,
  orderRejected,
  OURS,
  paymentReturn,
  paymentStatus,
  statement,
  type StatementOf,
} from './bank-fixtures.ts';

afterEach(disposeAll);

const ID = '1-SHOP';
/** Who authorised the load of 100 that the shop's card had: it owes the money. */
const AGENT = '000000000001';
const payment = { amount: -40, endToEndId: ID, reference: 'B-PAY' };
const comeBack = { amount: 40, endToEndId: ID, reference: 'B-BACK', remittance: 'AC04' };
const fromAgent = { amount: 100, reference: 'B-AGENT', remittance: `loads of ${AGENT}, Feb` };

interface Bank extends Shop {
  take(bytes: Uint8Array): BankImport;
  /** The next statement, from where the last one ended. */
  state(of: Omit<StatementOf, 'opening' | 'sequence'>): BankImport;
  /** Accounts that are not even, of bank, payouts, merchants and waiting lines. */
  books(): Readonly<Record<string, number>>;
  payout(): string | undefined;
  exceptions(days?: number): readonly Exception[];
}

/** A shop with a payout of 40 instructed. */
async function bank(): Promise<Bank> {
  const shop = await openShop();
  const { settlement, store } = shop.test.host;
  shop.set('SHOP', { account: ACCOUNT });
  setFloatAccount(settlement, OURS);
  await shop.sell();
  await shop.close();
  let [sequence, balance] = [0, 0];
  const take = (bytes: Uint8Array): BankImport => importBankFile(settlement, bytes, ANN);
  return {
    ...shop,
    take,
    state(of) {
      const taken = take(statement({ ...of, opening: balance, sequence: ++sequence }));
      balance = of.entries.reduce((total, entry) => total + entry.amount, balance);
      return taken;
    },
    books() {
      checkTrialBalance(store);
      shop.check();
      const wanted = /^(1010|1030|1070|2040|2045|2062|3010|5020)/;
      return Object.fromEntries(
        store
          .balances()
          .filter(({ account, balance: value }) => wanted.test(account) && value !== 0)
          .map(({ account, balance: value }) => [account, value]),
      );
    },
    payout: () => store.payout(ID)?.state,
    exceptions: (days = 0) =>
      listExceptions(store, instant(shop.clock.nowMs + days * DAY)).filter(
        ({ rule }) => rule === 'bankUnmatched',
      ),
  };
}

const OWED_BY_AGENT = { [`1030:${AGENT}`]: 100 };
const ON_ITS_WAY = { '2045:1-SHOP': -40 };

describe('a statement', () => {
  it('confirms the payout of its end-to-end id and amount, and takes what an agent owed', async () => {
    const host = await bank();
    expect(host.state({ entries: [payment, fromAgent] })).toMatchObject({
      isNew: true,
      lines: { matched: 2, unmatched: 0, known: 0 },
    });
    expect(host.payout()).toBe('confirmed');
    expect(host.test.host.store.payout(ID)?.bankReference).toBe('B-PAY');
    expect(host.books()).toEqual({ '1010:main': 60 });
    expect(host.exceptions(30)).toEqual([]);
  });

  it('has no effect the second time, in the same file or another one', async () => {
    const host = await bank();
    const day = { opening: 0, entries: [payment, { amount: 7 }] };
    host.take(statement(day));
    const before = stateHash(host.test.host.store);
    expect(host.take(statement(day))).toMatchObject({ isNew: false });
    const again = Buffer.concat([statement(day), Buffer.from('\n')]);
    expect(host.take(Uint8Array.from(again))).toMatchObject({
      isNew: true,
      lines: { matched: 0, unmatched: 0, known: 2 },
    });
    expect(stateHash(host.test.host.store)).toBe(before);
    expect(host.books()).toMatchObject({ '1010:main': -33, '2062:1': -7 });
  });

  it('pays back to the merchant what came back', async () => {
    const host = await bank();
    host.state({ entries: [payment] });
    host.state({ entries: [comeBack] });
    expect(host.payout()).toBe('returned');
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '2040:SHOP': -40 });
  });

  it('may have payment and return in either order', async () => {
    const host = await bank();
    expect(host.state({ entries: [comeBack, payment] })).toMatchObject({ lines: { matched: 2 } });
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '2040:SHOP': -40 });
  });

  it('keeps money that nobody knows in an account of its own, and says so', async () => {
    const host = await bank();
    host.state({
      entries: [
        { ...payment, amount: -41 },
        { amount: 12, remittance: 'hello' },
        { amount: 101, remittance: AGENT },
      ],
    });
    expect(host.payout()).toBe('instructed');
    const lines = host.test.host.store.unmatchedBankLines();
    const lineOf = (amount: number): number =>
      lines.find((line) => line.amount === amount)?.id ?? 0;
    expect(host.books()).toEqual({
      ...OWED_BY_AGENT,
      ...ON_ITS_WAY,
      '1010:main': 72,
      [`1070:${lineOf(-41)}`]: 41,
      [`2062:${lineOf(12)}`]: -12,
      [`2062:${lineOf(101)}`]: -101,
    });
    const [first, ...rest] = host.exceptions();
    expect(rest).toHaveLength(2);
    expect(first).toMatchObject({
      rule: 'bankUnmatched',
      subject: 'bank line 1',
      found: 'credit of 12 on 2026-02-04: Payer, hello',
      moneyAtRisk: 12,
      liable: 'operator',
      // 2026-02-02 is a Monday.
      deadline: 1_770_000_000_000 + DAY,
    });
  });

  it('matches each payout once, so that a second payment stands out', async () => {
    const host = await bank();
    host.state({ entries: [payment, { ...payment, reference: 'B-TWICE' }] });
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '1010:main': -80, '1070:2': 40 });
    host.state({ entries: [comeBack, { ...comeBack, reference: 'B-BACK-2' }] });
    expect(host.books()).toEqual({
      ...OWED_BY_AGENT,
      '1070:2': 40,
      '2040:SHOP': -40,
      '2062:4': -40,
    });
  });

  it('proves what a person had confirmed before it came', async () => {
    const host = await bank();
    confirmPayout(host.test.host.settlement, ID, 'by telephone', ANN);
    expect(host.state({ entries: [payment] })).toMatchObject({ lines: { matched: 1 } });
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '1010:main': -40 });
  });

  it('tries what waits again when more is known', async () => {
    const host = await bank();
    host.state({ entries: [comeBack] });
    expect(host.books()).toEqual({
      ...OWED_BY_AGENT,
      ...ON_ITS_WAY,
      '1010:main': 40,
      '2062:1': -40,
    });
    expect(host.state({ entries: [payment] })).toMatchObject({ matchedLater: 1 });
    expect(host.payout()).toBe('returned');
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '2040:SHOP': -40 });
    expect(host.exceptions(30)).toEqual([]);
  });

  it.each<[string, StatementOf, RegExp]>([
    [
      'does not begin where the last one ended',
      { opening: 1, sequence: 2, entries: [] },
      /"statement S-2: opening balance" expected -40, the closing one of S-1, got 1/,
    ],
    [
      'leaves one out',
      { opening: -40, sequence: 3, entries: [] },
      /"statement S-3: sequence" expected 2, after S-1, got 3/,
    ],
    [
      'is of another account',
      { opening: 0, account: 'DE00', entries: [] },
      /"statement S-1: account" expected DE89370400440532013000, got DE00/,
    ],
    [
      'has other balances than the one of its name had',
      { opening: 0, sequence: 1, entries: [] },
      /"statement S-1" expected the balances 0 and -40 that it had before, got 0 and 0/,
    ],
  ])('is refused when it %s, and changes nothing', async (_what, of, message) => {
    const host = await bank();
    host.state({ entries: [payment] });
    const before = stateHash(host.test.host.store);
    const [books, lines] = [host.books(), host.test.host.store.bankLines(9)];
    const bytes = statement(of.account === undefined ? of : { ...of, id: 'S-1' });
    expect(() => host.take(bytes)).toThrow(message);
    expect(stateHash(host.test.host.store)).toBe(before);
    expect([host.books(), host.test.host.store.bankLines(9)]).toEqual([books, lines]);
  });

  it('needs our account to be set', async () => {
    const shop = await openShop();
    expect(floatAccount(shop.test.host)).toBeNull();
    expect(() =>
      importBankFile(shop.test.host.settlement, statement({ opening: 0, entries: [] }), ANN),
    ).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
  });
});

describe('a notification', () => {
  it('and the statement after it tell of one movement', async () => {
    const host = await bank();
    expect(host.take(notification([payment, fromAgent]))).toMatchObject({ lines: { matched: 2 } });
    expect(host.state({ entries: [fromAgent, payment] })).toMatchObject({
      lines: { matched: 0, known: 2 },
    });
    expect(host.books()).toEqual({ '1010:main': 60 });
  });

  it('without references is not taken for another movement of the statement', async () => {
    const host = await bank();
    const coin = { amount: 5 };
    host.take(notification([coin, coin]));
    expect(host.state({ entries: [coin, coin, coin] })).toMatchObject({
      lines: { known: 2, unmatched: 1 },
    });
    // A statement has only what none before it had.
    expect(host.state({ entries: [coin] })).toMatchObject({ lines: { known: 0, unmatched: 1 } });
    // What a notification tells after the statement is known.
    expect(host.take(notification([coin], 'N-2'))).toMatchObject({ lines: { known: 1 } });
    expect(host.books()['1010:main']).toBe(20);
  });
});

describe('what the bank says of a payment', () => {
  it('rejects it', async () => {
    const host = await bank();
    expect(host.take(paymentStatus(ID, 'ACSP'))).toMatchObject({ statuses: { noted: 1 } });
    expect(host.payout()).toBe('instructed');
    expect(host.take(paymentStatus(ID, 'RJCT'))).toMatchObject({ statuses: { applied: 1 } });
    expect(host.take(interbankStatus(ID, 'RJCT'))).toMatchObject({ statuses: { noted: 1 } });
    expect(host.payout()).toBe('rejected');
    expect(host.books()).toEqual({ ...OWED_BY_AGENT, '2040:SHOP': -40 });
    const [event] = host.test.host.store.settlementEvents(`payout:${ID}`).slice(-1);
    expect(event).toMatchObject({ actor: 'ann', detail: 'RJCT AC04 account closed' });
  });

  it('rejects a whole order', async () => {
    const host = await bank();
    expect(host.take(orderRejected('OPENPURSE-00000001'))).toMatchObject({
      statuses: { applied: 1 },
    });
    expect(host.payout()).toBe('rejected');
  });

  it('returns it once, whatever statements prove afterwards', async () => {
    const host = await bank();
    expect(host.take(paymentReturn(ID, 40))).toMatchObject({ statuses: { applied: 1 } });
    expect(host.payout()).toBe('returned');
    const owedAgain = { ...OWED_BY_AGENT, '2040:SHOP': -40 };
    expect(host.books()).toEqual(owedAgain);
    expect(host.state({ entries: [payment, comeBack] })).toMatchObject({ lines: { matched: 2 } });
    expect(host.books()).toEqual(owedAgain);
    expect(host.exceptions(30)).toEqual([]);
  });

  it.each([
    [
      'an unknown payment',
      () => paymentStatus('9-NOBODY', 'RJCT'),
      /no payout has this end-to-end id/,
    ],
    ['an unknown order', () => orderRejected('OTHER'), /no payout has this end-to-end id/],
    ['another amount', () => paymentReturn(ID, 39), /the payout is of 40, 39 came back/],
    [
      'a rejection of what was paid',
      () => paymentStatus(ID, 'RJCT'),
      /the payout is confirmed, paid/,
    ],
  ])('of %s moves nothing and is an exception', async (_what, message, problem) => {
    const host = await bank();
    host.state({ entries: [payment] });
    const books = host.books();
    expect(host.take(message())).toMatchObject({ statuses: { applied: 0, problems: 1 } });
    expect(host.books()).toEqual(books);
    expect(host.exceptions()).toMatchObject([
      { rule: 'bankUnmatched', found: expect.stringMatching(problem) as string },
    ]);
  });
});

describe('a payout that no line proves', () => {
  it('is an exception when the clock for answers has run out', async () => {
    const host = await bank();
    expect(host.exceptions(0.9)).toEqual([]);
    expect(host.exceptions(1)).toMatchObject([{ merchant: 'SHOP', moneyAtRisk: 40 }]);
  });
});

describe('a line that waits', () => {
  it('is what a person says, where it can be that', async () => {
    const host = await bank();
    const { settlement } = host.test.host;
    host.state({ entries: [{ amount: -40 }, { amount: -3 }, { amount: 60 }, { amount: 101 }] });
    const id = (amount: number): number =>
      host.test.host.store.unmatchedBankLines().find((line) => line.amount === amount)?.id ?? 0;
    expect(assignBankLine(settlement, id(60), { kind: 'agent', agent: AGENT }, ANN)).toBe(
      `agent:${AGENT}`,
    );
    expect(assignBankLine(settlement, id(-3), { kind: 'bankFee' }, ANN)).toBe('bankFee');
    const paid = id(-40);
    assignBankLine(settlement, paid, { kind: 'payout', payoutId: ID }, ANN);
    expect(host.payout()).toBe('confirmed');
    const left = id(101);
    expect(host.books()).toEqual({
      '1010:main': 118,
      [`1030:${AGENT}`]: 40,
      [`2062:${left}`]: -101,
      '5020': 3,
    });
    const books = host.books();
    const refused = [
      [paid, { kind: 'bankFee' }, /"line" expected one that waits/],
      [left, { kind: 'bankFee' }, /expected a movement that bankFee can be, got 101/],
      [left, { kind: 'agent', agent: AGENT }, /expected a movement that agent:000000000001 can be/],
      [left, { kind: 'payout', payoutId: ID }, /expected a movement that return:1-SHOP can be/],
      [left, { kind: 'payout', payoutId: 'x' }, /"payout" expected the id of a payout, got "x"/],
    ] as const;
    for (const [line, target, message] of refused) {
      expect(() => assignBankLine(settlement, line, target, ANN)).toThrow(message);
    }
    expect(host.books()).toEqual(books);
  });

  it('is our own money, paid in and taken out again, and no more than that', async () => {
    const host = await bank();
    const { settlement, store } = host.test.host;
    host.state({ entries: [{ amount: 70 }, { amount: -71 }, { amount: -50 }] });
    const assign = (value: number): string => {
      const line = store.unmatchedBankLines().find(({ amount }) => amount === value);
      return assignBankLine(settlement, line?.id ?? 0, { kind: 'ownFunds' }, ANN);
    };
    expect(() => assign(-50)).toThrow(/expected a movement that ownFunds can be, got -50/);
    expect(assign(70)).toBe('ownFunds');
    expect(() => assign(-71)).toThrow(/expected a movement that ownFunds can be, got -71/);
    expect(assign(-50)).toBe('ownFunds');
    expect(host.books()).toMatchObject({ '1010:main': -51, '3010': -20 });
  });
});

describe('our account', () => {
  it.each([
    [{ number: 'DE 1' }, /"--number" expected 1 to 34 letters and digits, got "DE 1"/],
    [{ holder: '' }, /"--holder" expected 1 to 140 characters/],
    [{ bic: 'X' }, /"--bic" expected 8 or 11 letters and digits, got "X"/],
  ])('is refused with %j', async (changed, message) => {
    const shop = await openShop();
    const { settlement } = shop.test.host;
    expect(() => setFloatAccount(settlement, { ...OURS, ...changed })).toThrow(message);
  });
});
