// SPDX-License-Identifier: MIT
/**
 * When everything that was on its way has arrived: every debit that its card proved is in the books, once, and
 * its merchant was credited for it, once.
 */
import { HELD_RULES, WITHHELD_RULES } from '../../../host/chain/decisions.ts';
import { RECORD_KIND, RECORD_OFFSET, terminalOfRecord } from '../../../src/clearing/record.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { HostStore } from '../../../host/store/store.ts';
import type { CardEvent } from '../truth/purse.ts';
import type { City } from '../world/city.ts';
import { eventKey, knownKeys, recordKey } from './card-check.ts';
import { Violation } from './violation.ts';

/** Minor units by merchant. */
type Sums = Map<string, number>;

/** @throws Violation */
export function checkPostedOnce(city: City, store: HostStore): void {
  const held = new Set(store.quarantine().map(({ bytes }) => recordKey(bytes)));
  const owed: Sums = new Map();
  for (const serial of city.serials()) {
    const row = store.card(serialNumberBytes(serial));
    const known = row === undefined ? new Set<string>() : knownKeys(store, row);
    for (const [key, event] of eventsOf(city, serial)) {
      const unit = city.units.get(event.terminalId);
      if (unit === undefined) continue;
      if (!known.has(key)) checkUnknown(serial, key, event, held);
      else if (!event.isLoad) credit(owed, unit.merchant, event.amount);
    }
  }
  takeHeld(city, store, owed);
  checkCredits(store, owed);
}

/** What is in no chain was not proven, was lost with its terminal's journal, or is held. */
function checkUnknown(
  serial: string,
  key: string,
  { isProven, isWiped }: CardEvent,
  held: ReadonlySet<string>,
): void {
  if (!isProven || isWiped || held.has(key)) return;
  const matter = { expected: `the record of ${key}`, found: 'none' };
  throw new Violation('postedOnce', { subject: `card ${serial}`, ...matter });
}

/** What all cards with a serial did, each deed once. */
function eventsOf(city: City, serial: string): ReadonlyMap<string, CardEvent> {
  const events = city.imagesOf(serial).flatMap((purse) => purse.events);
  return new Map(events.map((event) => [eventKey(event), event]));
}

function credit(sums: Sums, merchant: string, value: number): void {
  sums.set(merchant, (sums.get(merchant) ?? 0) + value);
}

/** What is held or withheld is in the books, and its merchant not credited. */
function takeHeld(city: City, store: HostStore, owed: Sums): void {
  for (const { rule, recordId, atRisk } of store.allFindings()) {
    if (recordId === null || !(HELD_RULES.has(rule) || WITHHELD_RULES.has(rule))) continue;
    const bytes = store.record(recordId)?.bytes;
    if (bytes === undefined || bytes[RECORD_OFFSET.kind] !== RECORD_KIND.purchase) continue;
    const unit = city.units.get(terminalOfRecord(bytes));
    credit(owed, unit?.merchant ?? '', 0 - atRisk);
  }
}

function checkCredits(store: HostStore, owed: Sums): void {
  const credited: Sums = new Map();
  for (const { id } of store.windows()) {
    for (const { merchant, gross } of store.windowTotals(id)) {
      credit(credited, merchant, gross);
    }
  }
  for (const merchant of new Set([...owed.keys(), ...credited.keys()])) {
    const [expected, found] = [owed.get(merchant) ?? 0, credited.get(merchant) ?? 0];
    if (expected === found) continue;
    const subject = `merchant ${merchant}`;
    const values = { expected: `${expected} credited in all windows`, found: `${found}` };
    throw new Violation('postedOnce', { subject, ...values });
  }
}
