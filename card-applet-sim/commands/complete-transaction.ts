// SPDX-License-Identifier: MIT
/**
 * The end of every money movement: balance, counter, proof, log and composite records in one commit,
 * with the invariants that hold before and after it. Source: PBOC part 2, 5.5 and 5.6.
 */
import { invariant } from '../../src/errors/invariant.ts';
import { AMOUNT_MAX, type Amount } from '../../src/money/amount.ts';
import { LOG_RECORD } from '../../src/purse/file-layouts.ts';
import type { TransactionTypeCode } from '../../src/purse/transaction-types.table.ts';
import type { CardApplet } from '../card/card-applet.ts';
import { stateChange, type CounterKind, type PurseAccount } from '../card/card-data.ts';
import { REGION } from '../card/card-map.ts';
import type { CachedRecord } from '../card/session.ts';
import type { MemoryChange } from '../memory/non-volatile-memory.ts';
import { appendCyclic, slotChange } from './record-files.ts';

/** A transaction whose MAC was verified and whose MACs and TAC are computed. */
export interface CompletedTransaction {
  readonly account: PurseAccount;
  readonly type: TransactionTypeCode;
  readonly counterKind: CounterKind;
  readonly balanceAfter: Amount;
  /** The amount of the log record: money moved, or the new limit. */
  readonly amount: Amount;
  /** The limit of the account after the transaction. */
  readonly overdraftLimit: number;
  readonly terminalId: Uint8Array;
  readonly date: Uint8Array;
  readonly time: Uint8Array;
  readonly mac: Uint8Array;
  readonly tac: Uint8Array;
  /** The records of a composite purchase, in the order in which they came. */
  readonly cache: readonly CachedRecord[];
}

export const NO_RECORDS: readonly CachedRecord[] = [];

function logRecord(done: CompletedTransaction, counterAfter: number): Uint8Array {
  return LOG_RECORD.encode({
    counterAfter,
    overdraftLimit: done.overdraftLimit,
    amount: done.amount,
    transactionType: done.type,
    terminalId: done.terminalId,
    date: done.date,
    time: done.time,
  });
}

/** Commits a transaction. The PIN serves for one: FMCOS clears the security status after it. */
export function completeTransaction(applet: CardApplet, done: CompletedTransaction): void {
  const { data, session } = applet;
  const counterAfter = data.counter(done.counterKind) + 1;
  invariant(counterAfter <= 0xffff, `"counter" expected FFFF at most, got ${counterAfter}`);
  invariant(
    done.balanceAfter <= AMOUNT_MAX,
    `"balanceAfter" expected four bytes, got ${done.balanceAfter}`,
  );
  const changes: MemoryChange[] = [];
  let trips = data.cycle('ef1e');
  for (const { region, slot, record } of done.cache) {
    if (slot === null) {
      const appended = appendCyclic(region, trips, record);
      trips = appended.cycle;
      changes.push(appended.change);
    } else changes.push(slotChange(region, slot, record));
  }
  const log = appendCyclic(REGION.ef18, data.cycle('ef18'), logRecord(done, counterAfter));
  const state = stateChange(data, {
    balance: { account: done.account, after: done.balanceAfter },
    counter: { kind: done.counterKind, after: counterAfter },
    proof: { type: done.type, mac: done.mac, tac: done.tac },
    cycles: { ef18: log.cycle, ef1e: trips },
    overdraftLimit: done.overdraftLimit,
  });
  changes.push(state, log.change);
  data.memory.commit(changes);
  invariant(
    data.balance(done.account) === done.balanceAfter,
    '"balance" expected the committed value after a transaction',
  );
  invariant(
    data.counter(done.counterKind) === counterAfter,
    '"counter" expected the committed value after a transaction',
  );
  session.isPinVerified = false;
}
