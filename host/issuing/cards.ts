// SPDX-License-Identifier: MIT
/**
 * What is done with cards: handed over, blocked and unblocked, replaced, retired. Deposit and fee go over an
 * agent's till (1030); what the card itself holds waits until late records had their time, and is then owed
 * to its holder by a decision on the card.
 */
import { Fault } from '../../src/errors/fault.ts';
import { ZERO } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { Actor } from '../access/actor.ts';
import { ClockBook } from '../clocks/clock-book.ts';
import { account } from '../ledger/accounts.table.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { HostStore } from '../store/store.ts';
import { knownCard, noteEvent, saveDetails, takeStep, type KnownCard } from './card-state.ts';
import { checkName, checkText } from './checks.ts';
import { openAccount } from './holders.ts';
import { CARD_STATES } from './life-cycle.table.ts';
import { priceOf } from './lots.ts';
import type { CardDetails } from './model.ts';
import type { IssuingParts } from './parts.ts';
import { postService } from './service-entry.ts';

const DAY_MS = 86_400_000;
const DEPOSIT = account('2080');
const FEES = account('4030');

/** Hands a card of the stock over, for its deposit and fee. @throws CARD_NOT_FOUND, CARD_STATE_REFUSED, HOLDER_NOT_FOUND */
export function issueCard(
  parts: IssuingParts,
  order: { readonly serial: string; readonly agent: string; readonly holder: string | null },
  actor: Actor,
): CardDetails {
  const agent = checkName('agent', order.agent);
  const { store } = parts;
  return store.transaction(() => {
    const known = knownCard(store, order.serial);
    const holder = order.holder === null ? null : openAccount(store, order.holder).id;
    const { deposit, fee } = priceOf(store, known.details.lot);
    const note = holder === null ? `by ${agent}` : `to ${holder} by ${agent}`;
    const issued = takeStep(parts, known, { event: 'issue', actor, note }, { holder, deposit });
    const till = account('1030', agent);
    const net = new NetPostings().transfer(till, DEPOSIT, deposit).transfer(till, FEES, fee);
    const source = `cardIssued:${formatSerialNumber(known.card.serial)}`;
    postService(store, { source, kind: 'cardService', net, agent }, parts.now);
    return issued;
  });
}

interface Reason {
  readonly serial: string;
  readonly reason: string;
}

/** Puts a card on the hotlist. @throws CARD_NOT_FOUND, CARD_STATE_REFUSED */
export function blockCard(parts: IssuingParts, { serial, reason }: Reason, actor: Actor): void {
  const note = checkText('reason', reason);
  parts.store.transaction(() => {
    takeStep(parts, knownCard(parts.store, serial), { event: 'block', actor, note });
    parts.host.hotlistCard(serial, note, actor.name);
  });
}

/** Takes a card off the hotlist. @throws CARD_NOT_FOUND, CARD_STATE_REFUSED */
export function unblockCard(parts: IssuingParts, { serial, reason }: Reason, actor: Actor): void {
  const note = checkText('reason', reason);
  parts.store.transaction(() => {
    takeStep(parts, knownCard(parts.store, serial), { event: 'unblock', actor, note });
    parts.host.unlistCard(serial, note, actor.name);
  });
}

export interface CardEnd extends Reason {
  /** Who has the card in hand and gives the deposit back; null while the card is not back. */
  readonly returnedTo: string | null;
}

/** Takes a card out of use; one that did not come back goes on the hotlist. @throws CARD_NOT_FOUND, CARD_STATE_REFUSED */
export function retireCard(parts: IssuingParts, end: CardEnd, actor: Actor): CardDetails {
  const note = checkText('reason', end.reason);
  return parts.store.transaction(() => {
    const known = knownCard(parts.store, end.serial);
    const wasInStock = known.details.state === 'ordered';
    const changes = { endedAt: parts.now };
    const retired = takeStep(parts, known, { event: 'retire', actor, note }, changes);
    if (end.returnedTo !== null) return giveDepositBack(parts, retired, end.returnedTo, actor);
    if (!wasInStock) parts.host.hotlistCard(end.serial, note, actor.name);
    return retired;
  });
}

export interface Replacement extends CardEnd {
  /** A card of the stock, handed over instead. */
  readonly by: string;
  /** Who hands it over. */
  readonly agent: string;
}

/**
 * Replaces a card by one of the stock, which goes to the same holder for its own deposit and fee. The old
 * one's deposit is given back with the card; its money follows later, see `refundBalance`.
 * @throws CARD_NOT_FOUND, CARD_STATE_REFUSED
 */
