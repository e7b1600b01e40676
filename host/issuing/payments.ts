// SPDX-License-Identifier: MIT
/**
 * Pays what is owed to the holder of a card (2095): in cash by an agent, or as the money of a load. A load
 * is authorised at a till as ever, against the agent (1030); the credit then takes the agent's place, so
 * together 2095 paid for the load and nobody's cash did.
 */
import { Fault } from '../../src/errors/fault.ts';
import { type Amount, ZERO } from '../../src/money/amount.ts';
import type { Actor } from '../access/actor.ts';
import { account } from '../ledger/accounts.table.ts';
import { NetPostings } from '../ledger/postings.ts';
import type { LoadRow } from '../store/store.ts';
import { knownCard, noteEvent, type KnownCard } from './card-state.ts';
import { checkName, checkReference } from './checks.ts';
import type { HolderPaymentRow } from './model.ts';
import type { IssuingParts } from './parts.ts';
import { owedToHolder } from './owed.ts';
import { postService } from './service-entry.ts';

export interface CashRequest {
  /** The same reference again is the same payment. */
  readonly reference: string;
  readonly serial: string;
  readonly agent: string;
  /** Null: all that is owed. */
  readonly amount: Amount | null;
}

/** An agent pays in cash. @throws CARD_NOT_FOUND, REFUND_REFUSED, USAGE */
export function payCash(parts: IssuingParts, request: CashRequest, actor: Actor): HolderPaymentRow {
  const reference = checkReference(request.reference);
  const agent = checkName('agent', request.agent);
  return parts.store.transaction(() => {
    const known = knownCard(parts.store, request.serial);
    const before = parts.store.holderPayment(reference);
    if (before !== undefined) return samePayment(before, known, { agent, amount: request.amount });
    const { owed } = owedToHolder(parts, known.card);
    const row = { reference, method: 'cash', amount: request.amount ?? owed, agent } as const;
    return pay(parts, known, { ...row, load: null }, actor);
  });
}

function samePayment(
  before: HolderPaymentRow,
  { card }: KnownCard,
  asked: { readonly agent: string; readonly amount: Amount | null },
): HolderPaymentRow {
  const isSame =
    before.agent === asked.agent &&
    (asked.amount === null || before.amount === asked.amount) &&
    before.serial.every((byte, index) => byte === card.serial[index]);
  if (!isSame) {
    throw new Fault(
      'USAGE',
      `"reference" expected one of this payment, ${before.reference} is of another`,
    );
  }
  return before;
}

export interface TransferRequest {
  /** The card whose holder is owed. */
  readonly serial: string;
  /** The card that was loaded; may be the same. */
  readonly to: string;
  /** The load that is paid; null: the newest of that card that nothing was owed for. */
  readonly load: string | null;
}

/** What a payment needs of the parts of issuing. */
type PaymentParts = Pick<IssuingParts, 'merchantOf' | 'now' | 'store'>;

/**
 * What is owed on a card pays for a load of it that was authorised for just that, in its transaction.
 * @throws CARD_NOT_FOUND, REFUND_REFUSED
 */
export function payOwnLoad(
  parts: PaymentParts,
  { serial, ...load }: Pick<LoadRow, 'agent' | 'amount' | 'id'> & { readonly serial: string },
  actor: Pick<Actor, 'name'>,
): HolderPaymentRow {
  const { id, agent, amount } = load;
  const payment = { reference: `load:${id}`, method: 'load', amount, agent, load: id } as const;
  return pay(parts, knownCard(parts.store, serial), payment, actor);
}

/** A credit pays for a load that a till has made. The same load again changes nothing. @throws CARD_NOT_FOUND, REFUND_REFUSED */
export function payLoad(
  parts: IssuingParts,
  request: TransferRequest,
  actor: Actor,
): HolderPaymentRow {
  return parts.store.transaction(() => {
    const known = knownCard(parts.store, request.serial);
    const load = findLoad(parts, request);
    const reference = `load:${load.id}`;
    const before = parts.store.holderPayment(reference);
    const { agent, amount } = load;
    if (before !== undefined) return samePayment(before, known, { agent, amount });
    return pay(parts, known, { reference, method: 'load', amount, agent, load: load.id }, actor);
  });
}

function findLoad({ store }: IssuingParts, { to, load: id }: TransferRequest): LoadRow {
  const { card } = knownCard(store, to);
  const loads = store.loads(card.serial).filter(({ state }) => state !== 'notDone');
  const isUnpaid = (load: LoadRow): boolean => store.holderPayment(`load:${load.id}`) === undefined;
  const found = id === null ? loads.filter(isUnpaid).at(-1) : loads.find((load) => load.id === id);
  if (found === undefined) {
    throw new Fault(
      'REFUND_REFUSED',
      `"load" expected a load of ${to} that is to be paid, got ${id ?? 'none'}: load the card at a till first`,
    );
  }
  return found;
}

type Payment = Pick<HolderPaymentRow, 'agent' | 'amount' | 'load' | 'method' | 'reference'>;

function pay(
  parts: PaymentParts,
  { card, details }: KnownCard,
  payment: Payment,
  actor: Pick<Actor, 'name'>,
): HolderPaymentRow {
  const { amount, agent, method, reference } = payment;
  const { owed } = owedToHolder(parts, card);
  if (amount === ZERO || amount > owed) {
    throw new Fault(
      'REFUND_REFUSED',
      `"amount" expected 1 to ${owed}, what is owed, got ${amount}`,
    );
  }
  const row = { ...payment, serial: card.serial, at: parts.now, actor: actor.name };
  parts.store.insertHolderPayment(row);
  const net = new NetPostings().transfer(account('2095'), account('1030', agent), amount);
  const source = `holderPayment:${reference}`;
  postService(parts.store, { source, kind: 'refund', net, agent }, parts.now);
  const note = `${amount} minor units, ${method === 'cash' ? `cash by ${agent}` : reference}`;
  noteEvent(parts, details, { event: 'paid', actor, note });
  return row;
}
