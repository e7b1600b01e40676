// SPDX-License-Identifier: MIT
/** Worn-out counters, refunds that lost their purchase, and holders who were paid too much. */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD } from '../../../src/clearing/record.ts';
import { ZERO } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { instantOf } from '../../../src/time/civil.ts';
import { instant, type Instant } from '../../../src/time/instant.ts';
import { merchantLookup, type MerchantOf } from '../../chain/evidence.ts';
import { owedToHolder } from '../../issuing/owed.ts';
import { paidPurchases } from '../../issuing/refunds.ts';
import type { CardRow, HostStore } from '../../store/store.ts';
import { utcOffsetOf } from '../../clocks/local-time.ts';
import { exceptionOf, type OpenMatter } from '../model.ts';

/** The last counter that a card can consume: two bytes (docs/limits.md, Built in). */
const COUNTER_MAX = 0xffff;
/** Transactions that a card has left when it is to be replaced: months, at 10 taps a day. */
const COUNTER_RESERVE = 1000;

export function* issuingExceptions(store: HostStore): Generator<OpenMatter> {
  yield* wornCards(store);
  const merchantOf = merchantLookup(store);
  for (const serial of store.refundedCards()) {
    const card = store.card(serial);
    if (card === undefined) continue;
    yield* lostRefunds(store, card, merchantOf);
    yield* overpaidHolders(store, card, merchantOf);
  }
}

/** Rule 30: a card that will soon refuse every transaction. */
function* wornCards(store: HostStore): Generator<OpenMatter> {
  const warnAt = COUNTER_MAX - COUNTER_RESERVE;
  for (const { serial, nextOffline, nextOnline } of store.cardsNearCounter(warnAt)) {
    for (const [kind, next] of [
      ['offline', nextOffline],
      ['online', nextOnline],
    ] as const) {
      if (next < warnAt) continue;
      yield exceptionOf({
        rule: 'counterNearMax',
        subject: `card ${formatSerialNumber(serial)} ${kind} counter`,
        expected: `a counter below ${warnAt}`,
        found: `${next} of ${COUNTER_MAX}`,
        moneyAtRisk: ZERO,
        openedAt: lastUseAt(store, serial),
      });
    }
  }
}

function lastUseAt(store: HostStore, serial: Uint8Array): Instant {
  const stored = store.record(store.card(serial)?.lastRecord ?? 0);
  if (stored === undefined) return instant(0);
  return instantOf(RECORD.decode(stored.bytes), utcOffsetOf(store));
}

/** Rule 28: a purchase was refunded and is no longer accepted: its merchant has lost it twice. */
function* lostRefunds(
  store: HostStore,
  card: CardRow,
  merchantOf: MerchantOf,
): Generator<OpenMatter> {
  const accepted = paidPurchases({ store, merchantOf }, card).map(({ claim }) => claim.id);
  for (const row of store.refunds(card.serial)) {
    if (accepted.includes(row.record)) continue;
    const stored = store.record(row.record);
    yield exceptionOf(
      {
        rule: 'refundRefused',
        subject: `card ${formatSerialNumber(card.serial)} counter ${row.counter}`,
        expected: 'an accepted purchase',
        found: `refund ${row.reference} of ${row.amount} for one that is not accepted any more`,
        moneyAtRisk: row.amount,
        openedAt: row.at,
        merchant: row.merchant,
        evidence: stored === undefined ? [] : [`record ${toHex(stored.bytes)}`],
      },
      row.reference,
    );
  }
}

/** Rule 19: a holder was paid, and later evidence took back what for. */
function* overpaidHolders(
  store: HostStore,
  card: CardRow,
  merchantOf: MerchantOf,
): Generator<OpenMatter> {
  const { overpaid, paid } = owedToHolder({ store, merchantOf }, card);
  const last = store.holderPayments(card.serial).at(-1);
  if (overpaid === ZERO || last === undefined) return;
  const serial = formatSerialNumber(card.serial);
  yield exceptionOf({
    rule: 'overspendLimit',
    subject: `card ${serial} payments`,
    expected: `payments of ${paid - overpaid} to its holder`,
    found: `payments of ${paid}`,
    moneyAtRisk: overpaid,
    openedAt: last.at,
    target: { kind: 'card', serial, key: 'overspend' },
  });
}
