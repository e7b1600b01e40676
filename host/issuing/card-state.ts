// SPDX-License-Identifier: MIT
/** The state of a card on a day, and the acts that change it. */
import { Fault } from '../../src/errors/fault.ts';
import { ZERO } from '../../src/money/amount.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { Actor } from '../access/actor.ts';
import type { CardRow, HostStore } from '../store/store.ts';
import { CARD_LIFE, type CardEvent, type CardState } from './life-cycle.table.ts';
import { DEFAULT_LOT, type CardDetails } from './model.ts';
import type { IssuingParts } from './parts.ts';

/** The local day, YYYYMMDD. */
export function dayOf({
  now,
  utcOffsetMinutes,
}: Pick<IssuingParts, 'now' | 'utcOffsetMinutes'>): string {
  return civilTime(now, utcOffsetMinutes).date;
}

/** The state in which the calendar has put a card by `day`. */
export function stateOn(
  { state, validity }: Pick<CardDetails, 'state' | 'validity'>,
  day: string,
): CardState {
  const hasLapsed = validity !== null && day > validity.until;
  return hasLapsed ? (CARD_LIFE[state].expire ?? state) : state;
}

/** A card that is in the registry, with what its issuer knows of it. */
export interface KnownCard {
  readonly card: CardRow;
  readonly details: CardDetails;
}

/** @throws CARD_NOT_FOUND, USAGE */
export function knownCard(store: HostStore, serial: string): KnownCard {
  const bytes = serialNumberBytes(serial);
  const row = store.card(bytes);
  if (row === undefined) {
    throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${serial}`);
  }
  const card = { ...row, serial: bytes };
  const details = store.cardDetails(card.serial) ?? {
    serial: card.serial,
    lot: DEFAULT_LOT,
    holder: null,
    state: 'active',
    validity: null,
    deposit: ZERO,
    replacedBy: null,
    endedAt: null,
  };
  return { card, details };
}

/** What is done with a card, by whom, and why. */
export interface CardAct {
  readonly event: CardEvent;
  readonly actor: Actor;
  readonly note: string;
}

/** What an act changes besides the state. */
type DetailChanges = Partial<Pick<CardDetails, 'deposit' | 'endedAt' | 'holder' | 'replacedBy'>>;

/** Takes a card to its next state and keeps who did it. @throws CARD_STATE_REFUSED */
export function takeStep(
  parts: IssuingParts,
  { details }: KnownCard,
  { event, actor, note }: CardAct,
  changes: DetailChanges = {},
): CardDetails {
  const state = stateOn(details, dayOf(parts));
  const next = CARD_LIFE[state][event];
  if (next === null) {
    throw new Fault(
      'CARD_STATE_REFUSED',
      `"serial" expected a card that one may ${event}, got ${formatSerialNumber(details.serial)}, which is ${state}`,
    );
  }
  const changed = { ...details, ...changes, state: next };
  saveDetails(parts.store, changed);
  noteEvent(parts, changed, { event, actor, note });
  return changed;
}

/** Writes what is known of a card, be it for the first time. */
export function saveDetails(store: HostStore, details: CardDetails): void {
  if (store.cardDetails(details.serial) === undefined) store.insertCardDetails(details);
  else store.updateCardDetails(details);
}

/** Adds a line to the history of a card. */
export function noteEvent(
  { store, now }: Pick<IssuingParts, 'now' | 'store'>,
  { serial, state }: Pick<CardDetails, 'serial' | 'state'>,
  { event, actor, note }: { event: string; actor: Pick<Actor, 'name'>; note: string },
): void {
  const number = (store.cardEvents(serial).at(-1)?.number ?? 0) + 1;
  store.insertCardEvent({ serial, number, event, state, at: now, actor: actor.name, note });
}
