// SPDX-License-Identifier: MIT
/** The hotlist at the host: every change is a version, and a terminal gets what it has not got. */
import {
  hotlistDigest,
  netChanges,
  withDelta,
  type HotlistFull,
  type HotlistUpdate,
} from '../../src/clearing/hotlist.ts';
import { LIMITS } from '../../src/clearing/limits.table.ts';
import { Fault } from '../../src/errors/fault.ts';
import { formatSerialNumber, serialNumberBytes } from '../../src/purse/serial-number.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { EvidenceChange } from '../chain/evidence-change.ts';
import { listingsAfter } from '../chain/evidence.ts';
import { utcOffsetOf } from '../clocks/local-time.ts';
import type { HotlistChangeRow } from '../store/message-store.ts';
import type { CardRow, HostStore } from '../store/store.ts';

/** A difference of so many cards is worth it however short the list is. */
const SMALL_DELTA = 1_000;

/** The digest of version 0, which no change has made. */
const NO_CARDS = hotlistDigest(0, []);

/** The newest list. */
export function currentHotlist(store: HostStore): HotlistFull {
  const serials = store.hotlist().map((row) => row.serial);
  const newest = store.newestHotlist();
  return {
    kind: 'full',
    version: newest?.version ?? 0,
    issuedAtMs: newest?.issuedAt ?? 0,
    serials,
    digest: newest?.digest ?? NO_CARDS,
  };
}

/** What a terminal is told that holds the list `version` with this digest. */
export function hotlistUpdate(
  store: HostStore,
  held: { readonly version: number; readonly digest: string },
): HotlistUpdate {
  const newest = store.newestHotlist() ?? { version: 0, issuedAt: 0, digest: NO_CARDS };
  const { version, digest, issuedAt: issuedAtMs } = newest;
  if (held.version === version && held.digest === digest) return { kind: 'current' };
  // A list that the host never issued so is replaced whole.
  if (held.version > version || issuedDigest(store, held.version) !== held.digest) {
    return currentHotlist(store);
  }
  const { added, removed } = netChanges(store.hotlistChanges(held.version));
  const full = currentHotlist(store);
  const size = added.length + removed.length;
  if (size > SMALL_DELTA && size > full.serials.length) return full;
  return { kind: 'delta', from: held.version, version, issuedAtMs, digest, added, removed };
}

function issuedDigest(store: HostStore, version: number): string | undefined {
  return version === 0 ? NO_CARDS : store.hotlistVersion(version)?.digest;
}

/** What a person wants done to the list. */
export interface HotlistOrder {
  readonly serial: string;
  readonly op: 'add' | 'remove';
  readonly reason: string;
  readonly actor: string;
  readonly at: Instant;
}

/** A change that is ready to be made: in the transaction that applies `evidence` to the card. */
export interface PlannedChange {
  readonly card: CardRow;
  readonly source: string;
  readonly evidence: EvidenceChange;
  readonly write: () => void;
}

const REASON_MAX = 200;

/**
 * Works out the next version; undefined when the card stands as it is wanted.
 * @throws CARD_NOT_FOUND, USAGE, LIMIT_EXCEEDED
 */
export function planHotlistChange(
  store: HostStore,
  { serial: typed, op, reason, actor, at }: HotlistOrder,
): PlannedChange | undefined {
  const card = store.card(serialNumberBytes(typed));
  if (card === undefined) {
    throw new Fault('CARD_NOT_FOUND', `"serial" expected an issued card, got ${typed}`);
  }
  if (reason.length > REASON_MAX) {
    throw new Fault('USAGE', `"reason" expected at most ${REASON_MAX} characters`);
  }
  const serial = formatSerialNumber(card.serial);
  if ((store.listing(serial) !== undefined) === (op === 'add')) return undefined;
  const list = currentHotlist(store);
  if (op === 'add' && list.serials.length >= LIMITS.hotlistEntries.max) {
    throw new Fault(
      'LIMIT_EXCEEDED',
      `"hotlist" expected at most ${LIMITS.hotlistEntries.max} cards`,
    );
  }
  const version = list.version + 1;
  const change: HotlistChangeRow = { version, serial, op, reason, actor, at };
  const serials = withDelta(list.serials, netChanges([change]));
  return {
    card,
    source: `${op === 'add' ? 'listed' : 'unlisted'}:${serial}:${version}`,
    evidence: {
      kind: 'listed',
      version: card.listedVersion ?? version,
      listings: listingsAfter([...store.hotlistChangesOf(serial), change], utcOffsetOf(store)),
    },
    write() {
      store.changeHotlist(change);
      store.insertHotlistVersion({
        version,
        issuedAt: at,
        digest: hotlistDigest(version, serials),
      });
    },
  };
}
