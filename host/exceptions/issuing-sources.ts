// SPDX-License-Identifier: MIT
/** Exceptions of issuing: worn-out counters, refunds that lost their purchase, holders who were paid too much. */
import { RULES, type RuleName } from '../../src/clearing/rules.table.ts';
import { ZERO, type Amount } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import { merchantLookup } from '../chain/evidence.ts';
import { owedToHolder } from '../issuing/owed.ts';
import { paidPurchases } from '../issuing/refunds.ts';
import type { HostStore } from '../store/store.ts';
import type { Exception } from './model.ts';

/** The last counter that a card can consume: two bytes (docs/limits.md, Built in). */
const COUNTER_MAX = 0xffff;
/** Transactions that a card has left when it is to be replaced: months, at 10 taps a day. */
const COUNTER_RESERVE = 1000;

interface Matter {
  readonly rule: RuleName;
  readonly serial: Uint8Array;
  /** Tells it from the others of its card. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
  readonly moneyAtRisk: Amount;
  readonly merchant: string | null;
  readonly openedAt: Instant;
  readonly evidence: readonly string[];
}

function exception({ serial, key, ...matter }: Matter): Exception {
  const digits = formatSerialNumber(serial);
  return {
    ...matter,
    id: `${matter.rule}:${digits}:${key}`,
    subject: `card ${digits} ${key}`,
    liable: RULES[matter.rule].liable,
    terminal: null,
    deadline: null,
    target: null,
  };
}

/** Rule 30: a card that will soon refuse every transaction. */
export function* counterNearMax(store: HostStore, now: Instant): Iterable<Exception> {
  const warnAt = COUNTER_MAX - COUNTER_RESERVE;
  for (const { serial, nextOffline, nextOnline } of store.cardsNearCounter(warnAt)) {
    for (const [kind, next] of [
      ['offline', nextOffline],
      ['online', nextOnline],
    ] as const) {
      if (next < warnAt) continue;
      yield exception({
        rule: 'counterNearMax',
        serial,
        key: `${kind} counter`,
        expected: `a counter below ${warnAt}`,
        found: `${next} of ${COUNTER_MAX}`,
        moneyAtRisk: ZERO,
        merchant: null,
        openedAt: now,
        evidence: [],
      });
    }
  }
}

/**
 * Rule 28: a purchase was refunded and is no longer accepted: its merchant has lost it twice. Rule 19: a
 * holder was paid, and later evidence took back what for.
 */
export function* refundsWithoutCause(store: HostStore): Iterable<Exception> {
  const merchantOf = merchantLookup(store);
  for (const serial of store.refundedCards()) {
    const card = store.card(serial);
    if (card === undefined) continue;
    const accepted = paidPurchases({ store, merchantOf }, card).map(({ claim }) => claim.id);
    for (const row of store.refunds(serial)) {
      if (accepted.includes(row.record)) continue;
      yield exception({
        rule: 'refundRefused',
        serial,
        key: `refund ${row.reference}`,
        expected: `an accepted purchase with counter ${row.counter}`,
        found: `a refund of ${row.amount} for one that is not accepted any more`,
        moneyAtRisk: row.amount,
        merchant: row.merchant,
        openedAt: row.at,
        evidence: [`record ${row.record}`],
      });
    }
    const { overpaid, paid } = owedToHolder({ store, merchantOf }, card);
    const last = store.holderPayments(serial).at(-1);
    if (overpaid === ZERO || last === undefined) continue;
    yield exception({
      rule: 'overspendLimit',
      serial,
      key: 'payments to its holder',
      expected: `payments of ${paid - overpaid}`,
      found: `payments of ${paid}`,
      moneyAtRisk: overpaid,
      merchant: null,
      openedAt: last.at,
      evidence: [],
    });
  }
}
