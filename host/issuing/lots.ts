// SPDX-License-Identifier: MIT
/** Lots of cards, and which key versions are out there. */
import { Fault } from '../../src/errors/fault.ts';
import { add, ZERO, type Amount } from '../../src/money/amount.ts';
import type { SuiteName } from '../../src/purse/suite.ts';
import type { HostStore } from '../store/store.ts';
import { dayOf, stateOn } from './card-state.ts';
import { checkDay, checkName } from './checks.ts';
import type { CardState } from './life-cycle.table.ts';
import { DEFAULT_LOT, type LotRow } from './model.ts';
import type { IssuingParts } from './parts.ts';

export type NewLot = Omit<LotRow, 'addedAt'>;

/** Adds a lot; it is never changed. @throws LOT_EXISTS, USAGE */
export function addLot({ store, now }: IssuingParts, lot: NewLot): LotRow {
  const row = {
    ...lot,
    id: checkName('lot', lot.id),
    validFrom: checkDay('valid-from', lot.validFrom),
    validUntil: checkDay('valid-until', lot.validUntil),
    addedAt: now,
  };
  if (row.validFrom > row.validUntil) {
    throw new Fault(
      'USAGE',
      `"valid-until" expected a day not before ${row.validFrom}, got ${row.validUntil}`,
    );
  }
  if (row.id === DEFAULT_LOT || store.lot(row.id) !== undefined) {
    throw new Fault('LOT_EXISTS', `"lot" expected a new one, ${row.id} is known`);
  }
  store.insertLot(row);
  return row;
}

/** @throws LOT_NOT_FOUND */
export function knownLot(store: HostStore, id: string): LotRow {
  const lot = store.lot(id);
  if (lot === undefined) {
    throw new Fault('LOT_NOT_FOUND', `"lot" expected a known lot, got "${id}"`);
  }
  return lot;
}

/** What a card of a lot costs; nothing in the default lot. */
export function priceOf(store: HostStore, lot: string): { deposit: Amount; fee: Amount } {
  return lot === DEFAULT_LOT ? { deposit: ZERO, fee: ZERO } : knownLot(store, lot);
}

/** The cards of one suite, key version and lot, by the state that they are in today. */
export interface KeyVersionLine {
  readonly suite: SuiteName;
  readonly keyVersion: number;
  readonly lot: string;
  readonly states: Readonly<Partial<Record<CardState, number>>>;
  readonly cards: number;
  /** Σ of the attested balances: what would be lost with the keys. */
  readonly balance: Amount;
}

/** Which key versions are in use, for a rotation of keys. */
export function keyVersionLines(parts: IssuingParts): readonly KeyVersionLine[] {
  const today = dayOf(parts);
  const lines = new Map<string, KeyVersionLine>();
  for (const row of parts.store.cardCounts()) {
    const { suite, keyVersion, lot, count, validUntil } = row;
    const validity = validUntil === null ? null : { from: validUntil, until: validUntil };
    const state = stateOn({ state: row.state, validity }, today);
    const key = `${suite} ${keyVersion} ${lot}`;
    const known = lines.get(key);
    const states = known?.states ?? {};
    lines.set(key, {
      suite,
      keyVersion,
      lot,
      states: { ...states, [state]: (states[state] ?? 0) + count },
      cards: (known?.cards ?? 0) + count,
      balance: add(known?.balance ?? ZERO, row.balance),
    });
  }
  return [...lines.values()].sort(
    (left, right) =>
      left.keyVersion - right.keyVersion ||
      (left.suite < right.suite ? -1 : Number(left.suite > right.suite)) ||
      (left.lot < right.lot ? -1 : 1),
  );
}
