// SPDX-License-Identifier: MIT
/**
 * What the bank says became of payments. A rejection takes a payout back; a return is booked as paid and
 * come back, and the lines of the statement that prove it are then only matched. What fits no payout, or
 * contradicts its state, is kept for a person to look at and moves nothing.
 */
import { messageId } from '../files/pain-001.ts';
import type { Payout } from '../settlement/model.ts';
import { PAYOUT_MOVES } from '../settlement/payouts.table.ts';
import { hasLeft, type LineMatcher, type MatchParts } from './match-line.ts';
import type { BankFile, PaymentStatus } from './model.ts';

export interface TakenStatuses {
  /** Payouts that were rejected or returned by it. */
  readonly applied: number;
  /** On its way, or told before: no effect. */
  readonly noted: number;
  /** Kept as exceptions. */
  readonly problems: number;
}

/** Why a status cannot be applied; undefined when it can. */
function problemOf(
  parts: MatchParts,
  status: PaymentStatus,
  payout: Payout | undefined,
): string | undefined {
  if (payout === undefined) return 'no payout has this end-to-end id';
  if (status.amount !== null && status.amount !== payout.amount) {
    return `the payout is of ${payout.amount}, ${status.amount} came back`;
  }
  const event = status.kind === 'rejected' ? 'reject' : 'return';
  if (status.kind === 'underway' || PAYOUT_MOVES[payout.state][event] !== 'refused')
    return undefined;
  const isPaid = hasLeft(parts.settlement, payout) ? ', paid' : '';
  return `the payout is ${payout.state}${isPaid}`;
}

function apply(parts: MatchParts, status: PaymentStatus, payout: Payout): boolean {
  const { desk } = parts;
  const reason = status.reason === '' ? status.status : `${status.status} ${status.reason}`;
  const refusal = { bankReference: status.reference === '' ? null : status.reference, reason };
  if (status.kind === 'underway') return false;
  if (payout.state === 'rejected' || payout.state === 'returned') return false;
  if (status.kind === 'rejected') desk.reject(payout.id, refusal);
  else {
    // It came back, so it had left.
    if (payout.state !== 'confirmed') desk.confirm(payout.id, status.reference);
    desk.return(payout.id, refusal);
  }
  return true;
}

/** A rejected order rejects each of its payouts that is still under way. */
function rejectedByOrder(parts: MatchParts, { rejectedOrders }: BankFile): PaymentStatus[] {
  const { store } = parts.settlement;
  const open = [...store.payouts('instructed'), ...store.payouts('sent')];
  return rejectedOrders.flatMap((order): PaymentStatus[] => {
    const status = { kind: 'rejected', ...order, amount: null, reference: '' } as const;
    const payouts = open.filter(({ window }) => messageId(window) === order.messageId);
    if (payouts.length > 0) return payouts.map(({ endToEndId }) => ({ ...status, endToEndId }));
    // An order that is not ours, or has nothing left to reject.
    const isOurs = store.windows().some(({ id }) => messageId(id) === order.messageId);
    return isOurs ? [] : [{ ...status, endToEndId: order.messageId }];
  });
}

/** Applies what a report says; inside the caller's transaction. */
export function takeStatuses(
  parts: MatchParts,
  file: BankFile,
  digest: string,
  matcher: LineMatcher,
): TakenStatuses {
  const { store, clock } = parts.settlement;
  const count = { applied: 0, noted: 0, problems: 0 };
  for (const status of [...file.statuses, ...rejectedByOrder(parts, file)]) {
    const payout = matcher.payoutOf(status.endToEndId);
    const problem = problemOf(parts, status, payout);
    if (problem === undefined && payout !== undefined) {
      count[apply(parts, status, payout) ? 'applied' : 'noted']++;
      continue;
    }
    count.problems++;
    store.insertBankAdvice({
      digest,
      endToEndId: status.endToEndId,
      status: status.status,
      reason: status.reason,
      problem: problem ?? '',
      openedAt: clock.now(),
    });
  }
  return count;
}
