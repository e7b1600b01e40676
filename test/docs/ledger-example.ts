// SPDX-License-Identifier: MIT
/** One card in the books, piece of evidence by piece, for docs/ledger.md: judged by the product itself. */
import { judgeCard } from '../../host/chain/fold.ts';
import type {
  CardEvidence,
  CardJudgement,
  ChainRecord,
  LoadOrder,
} from '../../host/chain/model.ts';
import { account } from '../../host/ledger/accounts.table.ts';
import { NetPostings } from '../../host/ledger/postings.ts';
import { amount, negate } from '../../src/money/amount.ts';
import { grouped, markdownTable } from './markdown.ts';

const ORDER: LoadOrder = {
  id: 'L1',
  number: 1,
  counter: 0,
  amount: amount(5000),
  before: amount(0),
  at: '20260203080000',
  agent: '000000000001',
};

const LOAD: ChainRecord = {
  id: 1,
  kind: 'load',
  counter: 0,
  amount: amount(5000),
  before: amount(0),
  after: amount(5000),
  transactionType: 2,
  at: '20260203080000',
  terminalId: '000000000001',
  terminalCounter: 0,
  merchantId: 'cafe',
  hotlistVersion: 0,
  tac: 'A0',
};

function purchase(
  counter: number,
  paid: number,
  before: number,
  rest: Pick<ChainRecord, 'at' | 'id' | 'merchantId' | 'tac'>,
): ChainRecord {
  return {
    ...rest,
    kind: 'purchase',
    counter,
    amount: amount(paid),
    before: amount(before),
    after: amount(before - paid),
    transactionType: 6,
    terminalId: rest.merchantId === 'cafe' ? '000000000001' : '000000000002',
    terminalCounter: rest.id,
    hotlistVersion: 0,
  };
}

const FIRST = purchase(0, 1200, 5000, {
  id: 2,
  at: '20260203090000',
  merchantId: 'cafe',
  tac: 'A1',
});
const THIRD = purchase(2, 700, 3500, {
  id: 3,
  at: '20260203110000',
  merchantId: 'cafe',
  tac: 'A2',
});
const LATE = purchase(1, 300, 3800, { id: 4, at: '20260203100000', merchantId: 'bus', tac: 'A3' });
const CLONE = purchase(2, 900, 3500, { id: 5, at: '20260203120000', merchantId: 'bus', tac: 'A4' });

const STEPS: readonly (readonly [string, Pick<CardEvidence, 'orders' | 'records'>])[] = [
  ['load of 5,000 authorised', { orders: [ORDER], records: [] }],
  ['its record: the load is proven', { orders: [ORDER], records: [LOAD] }],
  ['purchase of 1,200, counter 0', { orders: [ORDER], records: [LOAD, FIRST] }],
  [
    'purchase of 700, counter 2, from a balance of 3,500',
    { orders: [ORDER], records: [LOAD, FIRST, THIRD] },
  ],
  ['late: purchase of 300, counter 1', { orders: [ORDER], records: [LOAD, FIRST, THIRD, LATE] }],
  [
    'another purchase under counter 2, of 900, an hour later',
    { orders: [ORDER], records: [LOAD, FIRST, THIRD, LATE, CLONE] },
  ],
];

const COLUMNS = [
  account('1030', '000000000001'),
  account('1060'),
  account('2010'),
  account('2015'),
  account('2040', 'bus'),
  account('2040', 'cafe'),
  account('2061'),
  account('2075'),
];

function judged(evidence: Pick<CardEvidence, 'orders' | 'records'>): CardJudgement {
  return judgeCard({
    ...evidence,
    uncertain: [],
    listings: [],
    sharedNumbers: [],
    validUntil: null,
    decisions: [],
  });
}

/** Balances after each step: debit positive. The order of the records is turned round on purpose. */
export function ledgerExample(): string {
  const rows = STEPS.map(([what, { orders, records }]) => {
    const judgement = judged({ orders, records: records.toReversed() });
    const net = new NetPostings();
    for (const { debit, credit, amount: moved } of judgement.movements) {
      net.transfer(debit, credit, moved);
    }
    const balances = COLUMNS.map((column) => net.of(column));
    const other = net.net().filter(({ account: id }) => !COLUMNS.includes(id));
    if (other.length > 0) throw new Error('the example expected a column for every account');
    const float = negate(net.of(account('2010')));
    if (float !== judgement.balance) throw new Error('the example expected 2010 to be the balance');
    const found = judgement.findings.map(({ rule }) => rule).join(', ');
    return [what, ...balances.map((balance) => (balance === 0 ? '' : grouped(balance))), found];
  });
  return markdownTable(['Evidence', ...COLUMNS, 'Findings'], rows);
}
