// SPDX-License-Identifier: MIT
/**
 * What must hold before a window is closed: I2 to I6, I8, I10 and I11, over what the host itself keeps. The
 * auditor checks the same, and more, by other means.
 */
import type { BatchAck } from '../../src/clearing/messages.ts';
import { Fault } from '../../src/errors/fault.ts';
import {
  addSigned,
  difference,
  negate,
  signedAmount,
  sumSigned,
  type SignedAmount,
} from '../../src/money/amount.ts';
import { account, type AccountCode, type AccountId } from '../ledger/accounts.table.ts';
import { ledgerConservation } from '../report/conservation.ts';
import type { HostStore } from '../store/store.ts';
import { settlementFault } from './plan.ts';

/** Name in `meta` of the row of the last batch whose acknowledgement was counted. */
const CHECKED_BATCH = 'settlement.checkedBatch';
const BATCHES_AT_ONCE = 100;

type Balances = ReadonlyMap<AccountId, SignedAmount>;

/**
 * Checks the books; inside the transaction that closes the window.
 * @throws BOOKS_WRONG with the first thing that does not hold.
 */
export function checkBooks(store: HostStore): void {
  const balances = new Map(store.balances().map(({ account: id, balance }) => [id, balance]));
  const wrong =
    controlFault(store) ??
    merchantFault(store, balances) ??
    reserveFault(store, balances) ??
    payoutFault(store, balances) ??
    batchFault(store) ??
    settledFault(store);
  if (wrong !== null) throw new Fault('BOOKS_WRONG', wrong);
}

const differs = (what: string, expected: number, got: number): string =>
  `"${what}" expected ${expected}, got ${got}`;

/** I2 to I5: control accounts against cards, gaps and loads; the trial balance. */
function controlFault(store: HostStore): string | null {
  const wrong = ledgerConservation(store).checks.find((row) => row.difference !== 0);
  return wrong === undefined ? null : differs(wrong.name, wrong.subLedger, wrong.ledger);
}

/** Σ by sub-ledger key of one code, credit positive. */
function creditOf(balances: Balances, code: AccountCode): ReadonlyMap<string, SignedAmount> {
  const found = new Map<string, SignedAmount>();
  for (const [id, balance] of balances) {
    if (id.startsWith(`${code}:`) && balance !== 0) found.set(id.slice(5), negate(balance));
  }
  return found;
}

function firstDifference(
  code: AccountCode,
  ledger: ReadonlyMap<string, SignedAmount>,
  items: ReadonlyMap<string, SignedAmount>,
): string | null {
  for (const key of [...new Set([...ledger.keys(), ...items.keys()])].sort()) {
    const [booked, kept] = [ledger.get(key) ?? 0, items.get(key) ?? 0];
    if (booked !== kept) return differs(`${code}:${key}`, kept, booked);
  }
  return null;
}

/** I5: what is owed to each merchant (2040 less 1050) is what was settled and what came in since. */
function merchantFault(store: HostStore, balances: Balances): string | null {
  const expected = new Map<string, SignedAmount>();
  const add = (merchant: string, amount: SignedAmount): void =>
    void expected.set(merchant, addSigned(expected.get(merchant) ?? signedAmount(0), amount));
  const window = store.openWindow();
  for (const { merchant, gross } of store.windowTotals(window)) add(merchant, gross);
  for (const { merchant, amount } of store.adjustments(window)) add(merchant, amount);
  for (const { id } of store.merchants()) {
    const last = store.lastSettlement(id);
    if (last !== undefined) add(id, difference(last.closing, last.owed));
  }
  const booked = new Map(creditOf(balances, '2040'));
  for (const [merchant, owed] of creditOf(balances, '1050')) {
    booked.set(merchant, addSigned(booked.get(merchant) ?? signedAmount(0), owed));
  }
  return firstDifference('2040', booked, expected);
}

/** I6: rolling reserves. */
function reserveFault(store: HostStore, balances: Balances): string | null {
  const held = new Map<string, SignedAmount>();
  for (const { merchant, amount } of store.heldReserves()) {
    held.set(merchant, addSigned(held.get(merchant) ?? signedAmount(0), amount));
  }
  return firstDifference('2041', creditOf(balances, '2041'), held);
}

/** I6: payouts on their way. */
function payoutFault(store: HostStore, balances: Balances): string | null {
  const open = [...store.payouts('instructed'), ...store.payouts('sent')];
  const items = new Map(open.map(({ id, amount }) => [id, amount]));
  return firstDifference('2045', creditOf(balances, '2045'), items);
}

/** I8: every record of every batch since the last close has a verdict. */
function batchFault(store: HostStore): string | null {
  let after = Number(store.meta(CHECKED_BATCH) ?? 0);
  for (
    let batches = store.batchesAfter(after, BATCHES_AT_ONCE);
    batches.length > 0;
    batches = store.batchesAfter(after, BATCHES_AT_ONCE)
  ) {
    for (const { id, recordCount, ack } of batches) {
      // Written by the intake.
      const { records } = JSON.parse(ack) as BatchAck;
      const judged = sumSigned(records.map(({ from, to }) => signedAmount(to - from + 1)));
      if (judged !== recordCount) return differs(`records of batch ${id}`, recordCount, judged);
      after = id;
    }
  }
  store.setMeta(CHECKED_BATCH, after.toString());
  return null;
}

/** I10, I11: what was settled last is split exactly, and nothing is unaccounted for. */
function settledFault(store: HostStore): string | null {
  for (const settlement of store.merchantSettlements(store.openWindow() - 1)) {
    const wrong = settlementFault(settlement);
    if (wrong === null) continue;
    return `"settlement of ${settlement.merchant} in window ${settlement.window}" expected to add up, got ${wrong}`;
  }
  return null;
}

/** What stands on 2040 and 1050 of a merchant: owed to it where positive. */
export function merchantPosition(store: HostStore, merchant: string): SignedAmount {
  const payable = store.balance(account('2040', merchant));
  return negate(addSigned(payable, store.balance(account('1050', merchant))));
}
