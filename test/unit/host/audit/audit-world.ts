// SPDX-License-Identifier: MIT
/** A host with a short, dirty day behind it, audited as a program of its own would audit it. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditReport } from '../../../../host/audit/model.ts';
import { readAhead, runAudit, type AuditOptions } from '../../../../host/audit/run-audit.ts';
import type { AccountId } from '../../../../host/ledger/accounts.table.ts';
import { post } from '../../../../host/ledger/ledger.ts';
import type { EntryKind } from '../../../../host/ledger/model.ts';
import { setFloatAccount } from '../../../../host/bank/import.ts';
import { writeWindowFiles } from '../../../../host/files/window-files.ts';
import { closeWindow } from '../../../../host/settlement/close.ts';
import { ANY } from '../../../../host/settlement/fee-terms.ts';
import { setMerchant } from '../../../../host/settlement/merchants.ts';
import { setFees } from '../../../../host/settlement/schedules.ts';
import { openSqliteStore } from '../../../../host/store/sqlite-store.ts';
import { signedAmount } from '../../../../src/money/amount.ts';
import { instant } from '../../../../src/time/instant.ts';
import { ACCOUNT, ANN, TERMS } from '../settlement/settlement-fixtures.ts';
import {
  batch,
  enrol,
  loadRequest,
  openTestHost,
  record,
  testCard,
  testTerminal,
  type RecordFields,
  type TestHost,
} from '../host-world.ts';

export const terminal = testTerminal(1, 'SHOP');
const other = testTerminal(2, 'METRO');
export const cards = [testCard(1, 'aes'), testCard(2, 'tdes'), testCard(3, 'aes')] as const;
const stranger = testCard(9, 'aes');

type Fields = Omit<RecordFields, 'sequence' | 'terminal'>;

/** Loads, plain and late purchases, a gap that stays, a fork, taps, a bad TAC, an unknown card. */
const DAY: readonly Fields[] = [
  { card: cards[0], kind: 'load', amount: 1000, before: 0, counter: 0 },
  { card: cards[0], amount: 100, before: 1000, counter: 0 },
  { card: cards[0], amount: 100, before: 800, counter: 2 },
  { card: cards[1], amount: 40, before: 500, counter: 0 },
  { card: cards[1], amount: 50, before: 400, counter: 2 },
  { card: cards[0], amount: 100, before: 900, counter: 1 },
  { card: cards[0], amount: 200, before: 900, counter: 1, time: '120500' },
  { card: cards[1], amount: 30, before: 350, counter: 3, kind: 'uncertain' },
  { card: cards[1], amount: 30, before: 350, counter: 3, forged: true },
  { card: stranger, amount: 70, before: 400, counter: 2 },
  { card: cards[0], amount: 20, before: 700, counter: 3 },
];

/** A host after that day; the third card has a load in flight. */
export async function auditedHost(): Promise<TestHost> {
  const test = await openTestHost({ durability: 'none', sliceRecords: 3 });
  const { host } = test;
  enrol(host, terminal, other);
  for (const card of cards) await host.registerCard(card);
  for (const [index, amount] of [1000, 500, 300].entries()) {
    const card = cards[index] ?? cards[0];
    await host.authoriseLoad(loadRequest({ card, terminal, amount, before: 0, counter: 0 }));
  }
  const records = DAY.map((fields, index) =>
    record({ ...fields, terminal: index % 4 === 3 ? other : terminal, sequence: index + 1 }),
  );
  const of = (wanted: boolean): Uint8Array[] =>
    records.filter((_, index) => (index % 4 === 3) === wanted);
  await test.upload(batch(terminal, of(false)));
  await test.upload(batch(other, of(true)));
  await settle(test);
  await test.upload(batch(terminal, [LAST], { batchNumber: 2 }));
  return test;
}

/** A purchase of the second window. */
const LAST = record({
  terminal,
  card: cards[0],
  amount: 30,
  before: 680,
  counter: 4,
  sequence: 12,
});

/** Closes a window with fees, a reserve and a payout, and writes its files. */
async function settle({ host }: TestHost): Promise<void> {
  const schedule = { merchant: ANY, type: ANY, terms: TERMS, effectiveOn: null, isUsual: false };
  setFees(host.settlement, { ...schedule, merchant: ANY, type: ANY }, ANN);
  const terms = { account: ACCOUNT, reserveBasisPoints: 1000, reserveDays: 3 };
  setMerchant(host.settlement, 'SHOP', terms, ANN);
  await closeWindow(host.settlement, {}, ANN);
  const debtor = { number: 'DE02120300000000202051', holder: 'Operator', bic: '' };
  setFloatAccount(host.settlement, debtor);
  const folder = mkdtempSync(join(tmpdir(), 'openpurse-audit-'));
  writeWindowFiles({ store: host.store, currency: 'INR', debtor }, 1, folder);
  rmSync(folder, { recursive: true });
}

/** A copy of a host's data, to be changed and audited; gone after the test. */
export interface AuditCopy {
  readonly directory: string;
  /** Runs SQL on the ledger of the copy. */
  sql(statement: string, ...values: readonly unknown[]): void;
  /** An entry that is right in itself, with the balances that it leaves behind, in nobody's name. */
  forge(
    entry: { readonly kind: EntryKind; readonly source?: string },
    ...legs: readonly (readonly [string, number])[]
  ): void;
  audit(options?: Partial<AuditOptions>): Promise<AuditReport>;
  readAhead(): Promise<void>;
}

export function copyOf(source: string): AuditCopy {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(source, directory, { recursive: true });
  const place = { directory, memoryFile: join(directory, 'audit', 'audit.db') };
  return {
    directory,
    sql(statement, ...values) {
      const database = new Database(join(directory, 'ledger.db'));
      try {
        const { changes } = database.prepare(statement).run(...values);
        if (changes !== 1) throw new Error(`"changes" expected 1, got ${changes}: ${statement}`);
      } finally {
        database.close();
      }
    },
    forge({ kind, source = 'forged' }, ...legs) {
      const store = openSqliteStore(join(directory, 'ledger.db'), 'none');
      const postings = legs.map(([id, value]) => ({
        // An id of the chart, by whoever writes the test.
        account: id as AccountId,
        amount: signedAmount(value),
      }));
      post(store, { source, kind, postings }, instant(1_770_000_200_000));
      store.close();
    },
    audit: (options = {}) => runAudit({ ...place, isFull: false, ...options }),
    readAhead: () => readAhead(place),
  };
}

/** The amounts of the findings of every invariant that does not hold. */
export function amountsOf({ invariants }: AuditReport): Readonly<Record<string, number[]>> {
  const failing = invariants.filter(({ holds }) => !holds);
  return Object.fromEntries(
    failing.map(({ invariant, findings }) => [invariant, findings.map(({ amount }) => amount)]),
  );
}
