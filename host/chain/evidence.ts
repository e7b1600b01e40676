// SPDX-License-Identifier: MIT
/** Gathers from the store what is known of one card. */
import { sum } from '../../src/money/amount.ts';
import { formatSerialNumber } from '../../src/purse/serial-number.ts';
import { civilTime } from '../../src/time/civil.ts';
import type { Instant } from '../../src/time/instant.ts';
import { deadline } from '../clocks/deadline.ts';
import { utcOffsetOf } from '../clocks/local-time.ts';
import type { HotlistChangeRow } from '../store/message-store.ts';
import type { CardRow, HostStore, LoadRow, StoredRecord } from '../store/store.ts';
import { chainRecord, uncertainTap } from './decode-record.ts';
import type { CardEvidence, Listing, SettledPoint } from './model.ts';
import { OpenMatters } from './open-matters.ts';

/** The merchant that a terminal is enrolled for. */
export type MerchantOf = (terminalId: string) => string;

/** The registry's answer, kept: the merchant of a terminal never changes. */
export function merchantLookup(store: HostStore): MerchantOf {
  const known = new Map<string, string>();
  return (terminalId) => {
    const merchant = known.get(terminalId) ?? store.terminal(terminalId)?.merchant;
    if (merchant !== undefined) known.set(terminalId, merchant);
    return merchant ?? '';
  };
}

/** The records of a card, newest first; those that came after row `since` only. */
export function* recordsOf(
  store: HostStore,
  card: Pick<CardRow, 'lastRecord'>,
  since = 0,
): Generator<StoredRecord, void> {
  for (let id = card.lastRecord; id > since;) {
    const stored = store.record(id);
    if (stored === undefined) return;
    yield stored;
    id = stored.previous;
  }
}

/** When the hotlist named a card, in the local time of records. */
function listingsOf(store: HostStore, serial: Uint8Array): readonly Listing[] {
  const changes = store.hotlistChangesOf(formatSerialNumber(serial));
  return listingsAfter(changes, utcOffsetOf(store));
}

/** The same of the changes of one card, in the order of their versions. */
export function listingsAfter(
  changes: readonly Pick<HotlistChangeRow, 'at' | 'op' | 'version'>[],
  utcOffsetMinutes: number,
): readonly Listing[] {
  const local = (time: Instant): string => {
    const civil = civilTime(time, utcOffsetMinutes);
    return civil.date + civil.time;
  };
  const listings: Listing[] = [];
  for (const { op, version, at } of changes) {
    const last = listings.at(-1);
    if (op === 'add') {
      const tooOldAt = local(deadline('hotlistAge', at));
      listings.push({
        fromVersion: version,
        toVersion: null,
        at: local(at),
        tooOldAt,
        removedAt: null,
      });
    } else if (last !== undefined) {
      listings[listings.length - 1] = { ...last, toVersion: version, removedAt: local(at) };
    }
  }
  return listings;
}

/** What is known of a card, all of it or what came after a point. */
export interface StoredEvidence {
  /** Oldest first. */
  readonly stored: readonly StoredRecord[];
  readonly loads: readonly LoadRow[];
  readonly evidence: CardEvidence;
}

/**
 * Reads what is known of a card, without the records and loads that a settled point covers. Evidence is made
 * member by member: spread objects have a shape each, and a judgement looks at every member many times.
 */
export function storedEvidence(
  store: HostStore,
  card: CardRow,
  merchantOf: MerchantOf,
  { point, open }: { readonly point: SettledPoint | null; readonly open: OpenMatters },
): StoredEvidence {
  const { serial } = card;
  const stored = [...recordsOf(store, card, point?.record)].reverse();
  const loads = store.loads(serial, point?.nextOnline);
  const evidence: CardEvidence = {
    records: stored.map(({ id, bytes }) => chainRecord(id, bytes, merchantOf)),
    orders: loads,
    uncertain: open.uncertain.map(({ id, bytes }) => uncertainTap(id, bytes)),
    listings: listingsOf(store, serial),
    sharedNumbers: store.sharedNumbers(serial),
    validUntil: card.validUntil,
    decisions: store.decisions(serial),
    given: {
      refunded: sum(store.refunds(serial).map((refund) => refund.amount)),
      paid: sum(store.holderPayments(serial).map((payment) => payment.amount)),
    },
  };
  return { stored, loads, evidence };
}

/** All that is known of a card. */
export function evidenceOf(store: HostStore, card: CardRow, merchantOf: MerchantOf): CardEvidence {
  const open = new OpenMatters(store, card);
  return storedEvidence(store, card, merchantOf, { point: null, open }).evidence;
}
