// SPDX-License-Identifier: MIT
/**
 * Every CSV file that the host writes, column by column. Source: docs/files.md. A file is a header line,
 * its rows and, where `totals` is not null, a last line: `<END>` in the first column, the number of rows in
 * the second, the sums of the columns of `totals` in theirs.
 *
 * Kinds: `text` is guarded against spreadsheet formulas; `amount` is a plain decimal of the currency, with
 * a leading minus sign where it is negative; `number` is a whole number. Empty means that the row has none.
 */
export interface CsvColumn {
  readonly kind: 'amount' | 'number' | 'text';
  readonly meaning: string;
}

export interface CsvFile {
  readonly title: string;
  readonly columns: Readonly<Record<string, CsvColumn>>;
  /** Amount columns whose sums stand in the last line; null where the file has no such line. */
  readonly totals: readonly string[] | null;
}

const text = (meaning: string) => ({ kind: 'text', meaning }) as const;
const money = (meaning: string) => ({ kind: 'amount', meaning }) as const;
const number = (meaning: string) => ({ kind: 'number', meaning }) as const;

export const CSV_FILES = {
  detail: {
    title: 'settlement detail of one merchant and window',
    columns: {
      entry: text('`credit`, `takenBack`, `fee` or `adjustment`'),
      line: number('1, 2, 3, … in the order of terminal and terminal counter'),
      merchant: text('merchant'),
      window: number('settlement window'),
      date: text('business date of the window, YYYY-MM-DD'),
      terminal: text('terminal'),
      time: text('local time of the terminal, YYYY-MM-DD HH:MM:SS'),
      type: text('transaction type'),
      counter: number('transaction counter of the SAM of the terminal, as signed'),
      reference: text('terminal and counter: names the transaction'),
      card: text('serial number, all but its last four digits masked'),
      gross: money('amount of the transaction; negative when it was taken back'),
      fee: money('fee of the line or, in an entry `fee`, of its type; negative when it is charged'),
      net: money('gross and fee together'),
      currency: text('ISO 4217 code'),
      reason: text('verdict by which it was taken back, fee schedule, or why it was adjusted'),
    },
    totals: ['gross', 'fee', 'net'],
  },
  summary: {
    title: 'settlement summary of one merchant and window',
    columns: {
      entry: text('what the amount is; `opening` comes first, `closing` is the last line but one'),
      line: number('1, 2, 3, …'),
      merchant: text('merchant'),
      window: number('settlement window'),
      date: text('business date of the window'),
      type: text('transaction type, of `gross` and `fee`'),
      count: number('transactions, of `gross`'),
      amount: money('positive is owed to the merchant; all lines before `closing` add up to it'),
      currency: text('ISO 4217 code'),
      note: text('fee schedule, payout, or why nothing was paid'),
    },
    totals: [],
  },
  settlement: {
    title: 'all merchants of one window',
    columns: {
      merchant: text('merchant'),
      line: number('1, 2, 3, … in the order of the merchants'),
      window: number('settlement window'),
      date: text('business date of the window'),
      opening: money('owed before the window'),
      count: number('transactions credited, less those taken back'),
      gross: money('what they add up to'),
      fee: money('fees, negative'),
      adjustments: money('what was credited or debited besides transactions'),
      reserve: money('released from the reserve, less what was held back'),
      clawback: money('kept for what the merchant owed, negative'),
      payout: money('instructed to the bank, negative'),
      closing: money('owed after it: the sum of all amounts before'),
      owed: money('owed by the merchant after it, negative; not in the sum'),
      currency: text('ISO 4217 code'),
      payout_id: text('payout'),
      note: text('why nothing, or not all, was paid'),
    },
    totals: [
      'opening',
      'gross',
      'fee',
      'adjustments',
      'reserve',
      'clawback',
      'payout',
      'closing',
      'owed',
    ],
  },
  shares: {
    title: 'who shares in the fees of one window',
    columns: {
      merchant: text('merchant that the fee was taken of'),
      line: number('1, 2, 3, …'),
      window: number('settlement window'),
      type: text('transaction type'),
      schedule: number('version of the fee schedule'),
      party: text('`operator`, `acquirer`, `bank` or `agent`'),
      name: text('name of the party; empty for the operator'),
      amount: money('its share'),
      currency: text('ISO 4217 code'),
    },
    totals: ['amount'],
  },
  trialBalance: {
    title: 'trial balance at the close of one window',
    columns: {
      account: text('account, with the key of its sub-ledger'),
      line: number('1, 2, 3, …'),
      name: text('name in the chart of accounts'),
      debit: money('the balance where it stands on this side'),
      credit: money('the balance where it stands on this side'),
      currency: text('ISO 4217 code'),
    },
    totals: ['debit', 'credit'],
  },
  journal: {
    title: 'journal entries, leg by leg',
    columns: {
      entry: number('number of the entry'),
      leg: number('1, 2, 3, … within the entry'),
      window: number('settlement window in which it was posted'),
      posted_at: text('UTC, ISO 8601'),
      kind: text('kind of entry'),
      source: text('the event that caused it'),
      account: text('account'),
      debit: money('amount of a debit'),
      credit: money('amount of a credit'),
      currency: text('ISO 4217 code'),
      hash: text('hash of the entry in the chain of entries'),
    },
    totals: ['debit', 'credit'],
  },
  float: {
    title: 'safeguarding of the float at the close of one window',
    columns: {
      item: text('what is owed or held'),
      line: number('1, 2, 3, …'),
      account: text('code in the chart of accounts'),
      liability: money('owed to holders, merchants and others'),
      cover: money('money that covers it'),
      currency: text('ISO 4217 code'),
    },
    totals: ['liability', 'cover'],
  },
  exceptions: {
    title: 'open exceptions',
    columns: {
      id: text('stable name of the exception'),
      line: number('1, 2, 3, …'),
      rule: number('number of the rule'),
      name: text('name of the rule'),
      severity: text('`info`, `warning` or `critical`'),
      verdict: text('verdict of the rule'),
      subject: text('what it is about'),
      expected: text('what was expected'),
      found: text('what was found'),
      at_risk: money('money at risk'),
      currency: text('ISO 4217 code'),
      liable: text('who answers for it, by the rule'),
      merchant: text('merchant, where there is one'),
      terminal: text('terminal, where there is one'),
      opened_at: text('UTC, ISO 8601'),
      deadline: text('UTC, ISO 8601'),
      evidence: text('names of the evidence, separated by spaces'),
      resolution: text('what to do'),
    },
    totals: ['at_risk'],
  },
} as const satisfies Record<string, CsvFile>;

export type CsvFileName = keyof typeof CSV_FILES;
