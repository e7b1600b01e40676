// SPDX-License-Identifier: MIT
/**
 * Rule 18: one card at two terminals within seconds. Records are scanned as they were received, each held
 * against those of its card that were received shortly before; how far the scan came is kept, so that
 * every record is looked at once. An alert proves nothing alone: clocks of terminals differ.
 */
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD, RECORD_OFFSET, type ClearingRecord } from '../../../src/clearing/record.ts';
import { ZERO } from '../../../src/money/amount.ts';
import { formatSerialNumber } from '../../../src/purse/serial-number.ts';
import { formatCivil, instantOf } from '../../../src/time/civil.ts';
import type { Instant } from '../../../src/time/instant.ts';
import type { HostStore, StoredRecord, TravelAlert } from '../../store/store.ts';
import { exceptionOf, merchantOf, type OpenMatter } from '../model.ts';

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
  store.transaction(() => {
    scan(store, now);
  });
  for (const alert of store.travelAlerts()) yield ofAlert(store, alert);
}

function scan(store: HostStore, now: Instant): void {
  let after = Number(store.meta(PROGRESS) ?? 0);
  const end = after + SCAN_MAX;
  while (after < end) {
    const page = store.recordsAfter(after, PAGE);
    for (const record of page) {
      const alert = alertOf(store, record);
      if (alert !== undefined) store.insertTravelAlert({ ...alert, foundAt: now });
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  store.setMeta(PROGRESS, after.toString());
}

/** Dates and times first: of nearly every pair these bytes already differ. */
function alertOf(store: HostStore, record: StoredRecord): Omit<TravelAlert, 'foundAt'> | undefined {
  let { previous } = record;
  for (let step = 0; step < LOOK_BACK && previous !== 0; step++) {
    const other = store.record(previous);
    if (other === undefined) return undefined;
    // Two records of one counter are a fork, which has rules of its own.
    if (isSameDayElsewhere(record.bytes, other.bytes)) {
      const seconds = secondsBetween(RECORD.decode(record.bytes), RECORD.decode(other.bytes));
      if (seconds < TRAVEL_SECONDS) return { record: record.id, other: other.id, seconds };
    }
    previous = other.previous;
  }
  return undefined;
}

function isSameDayElsewhere(left: Uint8Array, right: Uint8Array): boolean {
  const isEqual = (from: number, size: number): boolean => {
    for (let index = from; index < from + size; index++) {
      if (left[index] !== right[index]) return false;
    }
    return true;
  };
  return (
    isEqual(RECORD_OFFSET.date, 4) &&
    !isEqual(RECORD_OFFSET.terminalId, 6) &&
    !isEqual(RECORD_OFFSET.counterBefore, 2)
  );
}

function secondsBetween(left: ClearingRecord, right: ClearingRecord): number {
  return Math.abs(instantOf(left, 0) - instantOf(right, 0)) / 1000;
}

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
