// SPDX-License-Identifier: MIT
/**
 * When everything that was on its way has arrived: every debit that its card proved is in the books, once, and
 * its merchant was credited for it, once.
 */
import { HELD_RULES, WITHHELD_RULES } from '../../../host/chain/decisions.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { RECORD } from '../../../src/clearing/record.ts';
import { serialNumberBytes } from '../../../src/purse/serial-number.ts';
import type { HostStore } from '../../../host/store/store.ts';
import type { City } from '../world/city.ts';
import { eventKey, knownKeys, recordKey } from './card-check.ts';
import { Violation } from './violation.ts';

/** @throws Violation */
export function checkPostedOnce(city: City, store: HostStore): void {
  const held = new Set(store.quarantine().map(({ bytes }) => recordKey(bytes)));
  const owed = new Map<string, number>();
  const credit = (merchant: string, value: number): void =>
    void owed.set(merchant, (owed.get(merchant) ?? 0) + value);
  for (const serial of city.serials()) {
    const row = store.card(serialNumberBytes(serial));
    const known = row === undefined ? new Set<string>() : knownKeys(store, row);
    const seen = new Set<string>();
    for (const event of city.imagesOf(serial).flatMap(({ events }) => events)) {
      const unit = city.units.get(event.terminalId);
      const key = eventKey(event);
      if (unit === undefined || seen.has(key)) continue;
      seen.add(key);
      if (known.has(key)) {
        if (!event.isLoad) credit(unit.merchant, event.amount);
      } else if (event.isProven && !event.isWiped && !held.has(key)) {
        const matter = { expected: `the record of ${key}`, found: 'none' };
        throw new Violation('postedOnce', { subject: `card ${serial}`, ...matter });
      }
    }
  }
  for (const { rule, recordId, atRisk } of store.allFindings()) {
    if (recordId === null || !(HELD_RULES.has(rule) || WITHHELD_RULES.has(rule))) continue;
    const bytes = store.record(recordId)?.bytes;
    if (bytes === undefined) continue;
    const { kind, terminalId } = RECORD.decode(bytes);
    if (kind === 1) credit(city.units.get(toHex(terminalId))?.merchant ?? '', -atRisk);
  }
  checkCredits(store, owed);
}

function checkCredits(store: HostStore, owed: ReadonlyMap<string, number>): void {
  const credited = new Map<string, number>();
  for (const { id } of store.windows()) {
    for (const { merchant, gross } of store.windowTotals(id)) {
      credited.set(merchant, (credited.get(merchant) ?? 0) + gross);
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
