// SPDX-License-Identifier: MIT
/**
 * What a movement at the bank is, and its books. A line that nobody knows stands in 2062 (came in) or 1070
 * (went out) under its own number until it is matched; money at the bank (1010) is right either way.
 *
 * Paid out: the end-to-end id and the amount of a payout, once. Come back: the same, of a payout that was
 * paid, once. From an agent: its name as the end-to-end id or a word of the remittance, and no more than it
 * owes (1030). The operator's own money (3010) is what a person says so of: paid in to cover what the float
 * is short of, and taken out again, never more than it paid in.
 */
import { atLeastZero, negate, type SignedAmount } from '../../src/money/amount.ts';
import { account, type AccountId } from '../ledger/accounts.table.ts';
import { post } from '../ledger/ledger.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { Payout } from '../settlement/model.ts';
import type { SettlementParts } from '../settlement/parts.ts';
import { FLOAT_BANK, payoutSource } from '../settlement/payouts.ts';
import type { BankLineRow } from '../store/bank-store.ts';
import type { PayoutDesk } from './payout-desk.ts';

/** What a line was found to be. */
export type LineMatch =
  | { readonly kind: 'agent'; readonly agent: string }
  | { readonly kind: 'bankFee' }
  | { readonly kind: 'ownFunds' }
  | { readonly kind: 'payout' | 'return'; readonly payout: Payout };

/** As the store keeps it: `payout:1-SHOP`. */
export function matchName(match: LineMatch): string {
  switch (match.kind) {
    case 'agent':
      return `agent:${match.agent}`;
    case 'bankFee':
    case 'ownFunds':
      return match.kind;
    case 'payout':
    case 'return':
      return `${match.kind}:${match.payout.id}`;
  }
}

export interface MatchParts {
  readonly settlement: SettlementParts;
  readonly desk: PayoutDesk;
}

type Unbooked = Pick<BankLineRow, 'amount' | 'endToEndId' | 'id' | 'reference' | 'remittance'>;

const bank = account('1010', FLOAT_BANK);
const ownFunds = account('3010');

/** Finds matches; knows the payouts by their end-to-end ids. Made anew for each file. */
export class LineMatcher {
  readonly #parts: MatchParts;
  readonly #payouts: ReadonlyMap<string, string>;

  constructor(parts: MatchParts) {
    this.#parts = parts;
    const { store } = parts.settlement;
    this.#payouts = new Map(store.payouts().map(({ endToEndId, id }) => [endToEndId, id]));
  }

  /** The payout of an end-to-end id, as it is now. */
  payoutOf(endToEndId: string): Payout | undefined {
    return this.#parts.settlement.store.payout(this.#payouts.get(endToEndId) ?? '');
  }

  /** What a line is; undefined when nothing fits. */
  find(line: Omit<Unbooked, 'id'>): LineMatch | undefined {
    const payout = this.payoutOf(line.endToEndId);
    if (payout === undefined) return line.amount > 0 ? this.#agentOf(line) : undefined;
    const kind = line.amount < 0 ? 'payout' : 'return';
    const match = { kind, payout } as const;
    return this.fits(match, line.amount) ? match : undefined;
  }

  /** Whether a line of this amount can be what it is said to be. */
  fits(match: LineMatch, amount: SignedAmount): boolean {
    const { store } = this.#parts.settlement;
    if (match.kind === 'bankFee') return amount < 0;
    if (match.kind === 'ownFunds') return amount >= store.balance(ownFunds);
    if (match.kind === 'agent') {
      return amount > 0 && amount <= store.balance(account('1030', match.agent));
    }
    const { kind, payout } = match;
    const expected = kind === 'payout' ? negate(payout.amount) : payout.amount;
    if (amount !== expected || store.hasBankMatch(matchName(match))) return false;
    if (hasLeft(this.#parts.settlement, payout)) return true;
    return kind === 'payout' && (payout.state === 'instructed' || payout.state === 'sent');
  }

  #agentOf({ amount, endToEndId, remittance }: Omit<Unbooked, 'id'>): LineMatch | undefined {
    const words = new Set([endToEndId, ...remittance.split(/[^\p{L}\p{N}._-]+/u)]);
    const named = [...words].filter(
      (agent) => agent !== '' && this.fits({ kind: 'agent', agent }, amount),
    );
    const [agent] = named;
    return agent === undefined || named.length > 1 ? undefined : { kind: 'agent', agent };
  }
}

/** Whether the books say that a payout's money left the bank, whatever became of it then. */
export function hasLeft({ store }: SettlementParts, { id }: Payout): boolean {
  return store.hasEntry(payoutSource(id, 'confirmed'));
}

function postLine(
  { store, clock }: SettlementParts,
  source: string,
  other: AccountId,
  amount: SignedAmount,
): void {
  const net = new NetPostings()
    .transfer(bank, other, atLeastZero(amount))
    .transfer(other, bank, atLeastZero(negate(amount)));
  post(store, { source, kind: 'bankLine', postings: net.net() }, clock.now());
}

/** Where an unmatched line stands. */
function waitingAccount({ amount, id }: Pick<BankLineRow, 'amount' | 'id'>): AccountId {
  return account(amount > 0 ? '2062' : '1070', id.toString());
}

/** Books a line that nobody knows yet. Inside the caller's transaction. */
export function bookUnmatched(parts: MatchParts, line: Unbooked): void {
  postLine(parts.settlement, `bank:${line.id}:unmatched`, waitingAccount(line), line.amount);
}

/** Takes a line out of its waiting account, because it is matched now. */
export function releaseUnmatched(parts: MatchParts, line: Unbooked): void {
  const { amount, id } = line;
  postLine(parts.settlement, `bank:${id}:released`, waitingAccount(line), negate(amount));
}

/** Books what a line was found to be. Inside the caller's transaction. */
export function bookMatch(parts: MatchParts, line: Unbooked, match: LineMatch): void {
  const { desk, settlement } = parts;
  const { amount, id, reference } = line;
  switch (match.kind) {
    case 'agent':
      postLine(settlement, `bank:${id}:agent`, account('1030', match.agent), amount);
      return;
    case 'bankFee':
      postLine(settlement, `bank:${id}:bankFee`, account('5020'), amount);
      return;
    case 'ownFunds':
      postLine(settlement, `bank:${id}:ownFunds`, ownFunds, amount);
      return;
    case 'payout':
      // A person may have confirmed it before the statement came; then the books have it.
      if (!hasLeft(settlement, match.payout)) desk.confirm(match.payout.id, reference);
      return;
    case 'return':
      desk.return(match.payout.id, {
        bankReference: reference === '' ? null : reference,
        reason: line.remittance === '' ? 'it came back' : line.remittance,
      });
  }
}
