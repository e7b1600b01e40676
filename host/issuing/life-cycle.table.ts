// SPDX-License-Identifier: MIT
/**
 * The life of a card at the issuer, as a total table: what may happen in each state, and what follows.
 * Source: docs/issuing.md, Life of a card.
 *
 * - ordered: personalised and registered, in stock. It is handed over, lapses, or is written off.
 * - active: in somebody's hands, and usable. `expire` is not an act: the calendar does it.
 * - blocked: on the hotlist. It comes off it, or is replaced or retired; it stays blocked when it lapses.
 * - expired: lapsed. Its money is still the holder's: it is replaced or retired, or blocked within the grace.
 * - replaced, retired: the end. What the card holds is owed to its holder once late records had their time.
 */
export const CARD_STATES = {
  ordered: { meaning: 'in stock, not handed over', isFinal: false },
  active: { meaning: 'in use', isFinal: false },
  blocked: { meaning: 'on the hotlist', isFinal: false },
  expired: { meaning: 'past its last day', isFinal: false },
  replaced: { meaning: 'replaced by another card', isFinal: true },
  retired: { meaning: 'out of use for good', isFinal: true },
} as const satisfies Record<string, { meaning: string; isFinal: boolean }>;

export type CardState = keyof typeof CARD_STATES;

export type CardEvent = 'block' | 'expire' | 'issue' | 'replace' | 'retire' | 'unblock';

/** The next state by state and event; null where the event is refused. */
export const CARD_LIFE = {
  ordered: {
    issue: 'active',
    block: null,
    unblock: null,
    replace: null,
    retire: 'retired',
    expire: 'expired',
  },
  active: {
    issue: null,
    block: 'blocked',
    unblock: null,
    replace: 'replaced',
    retire: 'retired',
    expire: 'expired',
  },
  blocked: {
    issue: null,
    block: null,
    unblock: 'active',
    replace: 'replaced',
    retire: 'retired',
    expire: null,
  },
  expired: {
    issue: null,
    block: 'blocked',
    unblock: null,
    replace: 'replaced',
    retire: 'retired',
    expire: null,
  },
  replaced: {
    issue: null,
    block: null,
    unblock: null,
    replace: null,
    retire: null,
    expire: null,
  },
  retired: {
    issue: null,
    block: null,
    unblock: null,
    replace: null,
    retire: null,
    expire: null,
  },
} as const satisfies Record<CardState, Record<CardEvent, CardState | null>>;
