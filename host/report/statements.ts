// SPDX-License-Identifier: MIT
/** The trial balance, and the statement of one card. Money in minor units. */
import { toHex } from '../../src/bytes/hex.ts';
import { RECORD, RECORD_FLAG } from '../../src/clearing/record.ts';
import type { RuleName } from '../../src/clearing/rules.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  addSigned,
  negate,
  signedAmount,
  type Amount,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import { typeName } from '../../src/purse/transaction-types.table.ts';
import { formatCivil } from '../../src/time/civil.ts';
import { evidenceBytes, hotlistVersionOf } from '../chain/decode-record.ts';
import { evidenceOf, merchantLookup, recordsOf } from '../chain/evidence.ts';
import { judgeCard } from '../chain/fold.ts';
import type { CounterGap, Finding, OrderState } from '../chain/model.ts';
import { accountRow, type AccountId } from '../ledger/accounts.table.ts';
import type { HostStore, StoredRecord } from '../store/store.ts';

export interface TrialBalanceLine {
  readonly account: AccountId;
  readonly name: string;
  /** The balance on its side, zero on the other. */
  readonly debit: SignedAmount;
  readonly credit: SignedAmount;
}

export interface TrialBalance {
  readonly lines: readonly TrialBalanceLine[];
  readonly debit: SignedAmount;
  readonly credit: SignedAmount;
}

export function trialBalance(store: HostStore): TrialBalance {
  const zero = signedAmount(0);
  const lines = store.balances().map(({ account, balance }) => ({
    account,
    name: accountRow(account).name,
    debit: balance > 0 ? balance : zero,
    credit: balance < 0 ? negate(balance) : zero,
  }));
  const total = (side: 'credit' | 'debit'): SignedAmount =>
    lines.reduce<SignedAmount>((sum, line) => addSigned(sum, line[side]), zero);
  return { lines, debit: total('debit'), credit: total('credit') };
}

export interface CardStatementLine {
  readonly at: string;
  readonly type: string;
  readonly counter: number;
  readonly amount: Amount;
  readonly before: Amount;
  readonly after: Amount;
  readonly terminal: string;
  readonly terminalCounter: number;
  readonly merchant: string;
  readonly place: string;
  readonly isRecovered: boolean;
  readonly rule: RuleName;
}

export interface CardStatement {
  readonly serial: string;
  readonly suite: string;
  readonly keyVersion: number;
  readonly balance: Amount;
  readonly nextOffline: number;
  readonly nextOnline: number;
  readonly isHotlisted: boolean;
  readonly records: readonly CardStatementLine[];
  readonly loads: readonly {
    readonly id: string;
    readonly at: string;
    readonly amount: Amount;
    readonly state: OrderState;
  }[];
  readonly gaps: readonly CounterGap[];
  readonly findings: readonly Finding[];
}

/** Of stored envelopes of the same evidence the one that is judged: that of the highest hotlist version. */
function distinctEvidence(stored: Iterable<StoredRecord>): readonly StoredRecord[] {
  const byEvidence = new Map<string, StoredRecord>();
  for (const record of stored) {
    const evidence = toHex(evidenceBytes(record.bytes));
    const known = byEvidence.get(evidence);
    const isJudged =
      known === undefined || hotlistVersionOf(known.bytes) < hotlistVersionOf(record.bytes);
    if (isJudged) byEvidence.set(evidence, record);
  }
  return [...byEvidence.values()];
}

/** Everything the host knows of one card, and how it judges it. @throws CARD_NOT_FOUND */
export function cardStatement(store: HostStore, serial: string): CardStatement {
  const card = store.card(serialNumberBytes(serial));
  if (card === undefined)
    throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${serial}`);
  const merchantOf = merchantLookup(store);
  const judged = judgeCard(evidenceOf(store, card, merchantOf));
  const records = distinctEvidence(recordsOf(store, card)).map(
    ({ id, bytes }): CardStatementLine => {
      const record = RECORD.decode(bytes);
      const terminal = toHex(record.terminalId);
      return {
        at: formatCivil(record),
        type: typeName(record.transactionType),
        counter: record.counterBefore,
        amount: record.amount,
        before: record.balanceBefore,
        after: record.balanceAfter,
        terminal,
        terminalCounter: record.terminalCounter,
        merchant: merchantOf(terminal),
        place: record.place,
        isRecovered: (record.flags & RECORD_FLAG.recovered) !== 0,
        rule: judged.ruleOfRecord.get(id) ?? 'accepted',
      };
    },
  );
  return {
    serial: formatSerialNumber(card.serial),
    suite: card.suite,
    keyVersion: card.keyVersion,
    balance: card.balance,
    nextOffline: card.nextOffline,
    nextOnline: card.nextOnline,
    isHotlisted: store.listing(formatSerialNumber(card.serial)) !== undefined,
    records: records.sort((left, right) =>
      left.at < right.at ? -1 : left.at > right.at ? 1 : left.counter - right.counter,
    ),
    loads: store.loads(card.serial).map(({ id, at, amount, state }) => ({ id, at, amount, state })),
    gaps: judged.gaps,
    findings: judged.findings,
  };
}
