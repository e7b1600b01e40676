// SPDX-License-Identifier: MIT
/** A host with a short, dirty day behind it, audited as a program of its own would audit it. */
import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditFinding } from '../../../../host/audit/findings.ts';
import type { AuditReport } from '../../../../host/audit/model.ts';
import { runAudit, type AuditOptions } from '../../../../host/audit/run-audit.ts';
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
  return test;
}

/** A copy of a host's data, to be changed and audited; gone after the test. */
export interface AuditCopy {
  readonly directory: string;
  /** Runs SQL on the ledger of the copy. */
  sql(statement: string, ...values: readonly unknown[]): void;
  audit(options?: Partial<AuditOptions>): Promise<AuditReport>;
}

export function copyOf(source: string): AuditCopy {
  const directory = mkdtempSync(join(tmpdir(), 'openpurse-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(source, directory, { recursive: true });
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
    audit: (options = {}) =>
      runAudit({
        directory,
        memoryFile: join(directory, 'audit', 'audit.db'),
        isFull: false,
        ...options,
      }),
  };
}

export const findingsOf = ({ invariants }: AuditReport): readonly AuditFinding[] =>
  invariants.flatMap(({ findings }) => findings);
