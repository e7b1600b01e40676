// SPDX-License-Identifier: MIT
/** Evidence in a few words: purchases, loads, orders and taps of one card. */
import { amount } from '../../../src/money/amount.ts';
import type {
  CardEvidence,
  CardJudgement,
  ChainRecord,
  Listing,
  LoadOrder,
  UncertainTap,
} from '../../../host/chain/model.ts';
import { judgeCard } from '../../../host/chain/fold.ts';

let nextId = 0;

/** A purchase at `counter` from balance `before` of `paid`; the terminal's number follows the time. */
export function purchase(
  counter: number,
  before: number,
  paid: number,
  changes: Partial<ChainRecord> = {},
): ChainRecord {
  const minute = changes.at ?? `202602031200${(counter % 60).toString().padStart(2, '0')}`;
  return {
    id: ++nextId,
    kind: 'purchase',
    counter,
    amount: amount(paid),
    before: amount(before),
    after: amount(before - paid),
    transactionType: 6,
    at: minute,
    terminalId: 'T1',
    terminalCounter: 100 + counter,
    merchantId: 'SHOP',
    hotlistVersion: 0,
    tac: `TAC${counter}`,
    ...changes,
  };
}

export function load(
  counter: number,
  before: number,
  value: number,
  changes: Partial<ChainRecord> = {},
): ChainRecord {
  return {
    ...purchase(counter, before, 0),
    kind: 'load',
    amount: amount(value),
    after: amount(before + value),
    transactionType: 2,
    terminalCounter: 0,
    tac: `LOAD${counter}`,
    at: '20260203110000',
    ...changes,
  };
}

export function order(
  counter: number,
  before: number,
  value: number,
  changes: Partial<LoadOrder> = {},
): LoadOrder {
  return {
    id: `O${counter}`,
    number: counter + 1,
    counter,
    amount: amount(value),
    before: amount(before),
    at: '20260203110000',
    agent: 'T9',
    ...changes,
  };
}

export function tap(
  counter: number,
  paid: number,
  changes: Partial<UncertainTap> = {},
): UncertainTap {
  return {
    id: 0,
    isLoad: false,
    counter,
    amount: amount(paid),
    terminalId: 'T1',
    terminalCounter: 100 + counter,
    at: '20260203120000',
    ...changes,
  };
}

/** A listing by `fromVersion` at noon of the day of the records. */
export function listing(fromVersion: number, changes: Partial<Listing> = {}): Listing {
  return {
    fromVersion,
    toVersion: null,
    at: '20260203120000',
    tooOldAt: '20260210120000',
    removedAt: null,
    ...changes,
  };
}

/** Judges a card that was loaded with 100 by a proven load, unless `orders` says otherwise. */
export function judge(
  records: readonly ChainRecord[],
  more: Partial<CardEvidence> = {},
): CardJudgement {
  return judgeCard({
    records: [load(0, 0, 100), ...records],
    orders: [order(0, 0, 100)],
    uncertain: [],
    listings: [],
    sharedNumbers: [],
    validUntil: null,
    decisions: [],
    ...more,
  });
}

/** What a judgement comes to, in one line a part: balances of accounts, gaps, findings. */
export function summary(judged: CardJudgement): {
  readonly balance: number;
  readonly accounts: Readonly<Record<string, number>>;
  readonly gaps: readonly string[];
  readonly findings: readonly string[];
} {
  const accounts: Record<string, number> = {};
  for (const { debit, credit, amount: value } of judged.movements) {
    accounts[debit] = (accounts[debit] ?? 0) + value;
    accounts[credit] = (accounts[credit] ?? 0) - value;
  }
  return {
    balance: judged.balance,
    accounts: Object.fromEntries(Object.entries(accounts).filter(([, value]) => value !== 0)),
    gaps: judged.gaps.map(({ from, to, value }) => `${from}..${to ?? ''}: ${value}`),
    findings: judged.findings.map(({ rule, atRisk }) => `${rule} ${atRisk}`),
  };
}
