// SPDX-License-Identifier: MIT
/** Payouts after they were instructed: sent to the bank, and what the bank says of them. */
import { sha256 } from '../../src/crypto/sha256.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { Fault } from '../../src/errors/fault.ts';
import type { Actor } from '../access/actor.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { Payout, PayoutState } from './model.ts';
import { logEvent, type SettlementParts } from './parts.ts';
import { PAYOUT_MOVES, type PayoutEvent, type PayoutPosting } from './payouts.table.ts';

/** The bank that keeps the safeguarded float, as a key of account 1010. */
export const FLOAT_BANK = 'main';

/** Longest end-to-end id (ISO 20022 Max35Text). */
const END_TO_END_MAX = 35;

/** The one payout of a merchant in a window. */
export function payoutId(window: number, merchant: string): string {
  return `${window}-${merchant}`;
}

/** The payout's id where banks carry it unchanged, else one of the same payout that they do. */
export function endToEndId(window: number, merchant: string): string {
  const id = payoutId(window, merchant);
  if (id.length <= END_TO_END_MAX && !id.includes('_')) return id;
  const digest = toHex(sha256(new TextEncoder().encode(merchant)));
  return `${window}-H${digest.slice(0, 16)}`;
}

/** What is posted; `null` where nothing is. */
function transferOf(posting: PayoutPosting, payout: Payout): [AccountId, AccountId] | null {
  const bank = account('1010', FLOAT_BANK);
  const payable = account('2040', payout.merchant);
  const instructed = account('2045', payout.id);
  switch (posting) {
    case 'none':
      return null;
    case 'paid':
      return [instructed, bank];
    case 'takenBack':
      return [instructed, payable];
    case 'cameBack':
      return [bank, payable];
  }
}

/** Source of the journal entry that brought a payout into a state. */
export function payoutSource(id: string, state: PayoutState): string {
  return `payout:${id}:${state}`;
}

interface Happening {
  readonly event: PayoutEvent;
  /** The bank's own reference; null where it gave none. */
  readonly bankReference: string | null;
  readonly detail: string;
}

function happen(
  parts: SettlementParts,
  id: string,
  { event, bankReference, detail }: Happening,
  actor: Actor,
): Payout {
  const { store, clock } = parts;
  return store.transaction(() => {
    const payout = store.payout(id);
    if (payout === undefined) {
      throw new Fault('PAYOUT_NOT_FOUND', `"payout" expected the id of a payout, got "${id}"`);
    }
    const move = PAYOUT_MOVES[payout.state][event];
    if (move === 'repeated') return payout;
    if (move === 'refused') {
      throw new Fault(
        'PAYOUT_STATE',
        `"payout" expected one that can ${event}, got ${id}, which is ${payout.state}`,
      );
    }
    const source = payoutSource(id, move.next);
    const transfer = transferOf(move.posting, payout);
    if (transfer !== null) {
      const postings = new NetPostings().transfer(...transfer, payout.amount).net();
      post(store, { source, kind: 'payout', postings }, clock.now());
    }
    if (move.posting === 'takenBack' || move.posting === 'cameBack') {
      const { merchant, amount } = payout;
      const reason = `payout ${id} ${move.next}`;
      store.insertAdjustment({ window: store.openWindow(), merchant, amount, source, reason });
    }
    const changed = { state: move.next, bankReference: bankReference ?? payout.bankReference };
    store.updatePayout(id, changed);
    logEvent(parts, actor, { action: move.next, subject: `payout:${id}`, detail });
    return { ...payout, ...changed };
  });
}

/**
 * The payout's file went to the bank.
 * @throws PAYOUT_NOT_FOUND, PAYOUT_STATE
 */
export function sendPayout(parts: SettlementParts, id: string, actor: Actor): Payout {
  return happen(parts, id, { event: 'send', bankReference: null, detail: '' }, actor);
}

/**
 * The bank has paid: 2045 → 1010. The same again changes nothing.
 * @throws PAYOUT_NOT_FOUND, PAYOUT_STATE
 */
export function confirmPayout(
  parts: SettlementParts,
  id: string,
  bankReference: string,
  actor: Actor,
): Payout {
  return happen(parts, id, { event: 'confirm', bankReference, detail: bankReference }, actor);
}

/** What the bank says of a payout that did not arrive. */
export interface Refusal {
  readonly bankReference: string | null;
  readonly reason: string;
}

/**
 * The bank did not take the payment: it is owed to the merchant again, in the window that is open.
 * @throws PAYOUT_NOT_FOUND, PAYOUT_STATE
 */
export function rejectPayout(
  parts: SettlementParts,
  id: string,
  { bankReference, reason }: Refusal,
  actor: Actor,
): Payout {
  return happen(parts, id, { event: 'reject', bankReference, detail: reason }, actor);
}

/**
 * The payment came back: it is owed to the merchant again, in the window that is open.
 * @throws PAYOUT_NOT_FOUND, PAYOUT_STATE
 */
export function returnPayout(
  parts: SettlementParts,
  id: string,
  { bankReference, reason }: Refusal,
  actor: Actor,
): Payout {
  return happen(parts, id, { event: 'return', bankReference, detail: reason }, actor);
}
