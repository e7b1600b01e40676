// SPDX-License-Identifier: MIT
/**
 * Rule 18: one card at two terminals within seconds. Records are scanned as they were received, each held
 * against those of its card that were received shortly before; how far the scan came is kept, so that
 * every record is looked at once. An alert proves nothing alone: clocks of terminals differ.
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD, type ClearingRecord } from '../../../src/clearing/record.ts';
import { ZERO } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { formatCivil } from '../../../src/time/civil.ts';
import type { Instant } from '../../../src/time/instant.ts';
import type { HostStore, TravelAlert } from '../../store/store.ts';
import { exceptionOf, merchantOf, type OpenMatter } from '../model.ts';
import { RecentTaps, type RecentTap } from './recent-taps.ts';

/** Nobody is at another terminal after fewer seconds: a wallet has to be taken out again. */
const TRAVEL_SECONDS = 5;
/** Earlier records of a card that each one is held against. */
const LOOK_BACK = 4;
/** Records of one scan: the next one goes on where it ended. */
const SCAN_MAX = 500_000;
const PAGE = 10_000;
const PROGRESS = 'travelScannedTo';

/** Scans what is new, then yields every alert. */
export function* travelExceptions(store: HostStore, now: Instant): Generator<OpenMatter> {
  scanTravel(store, now);
  for (const alert of store.travelAlerts()) yield ofAlert(store, alert);
}

/** Scans records that were not scanned yet, up to a limit; true when some are left. */
export function scanTravel(store: HostStore, now: Instant): boolean {
  return store.transaction(() => scan(store, now));
}

function scan(store: HostStore, now: Instant): boolean {
  const recent = new RecentTaps(store, LOOK_BACK);
  let after = Number(store.meta(PROGRESS) ?? 0);
  const end = after + SCAN_MAX;
  while (after < end) {
    const page = store.recordsAfter(after, PAGE);
    for (const record of page) {
      const { tap, before } = recent.next(record);
      const other = before.find((earlier) => isImpossible(tap, earlier));
      if (other === undefined) continue;
      const seconds = secondsBetween(tap, other);
      store.insertTravelAlert({ record: tap.record, other: other.record, seconds, foundAt: now });
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  store.setMeta(PROGRESS, after.toString());
  return after >= end;
}

function isImpossible(tap: RecentTap, other: RecentTap): boolean {
  return (
    tap.date === other.date &&
    tap.terminal !== other.terminal &&
    // Two records of one counter are a fork, which has rules of its own.
    tap.counter !== other.counter &&
    secondsBetween(tap, other) < TRAVEL_SECONDS
  );
}

const secondsBetween = (tap: RecentTap, other: RecentTap): number =>
  Math.abs(tap.second - other.second);

function ofAlert(
  store: HostStore,
  { record: id, other: otherId, seconds, foundAt }: TravelAlert,
): OpenMatter {
  const stored = [id, otherId].flatMap((row) => store.record(row) ?? []);
  const [record, other] = stored.map(({ bytes }) => RECORD.decode(bytes));
  const said = (of: ClearingRecord | undefined): string =>
    of === undefined
      ? 'a record'
      : `${of.amount} at terminal ${toHex(of.terminalId)} (${of.place}), ${formatCivil(of)}`;
  const terminal = record === undefined ? null : toHex(record.terminalId);
  return exceptionOf(
    {
      rule: 'impossibleTravel',
      subject: `card ${record === undefined ? '?' : formatSerialNumber(record.applicationSerialNumber)} counter ${record?.counterBefore ?? 0}`,
      expected: `not ${seconds} seconds from ${said(other)}`,
      found: said(record),
      moneyAtRisk: record?.amount ?? ZERO,
      openedAt: foundAt,
      evidence: stored.map(({ bytes }) => `record ${toHex(bytes)}`),
      terminal,
      merchant: merchantOf(store, terminal),
    },
    `${otherId}`,
  );
}
