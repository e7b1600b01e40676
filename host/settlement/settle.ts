// SPDX-License-Identifier: MIT
/**
 * Settles a window that is closed, some merchants to a transaction, so that intake goes on between them. A
 * merchant that is settled is passed over: after a crash the rest is settled, and nothing twice.
 */
import { invariant } from '../../src/errors/invariant.ts';
import { signedAmount, sumSigned, type SignedAmount } from '../../src/money/amount.ts';
import type { Instant } from '../../src/time/instant.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { WindowRow, WindowTotal } from '../store/settlement-store.ts';
import type { HostStore } from '../store/store.ts';
import { toldTotals } from './even-totals.ts';
import { batchHolds } from './batch-holds.ts';
import { scheduleInForce, type FeeSchedule } from './fee-terms.ts';
import { ensureMerchant } from './merchants.ts';
import type { FeeShare, Merchant, Payout } from './model.ts';
import type { SettlementParts } from './parts.ts';
import { endToEndId } from './payouts.ts';
import { planSettlement, type SettlementPlan } from './plan.ts';
import { SHARE_ACCOUNTS } from './share-accounts.table.ts';
import { breathe, recordFeesOf, type RecordFeesOf } from './record-fees.ts';

/** Merchants of one transaction. */
const MERCHANTS_AT_ONCE = 50;

/** What the merchants of a window are settled from. */
export interface WindowTerms {
  readonly id: number;
  readonly businessDate: string;
  readonly schedules: readonly FeeSchedule[];
  readonly totals: ReadonlyMap<string, readonly WindowTotal[]>;
  readonly adjustments: ReadonlyMap<string, SignedAmount>;
  readonly byRecord: RecordFeesOf;
  /** Merchants whose payout waits for a batch, with the reason. */
  readonly batchHolds: ReadonlyMap<string, string>;
}

/** The window that is settled, the day that it settles, and when it was closed. */
export interface ClosedWindow {
  readonly id: number;
  readonly businessDate: string;
  readonly closedAt: Instant;
}

/** Reads what a window settles on a business date. */
export function windowTerms(
  store: HostStore,
  { id, businessDate, closedAt }: ClosedWindow,
  byRecord: RecordFeesOf,
): WindowTerms {
  const totals = new Map<string, WindowTotal[]>();
  for (const total of toldTotals(store, id)) {
    const known = totals.get(total.merchant);
    if (known === undefined) totals.set(total.merchant, [total]);
    else known.push(total);
  }
  const adjustments = new Map<string, SignedAmount>();
  for (const { merchant, amount } of store.adjustments(id)) {
    adjustments.set(merchant, sumSigned([adjustments.get(merchant) ?? signedAmount(0), amount]));
  }
  const schedules = store.feeSchedules();
  const holds = batchHolds(store, closedAt);
  return { id, businessDate, schedules, totals, adjustments, byRecord, batchHolds: holds };
}

/** Everybody with whom a window may have to settle, by name. */
export function merchantsOf(store: HostStore, terms: WindowTerms): readonly string[] {
  const names = new Set(store.merchants().map(({ id }) => id));
  for (const name of terms.totals.keys()) names.add(name);
  for (const name of terms.adjustments.keys()) names.add(name);
  return [...names].sort();
}

/** What a window settles with a merchant; undefined when nothing. */
export function planFor(
  { store, currency }: SettlementParts,
  terms: WindowTerms,
  merchant: Merchant,
): SettlementPlan | undefined {
  const { id, businessDate, schedules, byRecord } = terms;
  const charged = (terms.totals.get(merchant.id) ?? []).map((total) => ({
    total,
    schedule: scheduleInForce(schedules, merchant.id, total.type, businessDate),
    byRecord: byRecord(merchant.id, total.type),
  }));
  return planSettlement({
    window: id,
    businessDate,
    merchant,
    currency,
    before: store.lastSettlement(merchant.id),
    charged,
    adjustments: terms.adjustments.get(merchant.id) ?? signedAmount(0),
    reserves: store.heldReserves(merchant.id),
    batchHold: terms.batchHolds.get(merchant.id) ?? null,
  });
}

/** Settles every window that is closed and not settled, oldest first. */
export async function settleClosed(parts: SettlementParts): Promise<void> {
  for (const window of parts.store.windows()) {
    if (window.state === 'closed') await settleWindow(parts, window);
  }
}

async function settleWindow(parts: SettlementParts, window: WindowRow): Promise<void> {
  const { store } = parts;
  const { id, businessDate, lastRecord, closedAt } = window;
  invariant(businessDate !== null, 'a closed window has a business date');
  invariant(closedAt !== null, 'a closed window has a time of closing');
  const before = store.windows().find((row) => row.id === id - 1);
  const byRecord = await recordFeesOf(store, store.feeSchedules(), {
    id,
    businessDate,
    after: before?.lastRecord ?? 0,
    lastRecord: lastRecord ?? 0,
  });
  const terms = windowTerms(store, { id, businessDate, closedAt }, byRecord);
  const names = merchantsOf(store, terms);
  for (let next = 0; next < names.length; next += MERCHANTS_AT_ONCE) {
    const some = names.slice(next, next + MERCHANTS_AT_ONCE);
    store.transaction(() => {
      for (const name of some) settleMerchant(parts, terms, name, closedAt);
    });
    await breathe();
  }
  store.transaction(() => {
    store.updateWindow({ ...window, state: 'settled' });
  });
}

/** All of one merchant's settlement, inside the caller's transaction. */
function settleMerchant(
  parts: SettlementParts,
  terms: WindowTerms,
  name: string,
  at: Instant,
): void {
  const { store } = parts;
  // Another process may be at the same window; or this one was, before it died.
  if (store.settlement(terms.id, name) !== undefined) return;
  const merchant = ensureMerchant(store, name);
  const plan = planFor(parts, terms, merchant);
  if (plan === undefined) return;
  const { settlement, released, reserve } = plan;
  store.insertSettlement(settlement);
  for (const { window } of released) store.releaseReserve(window, name, terms.id);
  if (reserve !== null) store.insertReserve(reserve);
  const source = `settlement:${terms.id}:${name}`;
  post(store, { source, kind: 'settlement', postings: settlementPostings(plan) }, at);
  const { payout, payoutId } = settlement;
  if (payoutId === null || merchant.account === null) return;
  const row: Payout = {
    id: payoutId,
    window: terms.id,
    merchant: name,
    amount: payout,
    state: 'instructed',
    endToEndId: endToEndId(terms.id, name),
    account: merchant.account,
    createdAt: at,
    bankReference: null,
  };
  store.insertPayout(row);
  const postings = new NetPostings()
    .transfer(account('2040', name), account('2045', payoutId), payout)
    .net();
  post(store, { source: `payout:${payoutId}:instructed`, kind: 'payout', postings }, at);
}

/** Fees and reserve. */
function settlementPostings({ settlement }: SettlementPlan): ReturnType<NetPostings['net']> {
  const payable = account('2040', settlement.merchant);
  const reserve = account('2041', settlement.merchant);
  const net = new NetPostings()
    .transfer(payable, reserve, settlement.reserveHeld)
    .transfer(reserve, payable, settlement.reserveReleased);
  for (const { shares } of settlement.lines) {
    for (const share of shares) net.transfer(payable, shareAccount(share), share.amount);
  }
  return net.net();
}

function shareAccount({ party, name }: FeeShare): AccountId {
  return account(SHARE_ACCOUNTS[party], party === 'operator' ? undefined : name);
}
