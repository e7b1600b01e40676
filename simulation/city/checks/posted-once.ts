// SPDX-License-Identifier: MIT
/**
 * When everything that was on its way has arrived: every debit that its card proved is in the books, once, and
 * its merchant was credited for it, once.
 */
import { HELD_RULES, WITHHELD_RULES } from '../../../host/chain/decisions.ts';
import { RECORD_KIND, RECORD_OFFSET, terminalOfRecord } from '../../../src/clearing/record.ts';
import type { HostStore } from '../../../host/store/store.ts';
import type { CardEvent } from '../truth/card-events.ts';
import type { City } from '../world/city.ts';
import { eventKey, recordKey, type HostCard } from './card-check.ts';
import { Violation } from './violation.ts';

/** Minor units by merchant. */
type Sums = Map<string, number>;

/** Sees every card, then holds what merchants are owed for against what they were credited. */
export class PostedOnceCheck {
  readonly #city: City;
  readonly #store: HostStore;
  readonly #held: ReadonlySet<string>;
  readonly #owed: Sums = new Map();

  constructor(city: City, store: HostStore) {
    this.#city = city;
    this.#store = store;
    this.#held = new Set(store.quarantine().map(({ bytes }) => recordKey(bytes)));
  }

  /** @throws Violation */
  see(serial: string, card: HostCard | undefined): void {
    for (const [key, event] of eventsOf(this.#city, serial)) {
      const unit = this.#city.units.get(event.terminalId);
      if (unit === undefined) continue;
      if (card?.known.has(key) !== true) checkUnknown(serial, key, event, this.#held);
      else if (!event.isLoad) credit(this.#owed, unit.merchant, event.amount);
    }
  }

  /** @throws Violation */
  finish(): void {
    takeHeld(this.#city, this.#store, this.#owed);
    checkCredits(this.#store, this.#owed);
  }
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
  const events = new Map<string, CardEvent>();
  for (const event of city.imagesOf(serial).flatMap((purse) => [...purse.events])) {
    const key = eventKey(event);
    const known = events.get(key);
    events.set(key, known === undefined ? event : either(known, event));
  }
  return events;
}

/** A deed that two images of a card remember: what one of them has proven is proven. */
function either(one: CardEvent, other: CardEvent): CardEvent {
  return {
    ...one,
    isProven: one.isProven || other.isProven,
    isWiped: one.isWiped || other.isWiped,
  };
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
