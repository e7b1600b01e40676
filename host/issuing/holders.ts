// SPDX-License-Identifier: MIT
/** Accounts of holders: opened, shown, closed when nothing is left in them. */
import { Fault } from '../../src/errors/fault.ts';
import { add, sum, type Amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { HostStore } from '../store/store.ts';
import { dayOf, stateOn } from './card-state.ts';
import { checkName, checkText } from './checks.ts';
import { CARD_STATES, type CardState } from './life-cycle.table.ts';
import type { HolderRow } from './model.ts';
import type { IssuingParts } from './parts.ts';
import { owedToHolder } from './owed.ts';

/** A card of a holder, with all that its holder may still get for it. */
export interface HolderCard {
  readonly serial: string;
  readonly state: CardState;
  readonly balance: Amount;
  readonly deposit: Amount;
  /** Owed and not paid yet, besides balance and deposit. */
  readonly owed: Amount;
}

export interface HolderView extends HolderRow {
  readonly cards: readonly HolderCard[];
  /** Σ of balances, deposits and what is owed. */
  readonly money: Amount;
}

/** Opens an account. @throws HOLDER_EXISTS, USAGE */
export function openHolder(
  { store, now }: IssuingParts,
  holder: { readonly id: string; readonly name: string; readonly contact: string },
): HolderRow {
  const row = {
    id: checkName('holder', holder.id),
    name: checkText('name', holder.name),
    contact: checkText('contact', holder.contact),
    openedAt: now,
    closedAt: null,
  };
  if (row.name.trim() === '') throw new Fault('USAGE', '"name" expected a name, got none');
  if (store.holder(row.id) !== undefined) {
    throw new Fault('HOLDER_EXISTS', `"holder" expected a new one, ${row.id} is known`);
  }
  store.insertHolder(row);
  return row;
}

/** An account that is open. @throws HOLDER_NOT_FOUND */
export function openAccount(store: HostStore, id: string): HolderRow {
  const holder = store.holder(id);
  if (holder === undefined || holder.closedAt !== null) {
    const got = holder === undefined ? `"${id}"` : `${id}, which is closed`;
    throw new Fault('HOLDER_NOT_FOUND', `"holder" expected an open account, got ${got}`);
  }
  return holder;
}

/** An account, open or closed, with its cards. @throws HOLDER_NOT_FOUND */
export function holderView(parts: IssuingParts, id: string): HolderView {
  const holder = parts.store.holder(id);
  if (holder === undefined) {
    throw new Fault('HOLDER_NOT_FOUND', `"holder" expected a known account, got "${id}"`);
  }
  const today = dayOf(parts);
  const cards = parts.store.cardsOfHolder(id).flatMap((details): HolderCard[] => {
    const card = parts.store.card(details.serial);
    if (card === undefined) return [];
    const { owed } = owedToHolder(parts, card);
    return [
      {
        serial: formatSerialNumber(details.serial),
        state: stateOn(details, today),
        balance: card.balance,
        deposit: details.deposit,
        owed,
      },
    ];
  });
  const money = sum(cards.map((card) => add(add(card.balance, card.deposit), card.owed)));
  return { ...holder, cards, money };
}

/**
 * Closes an account in which nothing is left.
 * @throws HOLDER_NOT_FOUND; HOLDER_BUSY while a card is in use or money is with it.
 */
export function closeHolder(parts: IssuingParts, id: string): HolderRow {
  return parts.store.transaction(() => {
    const holder = openAccount(parts.store, id);
    const { cards, money } = holderView(parts, id);
    const inUse = cards.filter(({ state }) => !CARD_STATES[state].isFinal);
    if (inUse.length > 0) {
      const names = inUse.map(({ serial, state }) => `${serial} (${state})`).join(', ');
      throw new Fault('HOLDER_BUSY', `"holder" expected no card in use, got ${names}`);
    }
    if (money > 0) {
      throw new Fault('HOLDER_BUSY', `"holder" expected no money left, got ${money} minor units`);
    }
    const closed = { ...holder, closedAt: parts.now };
    parts.store.updateHolder(closed);
    return closed;
  });
}