export function replaceCard(parts: IssuingParts, order: Replacement, actor: Actor): CardDetails {
  const note = checkText('reason', order.reason);
  const { store } = parts;
  return store.transaction(() => {
    const old = knownCard(store, order.serial);
    const next = knownCard(store, order.by);
    const changes = { endedAt: parts.now, replacedBy: next.card.serial };
    const replaced = takeStep(parts, old, { event: 'replace', actor, note }, changes);
    const { holder } = old.details;
    issueCard(parts, { serial: order.by, agent: order.agent, holder }, actor);
    if (order.returnedTo !== null) return giveDepositBack(parts, replaced, order.returnedTo, actor);
    parts.host.hotlistCard(order.serial, note, actor.name);
    return replaced;
  });
}

/**
 * Settles the deposit of a card that is out of use: given back with the card, or kept for one that will
 * not come back.
 * @throws CARD_NOT_FOUND, CARD_STATE_REFUSED while the card is in use or holds no deposit
 */
export function settleDeposit(
  parts: IssuingParts,
  { serial, returnedTo }: Pick<CardEnd, 'returnedTo' | 'serial'>,
  actor: Actor,
): CardDetails {
  return parts.store.transaction(() => {
    const { details } = endedCard(parts.store, serial);
    if (details.deposit === ZERO) {
      throw new Fault('CARD_STATE_REFUSED', `"serial" expected a card with a deposit, got none`);
    }
    if (returnedTo !== null) return giveDepositBack(parts, details, returnedTo, actor);
    const net = new NetPostings().transfer(DEPOSIT, FEES, details.deposit);
    return closeDeposit(parts, details, { net, agent: 'none', event: 'depositKept', actor });
  });
}

function giveDepositBack(
  parts: IssuingParts,
  details: CardDetails,
  returnedTo: string,
  actor: Actor,
): CardDetails {
  if (details.deposit === ZERO) return details;
  const agent = checkName('agent', returnedTo);
  const net = new NetPostings().transfer(DEPOSIT, account('1030', agent), details.deposit);
  return closeDeposit(parts, details, { net, agent, event: 'depositReturned', actor });
}

function closeDeposit(
  parts: IssuingParts,
  details: CardDetails,
  { net, agent, event, actor }: { net: NetPostings; agent: string; event: string; actor: Actor },
): CardDetails {
  const settled = { ...details, deposit: ZERO };
  saveDetails(parts.store, settled);
  const note = `${details.deposit} minor units`;
  noteEvent(parts, settled, { event, actor, note });
  const source = `deposit:${formatSerialNumber(details.serial)}`;
  postService(parts.store, { source, kind: 'cardService', net, agent }, parts.now);
  return settled;
}

/** A card that is out of use. @throws CARD_NOT_FOUND, CARD_STATE_REFUSED */
function endedCard(store: HostStore, serial: string): KnownCard {
  const known = knownCard(store, serial);
  if (!CARD_STATES[known.details.state].isFinal) {
    throw new Fault(
      'CARD_STATE_REFUSED',
      `"serial" expected a card that is replaced or retired, got ${serial}, which is ${known.details.state}`,
    );
  }
  return known;
}

/** From when on the balance of a card is owed to its holder; null while it is in use. */
export function balanceDueAt(
  store: HostStore,
  { endedAt }: Pick<CardDetails, 'endedAt'>,
): Instant | null {
  return endedAt === null ? null : new ClockBook(store).deadline('balanceRefund', endedAt);
}

/**
 * Makes what a card that is out of use still holds owed to its holder, once late records had their time.
 * A record that comes even later takes its part back by itself: the decision is evidence like any other.
 * @throws CARD_NOT_FOUND; CARD_STATE_REFUSED too early; REFUND_REFUSED with nothing on it
 */
export function refundBalance(parts: IssuingParts, serial: string, actor: Actor): void {
  parts.store.transaction(() => {
    const { card, details } = endedCard(parts.store, serial);
    const due = balanceDueAt(parts.store, details);
    if (due !== null && parts.now < due) {
      const days = Math.ceil((due - parts.now) / DAY_MS);
      const whole = new ClockBook(parts.store).value('balanceRefund', details.endedAt ?? parts.now);
      throw new Fault(
        'CARD_STATE_REFUSED',
        `"serial" expected a card that is out of use for ${whole} days, ${days} more to wait for late records`,
      );
    }
    if (card.balance === ZERO) {
      throw new Fault('REFUND_REFUSED', `"serial" expected a card with money on it, got none`);
    }
    const note = `${card.balance} minor units`;
    noteEvent(parts, details, { event: 'balanceRefunded', actor, note });
    const digits = formatSerialNumber(card.serial);
    const request = `balance:${digits}`;
    const decision = { target: 'balance', action: 'refundHolder', request, actor } as const;
    parts.host.decide({ serial: digits, ...decision });
  });
}
